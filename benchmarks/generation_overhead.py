"""The platform's own share of one generation: what a picture costs beyond its engine's time.

Run: .venv/bin/python benchmarks/generation_overhead.py [number of pictures]

Starts a workshop of its own, makes pictures through HTTP one after the other, and has the engine
make the same pictures beside it in this process, interleaved. Share = time until the answer minus
the engine's time. Target: p95 below 50 ms.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ai4artsed.settings")

import django

django.setup()

from ai4artsed.tests.workshop_process import Participant, running_workshop  # noqa: E402
from pipelines.engines.embedded.formwerkstatt import Formwerkstatt  # noqa: E402
from pipelines.engines.jobs import MediaJob  # noqa: E402
from pipelines.registry import get_catalog  # noqa: E402

OUTPUT = "formwerkstatt_geometrie"


def engine_seconds(prompt: str, seed: int) -> float:
    chunk = get_catalog().chunk_of(OUTPUT)
    job = MediaJob(
        "benchmark", prompt, seed, chunk.width, chunk.height, parameters=chunk.parameters
    )
    begin = time.perf_counter()
    list(Formwerkstatt().generate(job, lambda *report: None))
    return time.perf_counter() - begin


def main(pictures: int) -> None:
    shares = []
    engine = []
    with tempfile.TemporaryDirectory() as place, running_workshop(Path(place)) as workshop:
        child = Participant(workshop)
        for number in range(pictures + 2):
            prompt = f"Drei rote Häuser am Meer, Bild {number}"
            alone = engine_seconds(prompt, number)
            begin = time.perf_counter()
            answer = child.generate(prompt, output_config=OUTPUT, seed=number)
            whole = time.perf_counter() - begin
            answer.raise_for_status()
            if number >= 2:  # the first two warm both sides up
                shares.append((whole - alone) * 1000)
                engine.append(alone * 1000)
    shares.sort()
    p95 = shares[min(len(shares) - 1, round(0.95 * len(shares)))]
    print(f"pictures            {pictures}")
    print(f"engine, median      {statistics.median(engine):8.1f} ms")
    print(f"own share, median   {statistics.median(shares):8.1f} ms")
    print(f"own share, p95      {p95:8.1f} ms   (target 50)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
