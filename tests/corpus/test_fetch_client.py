"""One page over real HTTP on loopback: redirects, limits, manners, retries."""

from __future__ import annotations

import gzip
import itertools
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.fetching.client import Fetcher, Page, Validators
from corpus.fetching.coding import decode_body
from corpus.fetching.errors import FetchError, GoneError, LimitError, RobotsError, TransientError
from corpus.fetching.settings import FetchSettings
from tests.corpus.servers import Reply, Site, dribbling, gzipped, redirect, serving

SETTINGS = FetchSettings(
    delay=0.0, attempts=1, seconds=3.0, backoff=0.01, max_bytes=200_000, max_decoded=300_000, allow_loopback=True
)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def get(site: Site, path: str = "/", **settings: float) -> Page:
    page = Fetcher(replace(SETTINGS, **settings)).get(site.url(path))  # type: ignore[arg-type] # numbers all
    assert page
    return page


def test_a_page_comes_with_what_is_known_about_it(site: Site) -> None:
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "ETag": '"v1"',
        "Last-Modified": "Thu, 13 Feb 2014 12:00:00 GMT",
        "Link": '<https://creativecommons.org/licenses/by/4.0/>; rel="license"',
    }
    site.pages["/a"] = Reply("<p>text</p>", headers=headers)
    page = get(site, "/a#part")
    assert (page.body, page.address, page.etag) == (b"<p>text</p>", site.url("/a"), '"v1"')
    assert page.content_type == headers["Content-Type"]
    assert page.last_modified == headers["Last-Modified"]
    assert page.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert site.headers[-1]["user-agent"].startswith("askpost/")
    assert "cookie" not in site.headers[-1]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_last_address_is_kept(status: int, site: Site) -> None:
    site.pages |= {"/a": redirect("b?x=1", status), "/b": redirect("/c/", status), "/c/": Reply("end")}
    page = get(site, "/a")
    assert (page.requested, page.address, page.body) == (site.url("/a"), site.url("/c/"), b"end")


def test_cookies_are_not_carried_along(site: Site) -> None:
    site.pages |= {"/a": Reply("", 302, {"Location": "/b", "Set-Cookie": "id=1"}), "/b": Reply("end")}
    get(site, "/a")
    assert "cookie" not in site.headers[-1]


def test_redirects_in_a_circle_end(site: Site) -> None:
    site.pages |= {"/a": redirect("/b"), "/b": redirect("/a")}
    with pytest.raises(LimitError, match="5 times"):
        get(site, "/a")
    assert len(site.asked) == 1 + 6


def test_a_redirect_to_nowhere_is_an_error(site: Site) -> None:
    site.pages["/a"] = redirect("http://[bad/")
    with pytest.raises(FetchError):
        get(site, "/a")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 204, 300])
def test_a_page_that_is_not_there_is_gone(status: int, site: Site) -> None:
    site.pages["/a"] = Reply(b"", status)
    with pytest.raises(GoneError, match=str(status)):
        get(site, "/a", attempts=3)
    assert site.asked == ["/robots.txt", "/a"]


# Limits.


def test_a_large_body_is_refused_whether_or_not_its_length_is_said(site: Site) -> None:
    site.pages |= {"/said": Reply(b"x" * 250_000), "/unsaid": dribbling(iter([b"x" * 250_000]), 0)}
    for path in ("/said", "/unsaid"):
        with pytest.raises(LimitError, match="bytes"):
            get(site, path)


def test_an_endless_body_ends_at_the_limit(site: Site) -> None:
    site.pages["/a"] = dribbling(itertools.repeat(b"x" * 10_000, 10_000), 0)
    with pytest.raises(LimitError, match="200,000 bytes"):
        get(site, "/a")


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"y"),
        (b"", b""),
    ],
    ids=["body", "chunks", "headers", "interim", "header", "silence"],
)
def test_a_slow_page_ends_at_the_deadline_wherever_it_dribbles(head: bytes, part: bytes, site: Site) -> None:
    site.pages["/a"] = dribbling(itertools.repeat(part, 150), 0.02, head)
    site.pages["/robots.txt"] = Reply("")
    started = time.monotonic()
    with pytest.raises((LimitError, TransientError), match=r"seconds|timed out"):
        get(site, "/a", seconds=0.3)
    assert time.monotonic() - started < 1.0


