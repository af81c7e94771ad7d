"""Only public addresses over http(s) are opened: judged after resolution, at the transport, and at every redirect."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.fetching.addresses import check_ip, check_url
from corpus.fetching.client import Fetcher
from corpus.fetching.errors import FetchError, GoneError, RefusedAddressError, TransientError
from corpus.fetching.settings import FetchSettings
from corpus.fetching.transport import Budget, GuardedBackend
from tests.corpus.servers import Reply, Site, redirect, serving

QUICK = FetchSettings(delay=0.0, attempts=1, seconds=2.0)
OPEN = FetchSettings(delay=0.0, attempts=1, seconds=2.0, allow_loopback=True)

PRIVATE = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.8.9.1 168.63.129.16 169.254.169.254 172.16.0.1
172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
64:ff9b:1::808:808 100::1 2001:db8::1 2001:0:7f00:1::1 2002:7f00:1:: 2002:c0a8:101::1 2002:a9fe:a9fe:: 3fff::1 5f00::1
fc00::1 fd00:ec2::254 fe80::1 fe80::1%1 fec0::1 ff02::1
""".split()
PUBLIC = (
    "1.1.1.1 8.8.8.8 151.101.1.1 172.32.0.1 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1".split()
)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(RefusedAddressError):
        check_ip(address, "host")


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_opened(address: str) -> None:
    check_ip(address, "host")


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="192.168.0.0/16"), st.booleans())
def test_a_private_address_is_refused_in_whatever_ipv6_form(address: Any, loopback: bool) -> None:
    number = int(address)
    forms = [
        f"::ffff:{address}",
        f"64:ff9b::{address}",
        f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1",
        f"::{address}",
    ]
    for form in [str(address), *forms]:
        with pytest.raises(RefusedAddressError):
            check_ip(form, "host", allow_loopback=loopback)


@pytest.mark.parametrize("address", [a for a in PRIVATE if not a.startswith("127.") and a != "::1"])
def test_allowing_loopback_allows_nothing_else(address: str) -> None:
    with pytest.raises(RefusedAddressError):
        check_ip(address, "host", allow_loopback=True)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "data:text/html,x", "javascript:alert(1)",
        "dict://example.org/", "//example.org/", "example.org", "", "http://", "http:///path", "http://u:p@example.org/",
        "http://example.org@127.0.0.1/", "http://example.org:0/", "http://example.org:99999/", "http://exa\nmple.org/",
        "http://[::1", "http://example.org/" + "x" * 3_000,
    ],
)  # fmt: skip
def test_what_is_not_a_plain_web_address_is_refused(address: str) -> None:
    with pytest.raises(RefusedAddressError):
        check_url(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "2130706433", "0x7f000001", "0x7f.1", "127.1", "0", "0.0.0.0", "[::1]", "[::]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "0177.0.0.1", "127。0。0。1", "127.0.0.1.",
        "LOCALHOST",
    ],
)  # fmt: skip
def test_no_form_of_this_machines_address_opens_a_socket(host: str, site: Site) -> None:
    site.pages["/"] = Reply("secret")
    with pytest.raises(FetchError):
        Fetcher(QUICK).get(site.url("/", host))
    assert site.connections == 0


