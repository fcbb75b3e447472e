"""What a request brings for its chunk besides the prompt: values, further texts, pictures."""

from pipelines.brought.fields import PICTURE, Brought, brought

__all__ = ["PICTURE", "Brought", "brought"]
