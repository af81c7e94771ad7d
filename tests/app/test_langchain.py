"""askpost in a LangChain user's own chain."""

from __future__ import annotations

import pytest
from langchain_core.documents import Document
from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

from app import Answer, Assistant
from app.langchain import AskpostRetriever, as_runnable
from corpus.errors import QuestionError


def test_the_retriever_in_a_chain(assistant: Assistant) -> None:
    """The chain of LangChain's own retrieval tutorial: retriever, prompt, model, parser."""
    seen: list[str] = []

    def together(documents: list[Document]) -> str:
        seen.extend(document.page_content for document in documents)
        return "\n".join(document.page_content for document in documents)

    prompt = ChatPromptTemplate.from_template("Context: {context}\nQuestion: {question}")
    chain = (
        {"context": AskpostRetriever(assistant=assistant, k=4) | together, "question": RunnablePassthrough()}
        | prompt
        | FakeListChatModel(responses=["It needs a hypervisor."])
        | StrOutputParser()
    )
    assert chain.invoke("What does a VM need?") == "It needs a hypervisor."
    assert len(seen) == 4
    assert any("hypervisor" in text for text in seen)


def test_documents_say_where_they_stand(assistant: Assistant) -> None:
    found = AskpostRetriever(assistant=assistant).invoke("hypervisor")
    assert len(found) == 8
    for document in found:
        text = assistant.store.text(document.metadata["source"])
        assert text[document.metadata["start"] : document.metadata["end"]] == document.page_content


def test_the_assistant_in_a_chain(assistant: Assistant) -> None:
    def quotes(answer: Answer) -> list[str]:
        return [citation.quote for citation in answer.citations]

    chain = as_runnable(assistant) | quotes
    question = "Does docker share the kernel?"
    assert chain.invoke(question) == quotes(assistant.ask(question)) != []
    history = [{"question": "What is packer?", "answer": "a way to create base or gold VM images"}]
    assert chain.invoke({"question": "Has the author tried it?", "history": history})
    assert len(chain.batch(["What is docker?", "What is packer?"])) == 2


def test_a_bad_question_is_its_own_error(assistant: Assistant) -> None:
    with pytest.raises(QuestionError):
        as_runnable(assistant).invoke("?")
