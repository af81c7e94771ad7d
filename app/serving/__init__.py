"""askpost over HTTP: the answer contract, and OpenAI's chat protocol so that any chat client can use it."""

from app.serving.application import create_app
from app.serving.limits import Limits

__all__ = ["Limits", "create_app"]
