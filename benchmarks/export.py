"""How fast an export is, and how much memory it takes, against plain reading of the same files.

    .venv/bin/python benchmarks/export.py --runs 1000

Runs in a folder and a database of its own, which it deletes. Pictures are random bytes of
`--kilobytes` each (zip stores them as they are, so what they show does not matter). All files have
been read once before, so the disk's speed is out of the comparison.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--kilobytes", type=int, default=400, help="size of each picture")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": os.getenv("DJANGO_SETTINGS_MODULE", "ai4artsed.settings"),
            "VAR_DIR": f"{folder}/var",
            "ARCHIVE_ROOT": f"{folder}/exports",
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
        # Each part in a process of its own, so that its peak of memory is its own.
        for part in ("make", "read", "hash", "export"):
            arguments = [part, str(options.runs), str(options.kilobytes)]
            subprocess.run(
                [sys.executable, __file__, "--part", *arguments],
                env=environment,
                cwd=ROOT,
                check=True,
            )


def run_part(part: str, runs: int, kilobytes: int) -> None:
    import django

    django.setup()
    if part == "make":
        make(runs, kilobytes * 1024)
        return
    before = peak_bytes()
    started, worked = time.perf_counter(), time.process_time()
    size, first = PARTS[part](started)
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    print(
        f"{part:8} {size / MEGABYTE:8.1f} MB {seconds:7.2f} s {size / MEGABYTE / seconds:7.0f} MB/s"
        f"   processor {worked:.2f} s"
        f"   peak memory +{(peak_bytes() - before) / MEGABYTE:.1f} MB"
        f"   first byte {first * 1000:.1f} ms"
    )


def make(runs: int, picture_bytes: int) -> None:
    """Record runs as the workshop does, but for the bytes of the pictures, which come after."""
    from django.core.management import call_command

    from devices.models import Device
    from runs import archive, recorder
    from runs.metadata import RunContext
    from runs.models import Entity, Kind

    call_command("migrate", verbosity=0)
    device = Device.objects.create(pk="device-benchmark", name="iPad Tisch 3")
    noise = random.Random(1)
    idea = "Ein Haus am Meer, in dem ein Fuchs wohnt. " * 4
    started = time.perf_counter()
    for _number in range(runs):
        run = recorder.start(
            RunContext(
                kind=Kind.GENERATION,
                device=device,
                workshop=None,
                output_config="flux2",
                interception_config="planetarizer",
                safety_level="kids",
                seed=1,
                context_prompt="Denk an den Planeten. " * 20,
                texts=(("input", idea), ("interception", idea * 3), ("optimized_prompt", idea * 3)),
                expected_outputs=("input", "interception", "optimized_prompt", "output_image"),
            )
        )
        data = noise.randbytes(picture_bytes)
        (archive.run_folder(run) / "04_output_image.png").write_bytes(data)
        Entity.objects.create(
            run=run,
            sequence=4,
            type="output_image",
            filename="04_output_image.png",
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )
    print(f"{runs} runs recorded in {time.perf_counter() - started:.1f} s")
    read(0)


def read(started: float) -> tuple[int, float]:
    """Read every file of the archive, in pieces."""
    return measured(started, plain_chunks())


def read_and_hash(started: float) -> tuple[int, float]:
    """Read every file and compute its SHA-256, as the export does."""
    digest = hashlib.sha256()

    def chunks() -> Iterable[bytes]:
        for chunk in plain_chunks():
            digest.update(chunk)
            yield chunk

    return measured(started, chunks())


def export(started: float) -> tuple[int, float]:
    """Make the zip of all runs and throw it away."""
    from runs.export.folders import CHUNK_BYTES
    from runs.export.zipped import zip_chunks
    from runs.models import Run
    from web.streaming import gathered

    return measured(started, gathered(zip_chunks(Run.objects.all()), CHUNK_BYTES))


PARTS: dict[str, Callable[[float], tuple[int, float]]] = {
    "read": read,
    "hash": read_and_hash,
    "export": export,
}


def plain_chunks() -> Iterable[bytes]:
    for path in sorted(Path(os.environ["ARCHIVE_ROOT"]).rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                while chunk := file.read(256 * 1024):
                    yield chunk


def measured(started: float, chunks: Iterable[bytes]) -> tuple[int, float]:
    """Return how many bytes came, and after how many seconds the first."""
    size, first = 0, 0.0
    for chunk in chunks:
        first = first or time.perf_counter() - started
        size += len(chunk)
    return size, first


def peak_bytes() -> int:
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("this system does not tell the peak of memory")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        run_part(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
