"""askpost as a server of the Model Context Protocol: tools to ask, search and read, and the sources as resources."""

from typing import Annotated, Any
from urllib.parse import quote

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.resources import FunctionResource
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field

from app.assistant import MAX_QUESTION, Assistant
from app.contract import Turn
from corpus import Source
from corpus.errors import AskpostError

MAX_HITS = 20
MAX_READ = 20_000  # characters of a source that one call returns
READ_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
INSTRUCTIONS = (
    "Answers questions on a blog post and the pages that it links to, with verbatim quotes or an honest abstention. "
    "Quote the citations word for word and name their sources; where `abstained` is true, say that the sources do "
    "not say, and do not fill in from elsewhere."
)


class Exchange(BaseModel):
    """An earlier question of the conversation and its answer."""

    question: str
    answer: str


class Hit(BaseModel):
    """A sentence found: its source, its section, and the characters [start:end] of the source's text that it is."""

    source: str
    title: str
    section: str
    quote: str
    start: int
    end: int
    score: float


class Excerpt(BaseModel):
    """Characters [start:end] of a source's text, of ``total``."""

    source: str
    title: str
    url: str
    text: str
    start: int
    end: int
    total: int


def create_server(assistant: Assistant) -> MCPServer:
    """The server over one assistant."""
    server: MCPServer = MCPServer("askpost", instructions=INSTRUCTIONS)

    @server.tool(annotations=READ_ONLY, structured_output=True)
    def ask(
        question: Annotated[str, Field(description="The question, in English.", max_length=MAX_QUESTION)],
        history: Annotated[
            list[Exchange], Field(description="Earlier exchanges, oldest first, for a follow-up.", max_length=20)
        ] = [],  # noqa: B006 - pydantic copies it, and the schema needs a default
    ) -> dict[str, Any]:
        """Answer a question with verbatim quotes and their places, a yes/no verdict, or an abstention."""
        try:
            return assistant.ask(question, [Turn(turn.question, turn.answer) for turn in history]).to_json()
        except AskpostError as error:
            raise ToolError(str(error)) from error

    @server.tool(annotations=READ_ONLY, structured_output=True)
    def search(
        query: Annotated[str, Field(description="Words or a question.", min_length=1, max_length=MAX_QUESTION)],
        limit: Annotated[int, Field(description="The most sentences to return.", ge=1, le=MAX_HITS)] = 8,
    ) -> list[Hit]:
        """Find the sentences of the sources nearest to a query, best first, without an answer."""
        return [
            Hit(
                source=found.sentence.source.id,
                title=found.sentence.source.title,
                section=found.sentence.section,
                quote=found.sentence.text,
                start=found.sentence.start,
                end=found.sentence.end,
                score=round(found.fused, 6),
            )
            for found in assistant.retrieve(query, limit)
        ]

    @server.tool(annotations=READ_ONLY, structured_output=True)
    def read_source(
        source: Annotated[str, Field(description="A source's id, as citations and hits name it; the post is `post`.")],
        start: Annotated[int, Field(description="The first character to read.", ge=0)] = 0,
        end: Annotated[int | None, Field(description="The character to stop before.", ge=0)] = None,
    ) -> Excerpt:
        """Read a source's text, or a part of it, exactly as quotes refer to it."""
        try:
            record, text = assistant.store.source(source), assistant.store.text(source)
        except AskpostError as error:
            raise ToolError(str(error)) from error
        stop = min(len(text), start + MAX_READ, len(text) if end is None else max(start, end))
        return Excerpt(
            source=record.id,
            title=record.title,
            url=record.url,
            text=text[start:stop],
            start=start,
            end=stop,
            total=len(text),
        )

    for record in assistant.store.sources():
        server.add_resource(_resource(assistant, record))
    return server


def _resource(assistant: Assistant, source: Source) -> FunctionResource:
    def read() -> str:
        return assistant.store.text(source.id)

    return FunctionResource(
        uri=f"askpost://source/{quote(source.id, safe='/')}",
        name=source.id,
        title=source.title,
        description=f"The {source.kind}'s whole text" + (f" ({source.url})" if source.url else ""),
        mime_type="text/plain",
        fn=read,
    )
