"""Public formats, tiny and in our own words: SQuAD, CLAP NQ, SelQA and BEIR."""

import json
from pathlib import Path

KETTLE = "A kettle boils water. It switches itself off when the water boils. Older kettles whistle instead."
TEAPOT = "A teapot keeps tea warm. Clay holds its heat longest."

SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "Kitchen_things",
            "paragraphs": [
                {
                    "context": KETTLE,
                    "qas": [
                        {
                            "id": "k1",
                            "question": "When does a kettle switch off?",
                            "is_impossible": False,
                            "answers": [
                                {"text": "when the water boils", "answer_start": KETTLE.index("when the water")},
                                {"text": "the water boils", "answer_start": KETTLE.index("the water boils")},
                            ],
                        },
                        {
                            "id": "k2",
                            "question": "Who invented the kettle?",
                            "is_impossible": True,
                            "answers": [],
                            "plausible_answers": [{"text": "Older kettles", "answer_start": KETTLE.index("Older")}],
                        },
                    ],
                },
                {
                    "context": TEAPOT,
                    "qas": [
                        {
                            "id": "k3",
                            "question": "What holds heat longest?",
                            "answers": [{"text": "Clay", "answer_start": TEAPOT.index("Clay")}],
                        }
                    ],
                },
            ],
        }
    ],
}

CLAPNQ = [
    {
        "id": "c1",
        "input": "how does a kettle know when to stop",
        "passages": [{"title": "Kettle", "text": f"{KETTLE} ", "sentences": ["..."]}],
        "output": [
            {
                "answer": "It switches off when the water boils; older ones whistle.",
                "selected_sentences": [
                    "It switches itself off when the water boils.&",
                    "Older kettles whistle instead.",
                ],
                "meta": {"round": 2},
            },
            {"answer": "It whistles.", "selected_sentences": ["Older kettles whistle instead."], "meta": {"round": 1}},
        ],
    },
    {
        "id": -2,
        "input": "who made the first teapot",
        "passages": [{"title": "Teapot", "text": TEAPOT, "sentences": ["..."]}],
        "output": [{"answer": None, "meta": None}],
    },
]

SELQA = [
    {
        "question": "What keeps tea warm?",
        "article": "Tea",
        "section": "Pots",
        "topic": "FOOD",
        "candidates": ["", "A teapot keeps tea warm.", "Clay holds its heat longest."],
        "answers": [1],
        "is_paraphrase": False,
        "q_types": ["what"],
    },
    {
        "question": "Which pot keeps its heat?",
        "candidate_list": [
            {"article": "Tea", "section": "", "candidates": ["Tea is a leaf."], "answers": []},
            {
                "article": "Tea",
                "section": "Pots",
                "candidates": ["", "A teapot keeps tea warm.", "Clay holds its heat longest."],
                "answers": [2],
            },
        ],
    },
    {
        "question": "Who drinks tea?",
        "candidate_list": [{"article": "Tea", "section": "", "candidates": ["Tea is a leaf."], "answers": []}],
    },
]

BEIR_CORPUS = [
    {"_id": "d/1", "title": "Kettle", "text": KETTLE, "metadata": {}},
    {"_id": 'd"2', "title": "", "text": TEAPOT},
    {"_id": "d3", "title": "Bread", "text": "Bread rises in the oven. A steel plate makes the crust crisp."},
    {"_id": "d4", "title": "Empty", "text": ""},
    {"_id": "d5", "title": "", "text": ""},
]
BEIR_QUERIES = [
    {"_id": "q1", "text": "What boils water?"},
    {"_id": "q2", "text": "What keeps tea warm?"},
    {"_id": "q3", "text": "Why is the crust crisp?"},
    {"_id": "q4", "text": "Nothing was judged for this."},
]


def squad_file(folder: Path) -> Path:
    """SQuAD 2.0, on one line."""
    return _write(folder / "kitchen-v2.0.json", json.dumps(SQUAD))


def clapnq_file(folder: Path) -> Path:
    """CLAP NQ, two lines."""
    return _write(folder / "nq.jsonl", "\n".join(map(json.dumps, CLAPNQ)) + "\n")


def selqa_file(folder: Path) -> Path:
    """SelQA, both tasks in one file, indented."""
    return _write(folder / "selqa.json", json.dumps(SELQA, indent=2))


def beir_folder(folder: Path) -> Path:
    """BEIR with a test and a train split, and a judgement of a document that is not there."""
    data = folder / "kitchen"
    _write(data / "corpus.jsonl", "\n".join(map(json.dumps, BEIR_CORPUS)))
    _write(data / "queries.jsonl", "\n".join(map(json.dumps, BEIR_QUERIES)))
    heading = "query-id\tcorpus-id\tscore\n"
    _write(data / "qrels/test.tsv", f'{heading}q1\td/1\t2\nq1\td3\t0\nq2\td"2\t1\nq2\tgone\t1\nq4\td3\t0\n')
    _write(data / "qrels/train.tsv", f"{heading}q3\td3\t1\nq1\td/1\t1\n")
    return data


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
