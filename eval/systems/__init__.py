"""Systems under test, each behind the same small adapter."""

from eval.systems.base import Response, System

__all__ = ["Response", "System"]
