"""The HTML that the pages below the chat start from: Streamlit's own, told where its server is.

Opened at /sources, Streamlit's script first looks for its server below /sources and then above it; the browser logs
the two requests that fail (streamlit/streamlit issue 7074). Told where to look, it makes none that fail.
"""

from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

SUBPAGES = ("sources", "index", "evaluation")

_FRAME = Path(streamlit.__file__).parent / "static" / "index.html"
# Relative to the page's own address, as its scripts are, so that it holds behind a proxy with a prefix too.
_SERVER = "<script>window.__streamlit = { BACKEND_BASE_URL: new URL('.', location.href).href }</script>"


def frame_routes() -> list[BaseRoute]:
    """A route for each page below the chat, which goes before Streamlit's own."""
    return [Route(f"/{page}", _frame) for page in SUBPAGES]


async def _frame(_request: Request) -> HTMLResponse:
    frame = _FRAME.read_text(encoding="utf-8").replace("<head>", f"<head>{_SERVER}", 1)
    return HTMLResponse(frame, headers={"Cache-Control": "no-cache"})
