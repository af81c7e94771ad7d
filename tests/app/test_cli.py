"""The command line, as a whole process: output, exit codes, and what is never imported or opened."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ASKPOST = str(Path(sys.executable).parent / "askpost")

# Run `askpost ARGS` with every connection refused, and fail if torch came in.
GUARDED = """
import socket, sys
def refuse(*args, **kwargs): raise AssertionError(f"a socket was opened: {args}")
socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refuse
from app.cli import main
try:
    main()
except SystemExit as left:
    assert not left.code, left.code
torch_allowed = sys.argv[1] == "index"
assert torch_allowed or "torch" not in sys.modules, "torch was imported"
"""


def askpost(*args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([ASKPOST, *args], input=stdin, capture_output=True, text=True, timeout=120, check=False)


def guarded(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", GUARDED, *args], capture_output=True, text=True, check=False)


def test_ask_prints_the_contract(post_home: Path) -> None:
    done = askpost("ask", "does docker share a kernel?", "--json", "--index", str(post_home))
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert set(answer) >= {
        "question", "answer", "verdict", "abstained", "confidence", "backend", "elapsed_ms", "build", "citations",
        "suggestions",
    }  # fmt: skip
    assert answer["verdict"] == "yes"
    assert set(answer["citations"][0]) == {
        "n", "source_id", "title", "section", "url", "text_fragment_url", "kind", "quote", "start", "end", "score",
    }  # fmt: skip


def test_show_prints_the_text_that_offsets_refer_to(post_home: Path) -> None:
    answer = json.loads(askpost("ask", "what is packer", "--json", "--index", str(post_home)).stdout)
    for citation in answer["citations"]:
        shown = askpost("show", citation["source_id"], "--index", str(post_home)).stdout
        assert shown[citation["start"] : citation["end"]] == citation["quote"]


def test_ask_for_people(post_home: Path) -> None:
    done = askpost("ask", "does docker share a kernel?", "--index", str(post_home))
    assert done.stdout.startswith("YES")
    assert "shares the kernel" in done.stdout
    assert "The post does not say" in askpost("ask", "who invented penicillin?", "--index", str(post_home)).stdout


def test_a_batch_keeps_order_and_ids(post_home: Path, tmp_path: Path) -> None:
    requests = [
        {"id": 7, "question": "what is packer?"},
        {"question": "and docker?", "history": [{"question": "what is packer?", "answer": "a way"}]},
        {"id": "x", "question": " "},
        {"id": None, "question": "who invented penicillin?"},
    ]
    lines = "\n".join(json.dumps(request) for request in requests) + "\n\n"
    done = askpost("ask", "--batch", "-", "--json", "--index", str(post_home), stdin=lines)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("id", "absent") for answer in answers] == [7, "absent", "x", None]
    assert [answer["question"] for answer in answers] == [request["question"] for request in requests]
    assert [answer["abstained"] for answer in answers] == [False, False, True, True]
    (tmp_path / "batch.jsonl").write_text(lines)
    again = askpost("ask", "--batch", str(tmp_path / "batch.jsonl"), "--json", "--index", str(post_home))
    assert [json.loads(line)["answer"] for line in again.stdout.splitlines()] == [a["answer"] for a in answers]


def test_any_folder_works(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    (notes / "birds").mkdir(parents=True)
    (notes / "birds" / "swift.md").write_text(
        "# Swifts\n\nThe common swift sleeps in the air. It lands only to breed.\n"
    )
    (notes / "tea.txt").write_text("Green tea is steeped at eighty degrees.\n")
    assert askpost("index", "--corpus", str(notes), "--index", str(tmp_path / "home")).returncode == 0
    asked = askpost("ask", "why do swifts land?", "--json", "--index", str(tmp_path / "home"))
    assert json.loads(asked.stdout)["citations"][0]["source_id"] == "birds/swift"
    assert "Green tea" in askpost("show", "tea", "--corpus", str(notes), "--index", str(tmp_path / "home")).stdout
    assert "birds/swift" in askpost("sources", "--index", str(tmp_path / "home")).stdout
    again = askpost("index", "--corpus", str(notes), "--index", str(tmp_path / "home"))
    assert "Nothing changed" in again.stdout


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["ask", ""], 2, "empty"),
        (["ask", "x" * 100_000], 2, "Ask a shorter one"),
        (["ask", "\x01\x02"], 2, "empty"),
        (["ask"], 2, "no question"),
        (["ask", "--batch", "/no/such/file"], 2, "cannot be read"),
        (["show", "nothing"], 3, "No source"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_bad_input_is_named_without_a_traceback(post_home: Path, args: list[str], code: int, says: str) -> None:
    where = ["--index", str(post_home)] if args[0] != "nonsense" else []
    done = askpost(*args, *where)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_things_are_named_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.txt").write_bytes(b"\x00\x00")
    (tmp_path / "file").write_text("x")
    cases = [
        (["ask", "why?", "--index", str(tmp_path / "none")], 4, "run `askpost index"),
        (["index", "--corpus", str(tmp_path / "empty"), "--index", str(tmp_path / "h")], 3, "no document"),
        (["index", "--corpus", str(tmp_path), "--index", str(tmp_path / "h")], 3, "not a text file"),
        (["index", "--index", str(tmp_path / "file" / "h")], 1, "cannot be written"),
        (["ask", "--batch", str(tmp_path / "file")], 2, "Line 1"),
    ]
    for args, code, says in cases:
        done = askpost(*args)
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
        assert says in done.stderr


def test_an_old_sqlite_is_named_without_a_traceback(post_home: Path) -> None:
    script = (
        "import sqlite3, sys; sqlite3.sqlite_version_info = (3, 34, 0); sqlite3.sqlite_version = '3.34.0'\n"
        f"sys.argv[1:] = ['ask', 'what is packer?', '--index', {str(post_home)!r}]\n"
        "from app.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 6
    assert "3.34.0" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "args", [["ask", "does docker share a kernel?"], ["show", "post"], ["sources"], ["index"]], ids=lambda args: args[0]
)
def test_no_socket_is_opened_and_torch_stays_out(post_home: Path, args: list[str]) -> None:
    done = guarded(*args, "--index", str(post_home))
    assert done.returncode == 0, done.stderr


def test_a_full_build_opens_no_socket(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("A new text, to be embedded.")
    done = guarded("index", "--corpus", str(tmp_path), "--index", str(tmp_path / "home"))
    assert done.returncode == 0, done.stderr


def test_output_survives_an_ascii_terminal(post_home: Path) -> None:
    done = subprocess.run(
        [ASKPOST, "show", "post", "--index", str(post_home)],
        capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    )  # fmt: skip
    assert "souped–up" in done.stdout.decode()


def test_help_is_the_reference() -> None:
    for verb in ("ask", "chat", "index", "show", "sources"):
        done = askpost(verb, "--help")
        assert done.returncode == 0
        assert "--index" in done.stdout
    assert askpost("--version").stdout.startswith("askpost ")
