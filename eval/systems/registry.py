"""The systems that can be run side by side, by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from app import Assistant
from corpus import Document
from corpus.errors import AskpostError
from eval.questions import Question
from eval.systems.askpost import AskpostSystem
from eval.systems.base import System
from eval.systems.threshold import Thresholded
from index.builds import current_build, read_manifest
from index.models import find_model
from index.settings import BASE_MODEL

CHAT = "chat:"
PHRASED = "askpost:"
DEFAULT = ("askpost", "naive")
ALL = "all"
PEERS = "it comes with: make peers"


class UnknownSystemError(AskpostError):
    """There is no system of this name, or its package is not installed."""

    exit_code = 2


@dataclass(frozen=True)
class Material:
    """What systems are made from: the corpus, askpost's index of it, and the questions to fit a threshold on."""

    documents: Sequence[Document]
    home: Path
    dev: Sequence[Question]

    @cached_property
    def model(self) -> Path:
        """The folder of the embedding model that tutorials use, for every system that embeds but askpost."""
        return find_model(BASE_MODEL).folder

    @cached_property
    def own_model(self) -> Path:
        """The folder of the index's embedding model."""
        return find_model(read_manifest(current_build(self.home)).model).folder


@dataclass(frozen=True, slots=True)
class Entry:
    """A system: what it is in a few words, how it is made, and the package it needs, with where that comes from."""

    about: str
    make: Callable[[Material], System]
    package: str = ""


def _askpost(material: Material) -> System:
    return AskpostSystem(Assistant.open(material.home))


def _phrased(name: str, material: Material) -> System:
    """askpost whose answers a language model phrases, which must change no figure."""
    return AskpostSystem(Assistant.open(material.home, backend=name.removeprefix(PHRASED)), name)


def _ablation(part: str) -> Callable[[Material], System]:
    def make(material: Material) -> System:
        from eval.systems import ablations

        without: dict[str, Callable[[Path], Assistant]] = {
            "reader": ablations.without_reader,
            "second": ablations.without_second,
            "dense": ablations.without_dense,
            "lexical": ablations.without_lexical,
            "context": ablations.without_context,
        }
        system = AskpostSystem(without[part](material.home), f"askpost-no-{part}")
        return Thresholded(system, material.dev) if part == "reader" else system

    return make


def _naive(material: Material) -> System:
    from eval.systems.naive import NaivePipeline

    return Thresholded(NaivePipeline(material.documents, material.model), material.dev)


def _bm25(material: Material) -> System:
    from eval.systems.sentences import BM25

    return Thresholded(BM25(material.documents), material.dev)


def _sentence_transformers(material: Material) -> System:
    from eval.systems.sentences import SentenceTransformerAlone

    return Thresholded(SentenceTransformerAlone(material.documents, material.model), material.dev)


def _own_embedding(material: Material) -> System:
    from eval.systems.sentences import SentenceTransformerAlone

    return Thresholded(SentenceTransformerAlone(material.documents, material.own_model, "own-embedding"), material.dev)


def _txtai(material: Material) -> System:
    from eval.systems.txtai import Txtai

    return Thresholded(Txtai(material.documents, material.model), material.dev)


def _haystack(material: Material) -> System:
    from eval.systems.haystack import Haystack

    return Thresholded(Haystack(material.documents, material.model), material.dev)


SYSTEMS = {
    "askpost": Entry("askpost as it is served", _askpost),
    "naive": Entry("LangChain tutorial: chunks of 1,000 characters, Chroma, the top ones", _naive),
    "bm25": Entry("sentences by BM25 alone", _bm25, "bm25s"),
    "sentence-transformers": Entry("sentences by cosine alone", _sentence_transformers),
    "own-embedding": Entry("sentences by cosine alone, of askpost's own embedding model", _own_embedding),
    "askpost-no-reader": Entry("askpost without its reader", _ablation("reader")),
    "askpost-no-dense": Entry("askpost without embeddings", _ablation("dense")),
    "askpost-no-lexical": Entry("askpost without full-text search", _ablation("lexical")),
    "askpost-no-second": Entry("askpost whose reader reads everything once only", _ablation("second")),
    "askpost-no-context": Entry("askpost whose reader sees the sentence alone", _ablation("context")),
    "txtai": Entry("sentences by txtai's hybrid index", _txtai, "txtai"),
    "haystack": Entry("sentences by Haystack's embedding retriever", _haystack, "haystack_integrations"),
}


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """The names of systems to run, each once; "all" stands for every one whose package is installed.

    Raises:
        UnknownSystemError: a name is not known, or its package is not installed.
    """
    found: list[str] = []
    for name in names:
        found += [n for n, entry in SYSTEMS.items() if _installed(entry)] if name == ALL else [name]
    for name in found:
        if name not in SYSTEMS and not name.startswith((CHAT, PHRASED)):
            known = ", ".join([*SYSTEMS, f"{CHAT}PROVIDER:MODEL", f"{PHRASED}PROVIDER:MODEL", ALL])
            raise UnknownSystemError(f"There is no system {name!r} to evaluate; there is: {known}.")
        if name in SYSTEMS and not _installed(SYSTEMS[name]):
            raise UnknownSystemError(f"The system {name!r} needs the package {SYSTEMS[name].package!r}; {PEERS}.")
    return tuple(dict.fromkeys(found))


def make(name: str, material: Material) -> System:
    """The system of this name, ready to be asked.

    Raises:
        BackendError: a language model cannot be opened.
    """
    if name.startswith(PHRASED):
        return _phrased(name, material)
    if not name.startswith(CHAT):
        return SYSTEMS[name].make(material)
    from app.backends import LanguageModel
    from eval.systems.chat_model import ChatModel
    from eval.systems.naive import NaivePipeline

    return ChatModel(LanguageModel.open(name.removeprefix(CHAT)), NaivePipeline(material.documents, material.model))


def _installed(entry: Entry) -> bool:
    return not entry.package or find_spec(entry.package) is not None
