"""What the tests of the archive record, and folders as older versions left them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command
from PIL import Image

from runs import archive, index
from runs.metadata import RunContext
from runs.models import Kind, Run


def picture(format: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((64, 64), 80).convert("RGB").save(stream, format)
    return stream.getvalue()


def context(**changes: Any) -> RunContext:
    values: dict[str, Any] = {
        "kind": Kind.GENERATION,
        "device": None,
        "workshop": None,
        "interception_config": "planetarizer",
        "output_config": "flux2",
        "engine": "comfyui",
        "safety_level": "kids",
        "seed": 0,
        "context_prompt": "Denk an den Planeten.",
        "texts": (
            ("input", "Ein Haus\r\nam Meer ☀\n"),
            ("interception", "Ein Nest am Meer"),
            ("optimized_prompt", "a nest by the sea"),
        ),
        "expected_outputs": ("input", "interception", "optimized_prompt", "output_image"),
    }
    return RunContext(**(values | changes))


def old_run(
    folder: Path, metadata: dict[str, Any] | bytes | None, files: dict[str, bytes | str]
) -> Path:
    """Make a run's folder as a predecessor left it; `metadata` None leaves metadata.json out."""
    folder.mkdir(parents=True)
    if metadata is not None:
        content = metadata if isinstance(metadata, bytes) else json.dumps(metadata).encode()
        (folder / "metadata.json").write_bytes(content)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


# A run of January 2026, made with another program.
RUN_ID = "run_1770714000000_a1b2c3"
DAY = "2026-02-10"
METADATA: dict[str, Any] = {
    "run_id": RUN_ID,
    "timestamp": "2026-02-10T10:00:00",
    "config_name": "flux2",
    "interception_config": "planetarizer",
    "entities": [
        {"sequence": 1, "type": "input", "filename": "01_input.txt", "metadata": {}},
        {
            "sequence": 4,
            "type": "output_image",
            "filename": "04_output_image.png",
            "metadata": {"config": "flux2", "seed": 7},
        },
    ],
}
FILES: dict[str, bytes | str] = {"01_input.txt": "Haus", "04_output_image.png": picture()}


def january_run(place: str, metadata: Any = METADATA, **changes: Any) -> Path:
    """Make it at a place below `json/`, with `changes` in its metadata or another content of it."""
    if isinstance(metadata, dict):
        metadata = metadata | changes
    return old_run(archive.runs_root() / place, metadata, FILES)


def lay(root: Path, place: str, metadata: Any = METADATA, **changes: Any) -> Path:
    """Make it as `january_run` does, in another archive."""
    changed = metadata | changes if isinstance(metadata, dict) else metadata
    return old_run(root / "json" / place, changed, FILES)


def move_to(root: Path, run: Run) -> None:
    """Have an archive that is only read hold a run that this program wrote."""
    source = archive.run_folder(run)
    target = root / run.folder
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)
    index.rebuild()
    run.refresh_from_db()
    assert run.root == str(root)


Snapshot = dict[str, tuple[int, int, int, int]]


def snapshot(root: Path) -> Snapshot:
    """Return what would tell of a touch: inode, size and times of everything."""
    paths = [root, *root.rglob("*")]
    states = {str(path): path.lstat() for path in paths}
    return {
        path: (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
        for path, state in states.items()
    }


def printed_by(*options: str) -> str:
    """Return what `index_runs` prints, its fault included."""
    out = io.StringIO()
    try:
        call_command("index_runs", *options, stdout=out, stderr=out)
    except CommandError as error:
        out.write(str(error))
    return out.getvalue()
