"""What is the same in all engines that draw or write by rules, in our own process."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.engines.base import Progress
from pipelines.engines.jobs import Health, MediaJob, MissingRequirement, Output


class RuleBasedEngine:
    """Always ready: there is no server to lose, no model to load, nothing to take up again."""

    version: str
    about: str
    """What it does, for the health page."""

    def recover(self, job: MediaJob, on_progress: Progress) -> Iterable[Output] | None:
        """Nothing is left behind by an interrupted attempt; the same seed makes the same again."""
        return None

    def cancel(self, job: MediaJob) -> None:
        """The work stops by itself where `on_progress` raises."""

    def health(self) -> Health:
        return Health(ready=True, detail=self.about, version=self.version)

    def missing_requirements(self, job: MediaJob) -> tuple[MissingRequirement, ...]:
        return ()

    def warm_up(self, job: MediaJob) -> None:
        """There is nothing to load."""
