"""Language models by OpenRouter: OpenAI's chat protocol with failures and accounts of its own."""

from __future__ import annotations

from pipelines.context import EngineError, Health
from pipelines.engines.openai_chat import OpenAIChat, failure


class OpenRouterChat(OpenAIChat):
    """OpenRouter's chat; a model must be named, there are too many to choose one unasked."""

    def __init__(self, base_url: str, *, api_key: str) -> None:
        super().__init__(base_url, api_key=api_key)

    def health(self) -> Health:
        try:
            answer = self._http.get("/key")
            if not answer.ok:
                raise failure(answer)
            told = answer.json()
        except EngineError as error:
            return Health(ready=False, detail=error.detail)
        about = (told.get("data") if isinstance(told, dict) else None) or {}
        left = about.get("limit_remaining")
        return Health(ready=True, detail="" if left is None else f"credit left: {left}")
