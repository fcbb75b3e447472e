"""Seconds per 1024×1024 drawing of the Formwerkstatt, PNG encoding included.

Usage: python -m benchmarks.formwerkstatt (from the checkout's root)
"""

from __future__ import annotations

import statistics
import time

from pipelines.engines.embedded.formwerkstatt import Formwerkstatt
from pipelines.engines.jobs import MediaJob

PROMPTS = (
    "Ein kleiner roter Drache schläft nachts auf dem Dach der Schule",
    "drei blaue Fische unter dem Meer",
    "My grandmother's bicycle flies over the sea at dawn",
    "eine Stadt aus Büchern im Regen",
    "ein trauriger Roboter im Wald",
    "Sonne, Berg, Haus",
    "happy yellow cat on the moon",
    "Renaissance: König und Pferd im Garten",
    "Comic: viele Vögel in der Stadt",
    "Blubberquatsch Zwirbelfax",
)


def main() -> None:
    for hand in ("szene", "geometrie"):
        seconds = []
        for seed, prompt in enumerate(PROMPTS * 2):
            job = MediaJob("bench", prompt, seed, 1024, 1024, parameters={"hand": hand})
            start = time.perf_counter()
            list(Formwerkstatt().generate(job, lambda *report: None))
            seconds.append(time.perf_counter() - start)
        p95 = statistics.quantiles(seconds, n=20)[-1]
        print(
            f"{hand:10} n={len(seconds)} median={statistics.median(seconds):.2f} s p95={p95:.2f} s"
        )


if __name__ == "__main__":
    main()
