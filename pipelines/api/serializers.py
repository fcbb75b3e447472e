"""What requests may contain. Unknown fields are ignored, as older clients send more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from pipelines.submission.recording import MAX_SEED
from web.problems import Problem, first_sentence

LANGUAGES = ("de", "en")


class LanguageField(serializers.CharField):
    """A language code; what we do not speak becomes the language of the page."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default="", allow_blank=True, allow_null=True, **options)

    def run_validation(self, data: Any = serializers.empty) -> str:
        return super().run_validation(data) or ""

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data).lower()[:2]
        return code if code in LANGUAGES else (get_language() or "de")[:2]


class TextField(serializers.CharField):
    """A text exactly as typed: neither trimmed nor refused for being empty."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("default", "")
        super().__init__(allow_blank=True, allow_null=True, trim_whitespace=False, **options)

    def run_validation(self, data: Any = serializers.empty) -> str:
        value = super().run_validation(data)
        return value or ""


class SeedField(serializers.IntegerField):
    """A seed in 0 … 2³¹−1, or null for one that the server draws."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_SEED, allow_null=True, default=None, **options)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool | float):
            self.fail("invalid")
        return super().to_internal_value(data)


class InterceptionInput(serializers.Serializer[Any]):
    schema = serializers.CharField(default="overdrive", max_length=80)
    input_text = TextField()
    context_prompt = TextField()
    safety_level = TextField()
    device_id = TextField()
    parent_run_id = TextField()
    user_language = LanguageField()
    seed = SeedField()


class OptimizationInput(serializers.Serializer[Any]):
    schema = TextField()
    output_config = TextField()
    input_text = TextField()
    context_prompt = TextField()
    safety_level = TextField()
    device_id = TextField()
    parent_run_id = TextField()
    user_language = LanguageField()


class GenerationInput(serializers.Serializer[Any]):
    """Further fields are those that the output config's chunk names in its `inputs`."""

    prompt = TextField()
    output_config = TextField()
    seed = SeedField()
    input_text = TextField()
    interception_result = TextField()
    interception_config = TextField()
    safety_level = TextField()
    device_id = TextField()
    parent_run_id = TextField()
    user_language = LanguageField()

    def to_internal_value(self, data: Mapping[str, Any]) -> dict[str, Any]:
        further = {name: value for name, value in data.items() if name not in self.fields}
        return {**super().to_internal_value(data), "values": further}


def validated(form: type[serializers.Serializer[Any]], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the checked fields; raises a `Problem` that names the first that is wrong."""
    serializer = form(data=dict(fields))
    if not serializer.is_valid():
        raise Problem(
            400, "invalid", first_sentence(serializer.errors), extra={"errors": serializer.errors}
        )
    return dict(serializer.validated_data)
