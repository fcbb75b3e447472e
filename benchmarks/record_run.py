"""What recording one run costs, against the least that durable writing can cost.

The durable limit writes the same files, metadata.json as often as the recorder rewrites it, each
to a temporary name, synced, renamed, and the folder synced; without checksum, check of the
picture, lock, or rows. Both take turns in shuffled order in one process.

    python benchmarks/record_run.py [--rounds 60]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from installation import set_up

FOLDER = set_up()

from PIL import Image  # noqa: E402

from devices.models import Device  # noqa: E402
from runs import recorder  # noqa: E402
from runs.metadata import RunContext  # noqa: E402
from runs.models import Kind  # noqa: E402

TEXTS = ("Ein Haus am Meer. " * 4, "Ein Nest, das dem Meer zuhört. " * 6, "a nest by the sea " * 9)
TYPES = ("input", "interception", "optimized_prompt")
BESIDE = "authorship.json"


def picture(megabytes: float = 1.5) -> bytes:
    """Return a PNG of about that size: noise, which does not get smaller."""
    side = int((megabytes * 1e6 / 3) ** 0.5)
    stream = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(1).randbytes(side * side * 3)).save(
        stream, "PNG", compress_level=1
    )
    return stream.getvalue()


def record(data: bytes, device: Device) -> None:
    run = recorder.start(
        RunContext(
            kind=Kind.GENERATION,
            device=device,
            workshop=None,
            seed=1,
            safety_level="kids",
            interception_config="planetarizer",
            output_config="flux2",
            engine="comfyui",
            texts=tuple(zip(TYPES, TEXTS, strict=True)),
            expected_outputs=(*TYPES, "output_image"),
        )
    )
    recorder.add(run, type="output_image", data=data, extension="png")
    recorder.finish(run)


def plain(data: bytes, folder: Path, metadata: bytes, beside: bytes) -> None:
    folder.mkdir()
    for name, text in zip(TYPES, TEXTS, strict=True):
        (folder / name).write_text(text)
    (folder / BESIDE).write_bytes(beside)
    (folder / "picture").write_bytes(data)
    (folder / "metadata.json").write_bytes(metadata)


def durable(data: bytes, folder: Path, metadata: bytes, beside: bytes) -> None:
    """The same steps as the recorder's: texts and metadata, picture and metadata, metadata."""
    folder.mkdir()
    for name, text in zip(TYPES, TEXTS, strict=True):
        _durable_file(folder / name, text.encode())
    _durable_file(folder / BESIDE, beside)
    _durable_file(folder / "metadata.json", metadata)
    _sync(folder)
    _sync(folder.parent)
    _durable_file(folder / "picture", data)
    _durable_file(folder / "metadata.json", metadata)
    _sync(folder)
    _durable_file(folder / "metadata.json", metadata)
    _sync(folder)


def _durable_file(path: Path, data: bytes) -> None:
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    data = picture()
    device = Device.objects.create(pk="benchmark-device", name="Tisch 3")
    record(data, device)
    (written,) = FOLDER.glob("exports/json/2*/*/metadata.json")
    metadata = json.dumps(json.loads(written.read_text()), indent=2).encode()
    authorship = written.with_name(BESIDE).read_bytes()
    limit = FOLDER / "limit"
    limit.mkdir()
    ways: dict[str, Callable[[int], None]] = {
        "plain": lambda number: plain(data, limit / f"p{number}", metadata, authorship),
        "durable limit": lambda number: durable(data, limit / f"d{number}", metadata, authorship),
        "recorder": lambda number: record(data, device),
    }
    milliseconds: dict[str, list[float]] = {name: [] for name in ways}
    order = random.Random(2)
    for number in range(rounds):
        for name in order.sample(list(ways), len(ways)):
            begun = time.perf_counter()
            ways[name](number)
            milliseconds[name].append((time.perf_counter() - begun) * 1000)
    print(f"one run: 3 texts, a PNG of {len(data) / 1e6:.1f} MB, 2 JSON files; {rounds} rounds")
    for name, values in milliseconds.items():
        p95 = statistics.quantiles(values, n=20)[-1]
        print(f"{name:14} median {statistics.median(values):6.2f} ms   p95 {p95:6.2f} ms")
    ratio = statistics.median(milliseconds["recorder"]) / statistics.median(
        milliseconds["durable limit"]
    )
    print(f"recorder / durable limit = {ratio:.2f}   (target: at most 1.5)")


if __name__ == "__main__":
    main()
