"""Making the index anew from the folders, against making its rows one by one.

The folders are as the recorder writes them, with four files each, and lie in the cache. The naive
way reads them alike and calls `update_or_create` for each run and each file, for a part of them.
Then what each start of a worker costs: a look at the folders of the last days, here of all.

    python benchmarks/rebuild_index.py [--folders 20000]
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import resource
import time
from datetime import datetime, timedelta

from installation import set_up

FOLDER = set_up()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from runs import archive, index  # noqa: E402
from runs.healing import heal  # noqa: E402
from runs.layouts import find_runs  # noqa: E402
from runs.models import Entity, Run  # noqa: E402
from runs.reading import read  # noqa: E402

BEGIN = datetime(2026, 1, 1, 8, tzinfo=timezone.get_default_timezone())
FILES = ("01_input.txt", "02_interception.txt", "03_optimized_prompt.txt", "04_output_image.png")


def make_folder(number: int) -> None:
    at = BEGIN + timedelta(minutes=3 * number)
    run_id = f"run_{int(at.timestamp() * 1000)}_{number:016x}"
    folder = archive.archive_root() / archive.new_folder_name(run_id, at)
    folder.mkdir(parents=True)
    done = at + timedelta(seconds=20)
    items = []
    for sequence, filename in enumerate(FILES, start=1):
        data = f"Ein Haus am Meer, Nummer {number}, {filename}".encode()
        (folder / filename).write_bytes(data)
        items.append(
            {
                "sequence": sequence,
                "type": filename[3:-4],
                "filename": filename,
                "timestamp": (done if sequence == len(FILES) else at).isoformat(),
                "metadata": {"seed": number} if sequence == len(FILES) else {},
                "size": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "content_type": "text/plain",
            }
        )
    metadata = {
        "run_id": run_id,
        "timestamp": at.isoformat(),
        "config_name": "flux2",
        "interception_config": "planetarizer",
        "safety_level": "kids",
        "user_id": "anonymous",
        "device_id": f"device-{number % 30:05d}",
        "device_name": f"Tisch {number % 30}",
        "current_state": {"stage": 5, "step": "complete", "progress": "4/4"},
        "entities": items,
        "schema_version": 1,
        "kind": "generation",
        "status": "complete",
        "output_config": "flux2",
        "engine": "comfyui",
        "seed": number,
        "language": "de",
        "workshop": f"W{number // 500}",
        "context_prompt": "Denk an den Planeten. " * 20,
        "started_at": at.isoformat(),
        "finished_at": done.isoformat(),
        "error": None,
    }
    (folder / archive.METADATA).write_bytes(archive.metadata_bytes(metadata))


def rebuild_naively(limit: int) -> None:
    for found in itertools.islice(find_runs(), limit):
        reading = read(found)
        with transaction.atomic():
            run, _new = Run.objects.update_or_create(
                run_id=reading.values["run_id"], defaults=reading.values
            )
            for values in reading.entities:
                Entity.objects.update_or_create(
                    run=run, filename=values["filename"], defaults=values
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folders", type=int, default=20_000)
    folders = parser.parse_args().folders
    for number in range(folders):
        make_folder(number)
    part = min(1_000, folders)
    begun = time.perf_counter()
    rebuild_naively(part)
    naive = part / (time.perf_counter() - begun)
    print(f"one by one           {naive:6.0f} runs/s")
    Run.objects.all().delete()
    for name in ("rebuild", "nothing to change"):
        begun, processor = time.perf_counter(), time.process_time()
        report = index.rebuild()
        seconds, processor = time.perf_counter() - begun, time.process_time() - processor
        assert report.seen == folders and not report.damaged
        print(
            f"{name:20} {folders / seconds:6.0f} runs/s = {folders / seconds / naive:.0f} × "
            f"one by one; {processor / folders * 1e6:.0f} µs of processor time per run"
        )
    days = (timezone.localdate() - BEGIN.date()).days + 1
    begun, processor = time.perf_counter(), time.process_time()
    assert not list(heal(days=days))
    seconds, processor = time.perf_counter() - begun, time.process_time() - processor
    print(
        f"{'nothing to heal':20} {folders / seconds:6.0f} runs/s; "
        f"{processor / folders * 3_000:.2f} s of processor time for 3,000 runs"
    )
    print(f"memory at its highest {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
