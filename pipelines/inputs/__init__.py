"""What a request brings for its chunk besides the prompt: values, further texts, pictures."""

from pipelines.inputs.fields import PICTURE, Brought, brought

__all__ = ["PICTURE", "Brought", "brought"]
