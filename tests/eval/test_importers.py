"""Public data in four formats: read, placed word for word, drawn from, written, indexed and asked."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import load_corpus
from corpus.errors import AskpostError
from eval.importers.carried import Asked, Carried, Evidence
from eval.importers.detecting import Format, detect
from eval.importers.placing import place, plain
from eval.importers.preparing import Dataset, Prepared, prepare, write_set
from eval.importers.sampling import Limits
from eval.questions import FIXED_SET, Judgement, Question, QuestionSetError, load_questions, missing_gold
from eval.run import evaluate
from eval.spans import Span
from tests.eval.public import KETTLE, SQUAD, beir_folder, clapnq_file, selqa_file, squad_file

Maker = Callable[[Path], Path]
FORMATS = {"SQuAD": squad_file, "CLAP NQ": clapnq_file, "SelQA": selqa_file, "BEIR": beir_folder}


def format_of(path: Path) -> Format:
    found = detect(path)
    assert found
    return found


def prepared(path: Path, tmp_path: Path, limits: Limits | None = None, corpus: Path | None = None) -> Prepared:
    """All splits, not indexed."""
    return write_set(Dataset(path, format_of(path), "all", limits or Limits(), corpus=corpus, sets=tmp_path / "sets"))


def questions_of(path: Path, tmp_path: Path) -> dict[str, Question]:
    return {question.id: question for question in load_questions(prepared(path, tmp_path).set_path).questions}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_known_by_its_content(name: str, tmp_path: Path) -> None:
    path = FORMATS[name](tmp_path)
    assert format_of(path).name == name
    if path.is_file():
        assert format_of(path.rename(tmp_path / "data.txt")).name == name


def test_sets_of_our_own_and_what_is_unknown_are_no_public_data(tmp_path: Path) -> None:
    assert detect(FIXED_SET) is None
    assert detect(tmp_path / "none.json") is None
    for text in ("", "not JSON", "[]", "{}", '{"data": 5}', '[{"question": "?"}]', "[" * 100_000):
        file = tmp_path / "file"
        file.write_text(text, encoding="utf-8")
        assert detect(file) is None
    with pytest.raises(QuestionSetError, match="not one of BEIR"):
        detect(tmp_path)


@pytest.mark.parametrize("name", FORMATS)
def test_every_gold_quote_stands_in_the_documents_that_were_written(name: str, tmp_path: Path) -> None:
    found = prepared(FORMATS[name](tmp_path), tmp_path)
    texts = {document.source.id: document.text for document in load_corpus(found.corpus)}
    questions = load_questions(found.set_path).questions
    assert missing_gold(questions, texts) == []
    assert questions


def test_squad_spans_become_the_sentences_that_hold_them(tmp_path: Path) -> None:
    found = questions_of(squad_file(tmp_path), tmp_path)
    assert found["k1"].gold == (Span("Kitchen things", "It switches itself off when the water boils."),)
    assert found["k1"].exact == "when the water boils"
    assert found["k3"].gold == (Span("Kitchen things", "Clay holds its heat longest."),)
    assert (found["k2"].gold, found["k2"].type) == ((), "unanswerable-near")


def test_squad_1_has_no_impossible_questions_and_is_read_the_same(tmp_path: Path) -> None:
    paragraph = {"context": KETTLE, "qas": [{"id": "1", "question": "Who?", "answers": []}]}
    paragraph["qas"] = [{"id": "1", "question": "What?", "answers": [{"text": "kettle", "answer_start": 2}]}]
    path = tmp_path / "old.json"
    path.write_text(json.dumps({"data": [{"title": "A", "paragraphs": [paragraph]}], "version": "1.1"}, indent=1))
    assert questions_of(path, tmp_path)["1"].gold == (Span("A", "A kettle boils water."),)


def test_clapnq_sentences_of_all_annotators_are_gold_once_each(tmp_path: Path) -> None:
    found = questions_of(clapnq_file(tmp_path), tmp_path)
    assert [gold.quote for gold in found["c1"].gold] == [
        "It switches itself off when the water boils.",
        "Older kettles whistle instead.",
    ]
    assert found["c1"].exact is None
    assert not found["-2"].answerable


def test_selqa_reads_both_tasks_and_keeps_a_section_once(tmp_path: Path) -> None:
    found = prepared(selqa_file(tmp_path), tmp_path)
    one, two, three = load_questions(found.set_path).questions
    assert one.gold == (Span("Tea: Pots", "A teapot keeps tea warm."),)
    assert two.gold == (Span("Tea: Pots", "Clay holds its heat longest."),)
    assert not three.answerable
    assert [document.source.id for document in load_corpus(found.corpus)] == ["Tea: Pots", "Tea"]


def test_beir_judges_documents_and_splits_by_file(tmp_path: Path) -> None:
    path = beir_folder(tmp_path)
    found = questions_of(path, tmp_path)
    assert found["q1"].relevant == (Judgement("d/1", 2), Judgement("d3", 0))
    assert found["q2"].relevant == (Judgement('d"2', 1),)  # the one that is not there is left out
    assert {id_: question.split for id_, question in found.items()} == {"q1": "test", "q2": "test", "q3": "train"}
    assert all(question.answerable and not question.has_quotes for question in found.values())
    with pytest.raises(QuestionSetError, match="has: test, train"):
        prepare(Dataset(path, format_of(path), "dev", sets=tmp_path))


def test_a_quote_is_placed_where_its_offset_says() -> None:
    text = "The cat sat.  The\u00a0cat slept. The cat ran."
    document = Carried("a", "A", (text,))
    asked = Asked("1", "Where?", evidence=(Evidence("a", 0, "cat", text.index("cat slept")),))
    question = place(asked, {"a": document})
    assert question
    assert question.gold == (Span("a", "The cat slept."),)


def test_mojibake_and_controls_are_repaired_in_quote_and_text_alike() -> None:
    document = Carried("a", "A", ("It is a soupedâ€“up\x07 kettle.\nIt boils.",))
    asked = Asked("1", "What?", evidence=(Evidence("a", 0, "It is a soupedâ€“up\x07 kettle."),))
    question = place(asked, {"a": document})
    assert question
    assert question.gold[0].quote == "It is a souped–up kettle."
    assert plain(plain(document.paragraphs[0])) == plain(document.paragraphs[0])


def test_what_cannot_be_asked_is_left_out_and_counted(tmp_path: Path) -> None:
    data = json.loads(json.dumps(SQUAD))
    first = data["data"][0]["paragraphs"][0]["qas"]
    first[0]["answers"] = [{"text": "not in it", "answer_start": 0}]
    first[1]["question"] = " ? "
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(data))
    found = prepared(path, tmp_path)
    assert [question.id for question in load_questions(found.set_path).questions] == ["k3"]
    assert any(note.startswith("2 questions left out") for note in found.notes)
    assert any("reader was trained" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ('{"data": [{"title": "A", "paragraphs": [{"context": "B"}]}]}', "'qas' is missing"),
        ('[{"question": "?", "candidates": ["a"], "answers": [9], "article": "A", "section": "B"}]', "index"),
        ('{"input": "?", "passages": [5], "output": []}', "SQuAD|CLAP NQ"),
    ],
)
def test_malformed_data_is_said(text: str, missing: str, tmp_path: Path) -> None:
    path = tmp_path / "bad"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QuestionSetError, match=missing):
        format_of(path).read(path)


class TestLimits:
    def test_the_same_seed_draws_the_same(self, tmp_path: Path) -> None:
        path = squad_file(tmp_path)
        draws = [prepared(path, tmp_path, Limits(sample=2, seed=seed)).set_path for seed in range(6)]
        texts = [draw.read_bytes() for draw in draws]
        assert len(set(texts)) > 1
        assert prepared(path, tmp_path, Limits(sample=2, seed=3)).set_path.read_bytes() == texts[3]
        assert all(len(load_questions(draw).questions) == 2 for draw in draws)
        assert len({load_questions(draw).path.parent for draw in draws}) == 1

    def test_documents_that_are_needed_are_always_there(self, tmp_path: Path) -> None:
        found = prepared(beir_folder(tmp_path), tmp_path, Limits(sample=1, documents=1, seed=2))
        (question,) = load_questions(found.set_path).questions
        documents = {document.source.id for document in load_corpus(found.corpus)}
        assert documents == {judged.source for judged in question.relevant}
        assert any("easier" in note for note in found.notes)

    def test_a_huge_collection_is_not_indexed_unasked(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("eval.importers.sampling.MOST_DOCUMENTS", 3)
        with pytest.raises(QuestionSetError, match="--documents"):
            prepared(beir_folder(tmp_path), tmp_path)

    def test_documents_are_written_once(self, tmp_path: Path) -> None:
        path = squad_file(tmp_path)
        first = prepared(path, tmp_path)
        marked = first.corpus / "000001.txt"
        marked.touch()
        before = marked.stat().st_mtime_ns
        assert prepared(path, tmp_path, Limits(sample=1)).corpus == first.corpus
        assert marked.stat().st_mtime_ns == before
        path.write_text(path.read_text().replace("Clay", "Iron"), encoding="utf-8")
        assert prepared(path, tmp_path).corpus != first.corpus

    def test_a_folder_that_cannot_be_written_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "sets").write_text("a file")
        with pytest.raises(AskpostError, match="cannot be written"):
            prepared(squad_file(tmp_path), tmp_path)


def test_data_on_documents_of_ones_own(tmp_path: Path, folder: Callable[[dict[str, str]], Path]) -> None:
    mine = folder({"pots/kettle.md": f"# Kettles\n\n{KETTLE}\n"})
    found = prepared(squad_file(tmp_path), tmp_path, corpus=mine)
    assert found.corpus == mine
    by_id = {question.id: question for question in load_questions(found.set_path).questions}
    assert by_id["k1"].gold == (Span("pots/kettle", "It switches itself off when the water boils."),)
    assert set(by_id) == {"k1", "k2"}  # nothing there answers k3


def test_public_data_runs_whole(tmp_path: Path, new_home: Callable[[], Path]) -> None:
    path = squad_file(tmp_path)
    ready = prepare(Dataset(path, format_of(path), "test", home=new_home(), sets=tmp_path / "sets"))
    report = evaluate(ready.set_path, "test", corpus=ready.corpus, home=ready.home, systems=["askpost", "bm25"])
    values = report.ours.overall.values
    assert values["hit_1"] is not None
    assert values["hit_1"] > 0.4
    assert values["verbatim"] == 1.0
    built = (ready.home / "CURRENT").read_text()
    again = prepare(Dataset(path, format_of(path), "test", home=ready.home, sets=tmp_path / "sets"))
    assert (ready.home / "CURRENT").read_text() == built
    assert again == ready


def test_judged_documents_are_scored_by_retrieval_alone(tmp_path: Path, new_home: Callable[[], Path]) -> None:
    path = beir_folder(tmp_path)
    ready = prepare(Dataset(path, format_of(path), "test", home=new_home(), sets=tmp_path / "sets"))
    report = evaluate(ready.set_path, "test", corpus=ready.corpus, home=ready.home, systems=["askpost", "bm25"])
    for system in report.systems:
        values = system.overall.values
        assert (values["ndcg_10"], values["recall_5"], values["rr"]) == (1.0, 1.0, 1.0)
        for name in ("accuracy", "hit_1", "hit_3", "mrr", "f1", "citation_precision", "abstention_precision", "aurc"):
            assert values[name] is None, name
        assert values["verbatim"] in (1.0, None)
    data = json.dumps(report.to_json(), allow_nan=False)
    assert {question["right"] for question in json.loads(data)["systems"][0]["questions"]} == {None}
