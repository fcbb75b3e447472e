"""What a request brings for its chunk besides the prompt: values, further texts, pictures."""

from pipelines.inputs.fields import PICTURE, ParsedInputs, parse_inputs

__all__ = ["PICTURE", "ParsedInputs", "parse_inputs"]
