"""Serve the page over the stub assistant: ``python -m tests.web.stub_server --index HOME --port N [--corpus DIR]``."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import app.web.engine
from app.web.launch import launch
from corpus import BUNDLED, load_corpus
from tests.web.stub import StubAssistant


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--corpus", type=Path, default=BUNDLED)
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    assistant = StubAssistant(load_corpus(options.corpus), Path(tempfile.mkdtemp()))
    app.web.engine.open_assistant = lambda home: assistant  # type: ignore[assignment,return-value] # it has the interface
    launch(options.index, port=options.port, open_browser=False)


if __name__ == "__main__":
    main()
