"""The Formwerkstatt: draws from the words of a prompt, by rules and a seed, without AI."""

from .engine import Formwerkstatt

__all__ = ["Formwerkstatt"]