def test_the_deadline_holds_for_all_redirects_together(site: Site) -> None:
    def slow(handler: object) -> None:
        time.sleep(0.15)
        redirect("/a")(handler)  # type: ignore[arg-type] # a handler

    site.pages["/a"] = slow
    started = time.monotonic()
    with pytest.raises((LimitError, TransientError), match=r"seconds|timed out"):
        get(site, "/a", seconds=0.4, max_redirects=50)
    assert time.monotonic() - started < 1.0


def test_endless_headers_are_refused(site: Site) -> None:
    site.pages["/a"] = dribbling(
        itertools.repeat(b"X-More: " + b"y" * 5_000 + b"\r\n", 10_000), 0, b"HTTP/1.1 200 OK\r\n"
    )
    with pytest.raises(FetchError):
        get(site, "/a")


def test_a_gzip_bomb_is_refused(site: Site) -> None:
    site.pages["/a"] = gzipped(b"\0" * 50_000_000)
    with pytest.raises(LimitError, match="decompressed"):
        get(site, "/a")


def test_a_bomb_in_a_bomb_is_refused(site: Site) -> None:
    site.pages["/a"] = gzipped(gzip.compress(b"\0" * 5_000_000), "gzip, gzip")
    with pytest.raises(FetchError, match="not asked for"):
        get(site, "/a")


