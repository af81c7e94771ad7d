"""The evaluation of the real assistant beside the real baseline, on a few questions."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import load_corpus
from corpus.errors import IndexMismatchError, NoIndexError
from eval.questions import QuestionSetError
from eval.run import evaluate
from index.building import build_index

TEXT = "# Pets\n\nCats sleep for most of the day. Dogs bark at the postman. Goldfish have no eyelids.\n"
ROWS = [
    {
        "id": "a",
        "split": "dev",
        "question": "How long do cats sleep?",
        "gold": [{"source": "pets", "quote": "Cats sleep for most of the day."}],
    },
    {"id": "b", "split": "dev", "question": "Who invented penicillin?", "gold": [], "type": "unanswerable-far"},
]

# Refuses every connection, whoever asks for it; then evaluates.
DENIED = """
import os, socket, sys
from pathlib import Path

def refuse(*args, **kwargs):
    raise AssertionError(f"a connection was asked for: {args}")

for name in ("connect", "connect_ex", "sendto", "bind", "listen"):
    setattr(socket.socket, name, refuse)
socket.create_connection = socket.getaddrinfo = refuse

import json
from eval.run import evaluate

set_path, corpus, home, baseline = sys.argv[1:]
names = ["askpost", "naive"] if baseline == "yes" else ["askpost"]
report = evaluate(Path(set_path), "dev", corpus=Path(corpus), home=Path(home), systems=names)
values = {system.name: system.overall.values for system in report.systems}
print(json.dumps({"values": values, "torch": "torch" in sys.modules, "ort": os.environ["ORT_DISABLE_TELEMETRY"]}))
"""


@pytest.fixture
def pets(folder: Callable[[dict[str, str]], Path]) -> Path:
    return folder({"pets.md": TEXT})


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return path


@pytest.mark.parametrize("baseline", ["yes", "no"])
def test_no_connection_is_opened_and_torch_is_for_the_baseline_only(
    pets: Path, questions: Path, new_home: Callable[[], Path], baseline: str
) -> None:
    home = new_home()
    build_index(load_corpus(pets), home)
    done = subprocess.run(
        [sys.executable, "-c", DENIED, str(questions), str(pets), str(home), baseline],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["torch"] is (baseline == "yes")
    assert found["ort"] == "1"  # native code's connections cannot be refused here
    for values in found["values"].values():
        assert values["verbatim"] in (1.0, None)
        assert values["ndcg_10"] > 0
    assert len(found["values"]) == (2 if baseline == "yes" else 1)


def test_a_set_for_another_corpus_is_refused(pets: Path, tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps({**ROWS[0], "gold": [{"source": "pets", "quote": "Not there."}]}), encoding="utf-8")
    with pytest.raises(QuestionSetError, match="for another corpus"):
        evaluate(path, "dev", corpus=pets)


def test_an_index_of_other_texts_is_refused(pets: Path, questions: Path, post_home: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexMismatchError, match="askpost index"):
        evaluate(questions, "dev", corpus=pets, home=post_home)
    with pytest.raises(NoIndexError):
        evaluate(questions, "dev", corpus=pets, home=tmp_path / "none")


def test_the_fixed_set_runs_on_the_bundled_post(post_home: Path) -> None:
    report = evaluate(split="dev", home=post_home, systems=["askpost"])
    assert report.set_name == "post"
    assert report.ours.overall.count == 60
    assert report.ours.overall.values["verbatim"] == 1.0
    assert len(report.ours.by_type) == 10


def test_the_command_writes_every_kind_of_report(
    pets: Path, questions: Path, new_home: Callable[[], Path], tmp_path: Path
) -> None:
    home = new_home()
    build_index(load_corpus(pets), home)
    files = {kind: tmp_path / f"report.{kind}" for kind in ("json", "markdown", "html")}
    options = [option for kind, file in files.items() for option in (f"--{kind}", str(file))]
    systems = ["--system", "askpost", "--system", "bm25"]
    command = ["--set", str(questions), "--corpus", str(pets), "--index", str(home), "--split", "dev"]
    main = "import sys; from app.cli import main; main()"
    subprocess.run([sys.executable, "-c", main, "eval", *command, *systems, *options], check=True, capture_output=True)
    data = json.loads(files["json"].read_text(encoding="utf-8"))
    names = [system["name"] for system in data["systems"]]
    assert names[0] == "askpost"
    assert names[1].startswith("bm25")
    assert list(data["differences"]) == names[1:]
    assert data["machine"]["cpus"] >= 1
    for kind in ("markdown", "html"):
        assert "bm25" in files[kind].read_text(encoding="utf-8")
    assert [path.suffix for path in (home / "evaluations").iterdir()] == [".json"]
