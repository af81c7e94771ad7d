"""The MCP server, as the SDK's own client sees it: in memory, and started over standard input and output."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

pytest.importorskip("mcp")

from mcp import Client, MCPError, StdioServerParameters

from app import Assistant
from app.mcp import MAX_READ, create_server

COMMAND = "import typer; from app.commands_serve import register; app = typer.Typer(); register(app); app()"


def run(server: Any, use: Callable[[Client], Awaitable[None]]) -> None:
    async def session() -> None:
        async with Client(server) as client:
            await use(client)

    anyio.run(session)


def test_over_standard_input_and_output(post_home: Path) -> None:
    """A real process, started as a client would."""
    root = Path(__file__).parents[2]
    arguments = ["-c", COMMAND, "mcp", "--index", str(post_home)]

    async def use(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"ask", "search", "read_source"}
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())
        answer = (await client.call_tool("ask", {"question": "Does docker share the kernel?"})).structured_content
        assert answer is not None
        assert answer["verdict"] == "yes"
        citation = answer["citations"][0]
        where = {"source": citation["source_id"], "start": citation["start"], "end": citation["end"]}
        excerpt = (await client.call_tool("read_source", where)).structured_content
        assert excerpt is not None
        assert excerpt["text"] == citation["quote"]

    run(StdioServerParameters(command=sys.executable, args=arguments, cwd=root), use)


def test_follow_up_search_and_abstention(assistant: Assistant) -> None:
    async def use(client: Client) -> None:
        history = [{"question": "What is packer?", "answer": "a way to create base or gold VM images"}]
        asked = {"question": "Has the author tried it?", "history": history}
        answer = (await client.call_tool("ask", asked)).structured_content
        assert answer is not None
        assert "packer" in answer["understood_as"]
        hits = (await client.call_tool("search", {"query": "hypervisor", "limit": 3})).structured_content
        assert hits is not None
        assert 0 < len(hits["result"]) <= 3
        text = assistant.store.text(hits["result"][0]["source"])
        assert text[hits["result"][0]["start"] : hits["result"][0]["end"]] == hits["result"][0]["quote"]
        nothing = (await client.call_tool("ask", {"question": "Who won the 1998 world cup?"})).structured_content
        assert nothing is not None
        assert nothing["abstained"]
        assert not nothing["citations"]

    run(create_server(assistant), use)


def test_resources_are_the_sources(assistant: Assistant) -> None:
    async def use(client: Client) -> None:
        listed = (await client.list_resources()).resources
        assert [resource.name for resource in listed] == [source.id for source in assistant.store.sources()]
        (content,) = (await client.read_resource("askpost://source/post")).contents
        assert content.text == assistant.store.text("post")
        with pytest.raises(MCPError):
            await client.read_resource("askpost://source/nothing")

    run(create_server(assistant), use)


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("ask", {"question": "  "}, "empty"),
        ("ask", {"question": "x" * 3000}, "2000"),
        ("ask", {}, "question"),
        ("search", {"query": "docker", "limit": 1000}, "limit"),
        ("read_source", {"source": "../../etc/passwd"}, "No source"),
        ("read_source", {"source": "post", "start": -5}, "start"),
    ],
)
def test_bad_calls_are_errors_that_say_why(
    assistant: Assistant, tool: str, arguments: dict[str, Any], says: str
) -> None:
    async def use(client: Client) -> None:
        result = await client.call_tool(tool, arguments)
        assert result.is_error
        assert says in result.content[0].text

    run(create_server(assistant), use)


def test_a_reading_has_bounds(assistant: Assistant) -> None:
    async def use(client: Client) -> None:
        far = {"source": "post", "start": 10**9, "end": 10**9 + 5}
        excerpt = (await client.call_tool("read_source", far)).structured_content
        assert excerpt is not None
        assert excerpt["text"] == ""
        whole = (await client.call_tool("read_source", {"source": "post"})).structured_content
        assert whole is not None
        assert len(whole["text"]) <= MAX_READ

    run(create_server(assistant), use)
