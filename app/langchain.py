"""askpost inside LangChain: a retriever over the index, and the assistant as a step of a chain."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict, Field

from app.assistant import Assistant
from app.contract import Answer, Turn


class AskpostRetriever(BaseRetriever):
    """The sentences of the sources nearest to a query: by words and by embedding, fused.

    Each document's metadata says where its text stands: the characters [start:end] of the source's text.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    k: int = Field(default=8, ge=1, le=100)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [
            Document(
                page_content=found.sentence.text,
                metadata={
                    "source": found.sentence.source.id,
                    "title": found.sentence.source.title,
                    "section": found.sentence.section,
                    "url": found.sentence.source.url,
                    "start": found.sentence.start,
                    "end": found.sentence.end,
                    "score": found.fused,
                },
            )
            for found in self.assistant.retrieve(query, self.k)
        ]


def as_runnable(assistant: Assistant) -> Runnable[Any, Answer]:
    """The assistant as a runnable: from a question, or {"question", "history": [{"question", "answer"}]}, to an answer.

    Raises:
        QuestionError: the question is empty or too long.
    """

    def ask(asked: str | dict[str, Any]) -> Answer:
        if isinstance(asked, str):
            return assistant.ask(asked)
        return assistant.ask(asked["question"], [Turn(**turn) for turn in asked.get("history", [])])

    return RunnableLambda(ask, name="askpost")
