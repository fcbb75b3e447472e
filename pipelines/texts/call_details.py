"""What a run's record says of the model that wrote its text, and of what it was asked."""

from __future__ import annotations

from typing import Any

from pipelines.engines.call_facts import CallFacts
from pipelines.models import ServerState
from pipelines.servers import routing
from runs.models import Run


def call_details(run: Run, facts: CallFacts) -> dict[str, Any]:
    """Return the keys of metadata.json that tell of the last call for `run`."""
    # The version of most servers is told only to whoever asks how they are.
    version = ServerState.objects.version_of(routing.text_model().server.name)
    return {**facts.as_record(), **({"engine_version": version} if version else {})}