class Recorder(httpcore.MockBackend):
    """A backend that notes where it is told to connect, and answers with a page."""

    def __init__(self) -> None:
        super().__init__([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"])
        self.connected: list[str] = []

    def connect_tcp(self, host: str, *args: Any, **named: Any) -> httpcore.NetworkStream:
        self.connected.append(host)
        return super().connect_tcp(host, *args, **named)


def backend(answers: list[list[str]], recorder: Recorder) -> GuardedBackend:
    return GuardedBackend(Budget(2, 1_000), resolve=lambda host, port: answers.pop(0), inner=recorder)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_resolves_to_a_private_address_is_refused_before_connecting(address: str) -> None:
    recorder = Recorder()
    with pytest.raises(RefusedAddressError):
        backend([[address]], recorder).connect_tcp("innocent.example.org", 80)
    assert not recorder.connected


def test_a_name_with_a_private_address_among_public_ones_is_refused() -> None:
    recorder = Recorder()
    with pytest.raises(RefusedAddressError):
        backend([["8.8.8.8", "10.0.0.1"]], recorder).connect_tcp("innocent.example.org", 80)
    assert not recorder.connected


def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    """Rebinding: the second answer of the name server would be private, but nobody asks a second time."""
    recorder, answers = Recorder(), [["8.8.8.8"], ["127.0.0.1"]]
    backend(answers, recorder).connect_tcp("rebinding.example.org", 80)
    assert recorder.connected == ["8.8.8.8"]
    assert answers == [["127.0.0.1"]]


def test_each_address_is_tried_until_one_answers(site: Site) -> None:
    site.pages["/"] = Reply("<p>here</p>")
    page = Fetcher(OPEN, resolve=lambda host, port: ["::1", "127.0.0.1"]).get(site.url("/", "two.example.org"))
    assert page
    assert page.body == b"<p>here</p>"


def test_sockets_on_the_disk_are_refused() -> None:
    with pytest.raises(RefusedAddressError):
        backend([], Recorder()).connect_unix_socket("/var/run/docker.sock")


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://0xa000001/",
        "//192.168.0.1/x", "file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1/", "http://u:p@127.0.0.1/",
    ],
)  # fmt: skip
def test_a_redirect_to_a_private_address_is_refused(target: str, site: Site) -> None:
    """Loopback is allowed here, so the first request is made; where it leads is not allowed."""
    site.pages["/"] = [redirect("/next"), Reply("never")]
    site.pages["/next"] = redirect(target)
    with pytest.raises(RefusedAddressError):
        Fetcher(OPEN).get(site.url("/"))
    assert site.asked == ["/robots.txt", "/", "/next"]


def test_a_redirect_is_judged_by_what_its_name_resolves_to(site: Site) -> None:
    """The first name is loopback, which is allowed here; the second leads to a private address."""
    names = {"127.0.0.1": ["127.0.0.1"], "inside.example.org": ["10.1.2.3"]}
    site.pages["/"] = redirect("http://inside.example.org/")
    with pytest.raises(RefusedAddressError, match=r"inside\.example\.org"):
        Fetcher(OPEN, resolve=lambda host, port: names[host]).get(site.url("/"))


def test_a_robots_file_that_redirects_inside_is_refused(site: Site) -> None:
    site.pages["/robots.txt"] = redirect("http://10.0.0.1/")
    site.pages["/"] = Reply("page")
    with pytest.raises(RefusedAddressError):
        Fetcher(OPEN).get(site.url("/"))


def test_proxies_and_credentials_of_the_environment_are_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, site.url("/proxy"))
    site.pages["/"] = Reply("page")
    Fetcher(OPEN).get(site.url("/"))
    assert site.asked == ["/robots.txt", "/"]
    assert "authorization" not in site.headers[-1]


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl to make a certificate")
def test_tls_verifies_the_name_although_the_connection_goes_to_the_address(tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-subj", "/CN=good.example.org", "-addext", "subjectAltName=DNS:good.example.org", "-days", "2"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(certificate))
    names = {"resolve": lambda host, port: ["127.0.0.1"]}
    with serving(server) as site:
        site.pages["/"] = Reply("page")
        url = f"https://{{}}.example.org:{site.port}/"
        page = Fetcher(OPEN, ssl_context=trusting, **names).get(url.format("good"))
        assert page
        assert page.body == b"page"
        for fetcher, name in (
            (Fetcher(OPEN, ssl_context=trusting, **names), "other"),
            (Fetcher(OPEN, **names), "good"),
        ):
            with pytest.raises(TransientError, match="certificate"):
                fetcher.get(url.format(name))


def test_a_host_that_does_not_exist_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(GoneError, match="no host"):
        Fetcher(QUICK).get("http://nowhere.example.org/")


def test_a_name_server_that_does_not_answer_may_answer_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(TransientError):
        Fetcher(QUICK).get("http://somewhere.example.org/")
