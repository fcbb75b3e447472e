"""How long machines take: measured by the latest runs, else as the catalog says."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from pipelines.registry import get_catalog
from runs.models import Run

# So many of the latest runs make the expectation for the next one.
SAMPLE = 20
# With fewer the estimate of the catalog is the better guess.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Durations:
    """The durations of the latest complete runs of `output_config`, in seconds."""

    output_config: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float | None:
        return statistics.median(self.seconds) if self.seconds else None

    @property
    def expected(self) -> float:
        """How long the next run takes."""
        if self.median is not None:
            return self.median
        low, high = get_catalog().chunk_of(self.output_config).estimate_range()
        return (low + high) / 2

    @property
    def estimate(self) -> str:
        """What half of the runs lie between, as `20-60`, once there are enough of them."""
        if len(self.seconds) < FEWEST:
            return get_catalog().chunk_of(self.output_config).meta.estimated_duration_seconds
        low, _median, high = statistics.quantiles(self.seconds, n=4, method="inclusive")
        least, most = max(math.floor(low), 1), max(math.ceil(high), 1)
        return f"{least}-{most}" if least < most else str(most)


def durations_of(output_config: str) -> Durations:
    latest = (
        Run.objects.timed()
        .filter(output_config=output_config)
        .newest_first()
        .values_list("started_at", "finished_at")
    )
    seconds = (
        (finished - started).total_seconds()
        for started, finished in latest[:SAMPLE]
        if started and finished
    )
    return Durations(output_config, tuple(seconds))
