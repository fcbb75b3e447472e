"""Language models by OpenRouter: OpenAI's chat protocol with failures and accounts of its own."""

from __future__ import annotations

from pipelines.engines.jobs import EngineError, ErrorKind, Health, MissingRequirement
from pipelines.engines.json_values import number_of, object_of
from pipelines.engines.openai_chat import OpenAIChat
from pipelines.engines.patience import OnWait


class OpenRouterChat(OpenAIChat):
    """An account at OpenRouter; a model must be named, for it has hundreds and they cost."""

    def __init__(self, base_url: str, *, api_key: str) -> None:
        super().__init__(base_url, api_key=api_key)

    def health(self) -> Health:
        """Ask for the account: the list of models is told to anybody, whatever the key."""
        try:
            payload = self._get("/key").get("data")
        except EngineError as error:
            return Health(ready=False, detail=f"{error.kind}: {error.detail}")
        left = number_of(object_of(payload).get("limit_remaining"))
        if left is None:
            return Health(ready=True, detail="credit without a limit")
        return Health(ready=left > 0, detail=f"credit left: {left:g}")

    def missing_requirements(self, model: str) -> tuple[MissingRequirement, ...]:
        account = self.health()
        if not account.ready:
            return (MissingRequirement("key", "OpenRouter", account.detail),)
        return super().missing_requirements(model)

    def _model(self, named: str, on_wait: OnWait | None = None) -> str:
        if not named:
            raise EngineError(ErrorKind.MISSING_MODEL, "", detail="no model is named")
        return named