def test_no_more_than_the_limit_is_ever_decompressed() -> None:
    bomb = gzip.compress(b"\0" * 100_000_000)
    import tracemalloc

    tracemalloc.start()
    with pytest.raises(LimitError):
        decode_body([bomb], "gzip", 100_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


@given(st.binary(max_size=2_000), st.integers(1, 50), st.sampled_from(["gzip", "deflate", "raw", "members", ""]))
def test_an_encoded_body_comes_out_whole(body: bytes, step: int, form: str) -> None:
    raw = zlib.compressobj(wbits=-15)
    coded = {
        "gzip": lambda: gzip.compress(body),
        "deflate": lambda: zlib.compress(body),
        "raw": lambda: raw.compress(body) + raw.flush(),
        "members": lambda: gzip.compress(body[:7]) + gzip.compress(body[7:]),
        "": lambda: body,
    }[form]()
    chunks = [coded[start : start + step] for start in range(0, len(coded), step)]
    encoding = {"raw": "deflate", "members": "gzip"}.get(form, form)
    assert decode_body(chunks, encoding, 2_000) == body


def test_a_body_cut_off_is_not_taken_for_whole(site: Site) -> None:
    whole = gzip.compress(bytes(range(256)) * 20)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    site.pages["/gzip"] = dribbling(iter([whole[:100]]), 0, head)
    site.pages["/plain"] = dribbling(iter([b"half"]), 0, b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n")
    site.pages["/broken"] = Reply(b"not gzip", headers={"Content-Encoding": "gzip"})
    for path in ("/gzip", "/plain", "/broken"):
        with pytest.raises(FetchError):
            get(site, path)


# Retries.


def test_a_busy_server_is_asked_again(site: Site) -> None:
    site.pages["/a"] = [Reply(b"", 503), Reply(b"", 429), Reply("there")]
    assert get(site, "/a", attempts=3).body == b"there"


def test_a_connection_that_breaks_is_tried_again(site: Site) -> None:
    site.pages["/a"] = [dribbling(iter([]), 0, b""), dribbling(iter([]), 0, b"nonsense\r\n\r\n"), Reply("there")]
    assert get(site, "/a", attempts=3).body == b"there"


def test_retries_end(site: Site) -> None:
    site.pages["/a"] = Reply(b"", 500)
    with pytest.raises(TransientError, match="500"):
        get(site, "/a", attempts=3)
    assert site.asked.count("/a") == 3


def test_the_wait_that_the_server_asks_for_is_kept(site: Site) -> None:
    site.pages["/a"] = [Reply(b"", 503, {"Retry-After": "1"}), Reply("there")]
    get(site, "/a", attempts=2)
    first, second = (at for path, at in zip(site.asked, site.times, strict=True) if path == "/a")
    assert 1.0 <= second - first < 2.0


def test_a_port_where_nobody_listens_may_come_back(site: Site) -> None:
    with pytest.raises(TransientError):
        Fetcher(SETTINGS).get("http://127.0.0.1:1/")


# Manners.


def test_robots_are_obeyed_and_asked_once(site: Site) -> None:
    site.pages |= {
        "/robots.txt": Reply("User-agent: *\nDisallow: /private\nAllow: /private/open\n"),
        "/private/open": Reply("open"),
        "/": Reply("home"),
    }
    fetcher = Fetcher(SETTINGS)
    fetcher.get(site.url("/"))
    fetcher.get(site.url("/private/open"))
    with pytest.raises(RobotsError, match=r"robots\.txt"):
        fetcher.get(site.url("/private/page"))
    assert site.asked == ["/robots.txt", "/", "/private/open"]


def test_robots_may_name_us(site: Site) -> None:
    site.pages["/robots.txt"] = Reply("User-agent: askpost\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    with pytest.raises(RobotsError):
        get(site)


def test_robots_hold_for_where_a_redirect_leads(site: Site) -> None:
    site.pages |= {"/robots.txt": Reply("User-agent: *\nDisallow: /b"), "/a": redirect("/b"), "/b": Reply("no")}
    with pytest.raises(RobotsError):
        get(site, "/a")
    assert "/b" not in site.asked


def test_no_robots_file_allows_and_a_failing_one_forbids_for_now(site: Site) -> None:
    site.pages["/"] = Reply("home")
    site.pages["/robots.txt"] = Reply(b"", 403)
    get(site)
    site.pages["/robots.txt"] = Reply(b"", 500)
    with pytest.raises(TransientError):
        get(site)


def test_a_robots_file_of_any_bytes_or_size_does_no_harm(site: Site) -> None:
    site.pages["/"] = Reply("home")
    site.pages["/robots.txt"] = Reply(bytes(range(256)) * 100)
    get(site)
    site.pages["/robots.txt"] = Reply(b"x" * 250_000)
    with pytest.raises(RobotsError, match="larger"):
        get(site)


def test_requests_to_one_host_keep_a_pause(site: Site) -> None:
    site.pages |= {"/a": Reply("a"), "/b": Reply("b")}
    fetcher = Fetcher(replace(SETTINGS, delay=0.1))
    fetcher.get(site.url("/a"))
    fetcher.get(site.url("/b"))
    pauses = [later - earlier for earlier, later in itertools.pairwise(site.times)]
    assert len(pauses) == 2
    assert min(pauses) > 0.08


def test_a_crawl_delay_is_kept(site: Site) -> None:
    site.pages |= {"/robots.txt": Reply("User-agent: *\nCrawl-delay: 0.3"), "/a": Reply("a")}
    get(site, "/a")
    assert site.times[1] - site.times[0] >= 0.28


def test_a_page_that_has_not_changed_is_not_sent_again(site: Site) -> None:
    validators = Validators(site.url("/a"), '"v1"', "Thu, 13 Feb 2014 12:00:00 GMT")
    site.pages |= {"/a": Reply(b"", 304), "/old": redirect("/a")}
    assert Fetcher(SETTINGS).get(site.url("/a"), validators) is None
    assert site.headers[-1]["if-none-match"] == '"v1"'
    assert site.headers[-1]["if-modified-since"] == "Thu, 13 Feb 2014 12:00:00 GMT"
    assert Fetcher(SETTINGS).get(site.url("/old"), validators) is None
    assert "if-none-match" not in site.headers[-2]


def test_an_unasked_not_modified_is_no_page(site: Site) -> None:
    site.pages["/a"] = Reply(b"", 304)
    with pytest.raises(GoneError):
        get(site, "/a")
