"""The verbs that serve: `askpost chat` to the browser, `askpost mcp` and `askpost serve` to other tools."""

import ipaddress
import logging
import sys
from typing import Annotated

import typer

from app import commands_index
from app.options import BackendOption, CorpusOption, IndexOption, home_of, open_assistant
from corpus.errors import AskpostError, ModelError


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command("chat")(chat)
    app.command("mcp")(mcp)
    app.command("serve")(serve)


def chat(
    corpus: CorpusOption = None,
    index: IndexOption = None,
    port: Annotated[
        int | None,
        typer.Option(help="The port to serve the page on; the setting port if not given.", min=1, max=65535),
    ] = None,
    backend: BackendOption = "",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Open the chat in the browser, on this machine only. Builds the index first if there is none."""
    from app.web.launch import launch
    from corpus.errors import NoIndexError
    from index.builds import current_build
    from index.configuration import load_settings

    settings = load_settings(port=port, backend=backend or None)
    if settings.backend:
        from app.backends import LanguageModel

        LanguageModel.open(settings.backend)  # a name that is wrong is said here, not on the page
    home = home_of(corpus, index)
    try:
        current_build(home)
    except NoIndexError:
        commands_index.build_corpus(corpus, home)
    launch(home, port=settings.port, backend=settings.backend, open_browser=browser)


def mcp(corpus: CorpusOption = None, index: IndexOption = None, backend: BackendOption = "") -> None:
    """Serve the Model Context Protocol on standard input and output, for an MCP client to start."""
    try:
        from app.mcp import create_server
    except ImportError as error:
        raise ModelError("The MCP server needs the MCP SDK: pip install 'askpost[mcp]'.") from error
    assistant = open_assistant(corpus, index, backend)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)  # standard output belongs to the protocol
    try:
        create_server(assistant).run("stdio")
    finally:
        assistant.close()


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on; other than this machine's it needs a token.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="The port.", min=0, max=65535)] = 8600,
    token: Annotated[
        str | None,
        typer.Option(
            help="What callers must send as their API key; the setting token if not given.", show_default=False
        ),
    ] = None,
    rate: Annotated[int, typer.Option(help="Requests a minute from one address.", min=1)] = 600,
    seconds: Annotated[float, typer.Option(help="Time limit of one answer.", min=0.1)] = 120.0,
    corpus: CorpusOption = None,
    index: IndexOption = None,
    backend: BackendOption = "",
) -> None:
    """Serve HTTP: /ask, and OpenAI's /v1/models and /v1/chat/completions for any chat client."""
    try:
        import uvicorn

        from app.serving import Limits, create_app
    except ImportError as error:
        raise ModelError("The HTTP server needs FastAPI and uvicorn: pip install 'askpost[serve]'.") from error
    from index.configuration import load_settings

    secret = load_settings(token=token).token.get_secret_value()
    if not secret and not _is_loopback(host):
        raise _OpenToAllError(f"{host} can be reached from other machines; set --token or ASKPOST_TOKEN first.")
    application = create_app(
        open_assistant(corpus, index, backend), limits=Limits(rate=rate, seconds=seconds), token=secret, host=host
    )
    typer.echo(f"askpost serves http://{host}:{port}/v1 (OpenAI's protocol, model askpost) and /ask; Ctrl-C ends it.")
    uvicorn.run(application, host=host, port=port, log_level="warning", timeout_graceful_shutdown=10)


class _OpenToAllError(AskpostError):
    """The server would answer anyone on the network."""

    exit_code = 2


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
