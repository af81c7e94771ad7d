"""How it is answered and shown: one assistant behind the command line and the chat."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.assistant import Assistant
    from app.contract import Answer, Citation, Turn

__all__ = ["Answer", "Assistant", "Citation", "Turn"]


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use, so that importing a submodule stays light."""
    if name == "Assistant":
        from app.assistant import Assistant

        return Assistant
    if name in __all__:
        from app import contract

        return getattr(contract, name)
    raise AttributeError(f"module 'app' has no attribute {name!r}")
