"""Chroma's HTTP client with a timeout. Its own waits for ever, and no setting of Chroma's (1.5) changes that.

Chroma makes the client that its settings name (``chroma_api_impl``), but `chromadb.HttpClient` insists on
naming its own; so the settings name ours when they are asked. Loaded only where there is a server.
"""

import httpx
from chromadb.api.fastapi import FastAPI
from chromadb.config import Settings, System
from pydantic_settings import SettingsConfigDict

CONNECT_SECONDS = 5.0


class TimedSettings(Settings):
    """Chroma's settings, with the seconds after which a server that says nothing is given up."""

    model_config = SettingsConfigDict(env_file=None)  # not a .env in the working folder, which may be anybody's

    answer_seconds: float

    def __getitem__(self, key: str) -> object:
        """A setting, as Chroma asks for it."""
        return f"{__name__}.TimedClient" if key == "chroma_api_impl" else super().__getitem__(key)


class TimedClient(FastAPI):
    """Chroma's client on its HTTP interface."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        assert isinstance(system.settings, TimedSettings)  # noqa: S101 - what names this class
        self._session.timeout = httpx.Timeout(system.settings.answer_seconds, connect=CONNECT_SECONDS)
