"""What metadata.json of each layout holds, and how it is made odd, for tests and benchmarks."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from runs.tests.recording import DAY, METADATA, RUN_ID

# By the place of their folder below `json/`.
LAYOUTS: dict[str, dict[str, Any]] = {
    "5b2e0d2a-0000-4000-8000-000000000000": {
        "schema": "overdrive",
        "outputs": ["output_image.png"],
        "entities": {"01_input": {"sequence": 1, "metadata": {}}},
    },
    "gen_1762161300123_a1b2c3": METADATA,
    f"{DAY}/{RUN_ID}": METADATA
    | {
        "schema_version": 1,
        "kind": "generation",
        "status": "complete",
        "seed": 7,
        "error": {"kind": "timeout", "message": "x"},
        "device_id": "0123456789ab",
        "workshop": "Klasse 7b",
        "finished_at": "2026-02-10T10:01:00+01:00",
        "authorship": {"size": 3, "sha256": "0", "shares": {"mine": 0.5}},
    },
    f"{DAY}/dev_0123456789ab/{RUN_ID}": METADATA
    | {
        "prompting_process": [
            {"sequence": 1, "type": "input", "filename": "prompting_process/001_input.txt"}
        ]
    },
    f"{DAY}/legacy_20251110/some_old_name": METADATA,
    f"{DAY}/canvas_0123456789ab/run_1770714000001_a1_canvas": {
        "type": "canvas_workflow",
        "entities": [
            {"sequence": 1, "filename": "01_generation.png", "node_id": "n", "node_type": "x"}
        ],
    },
    f"{DAY}/lab_0123456789ab/run_1770714000002_a1": {
        "type": "latent_lab",
        "completed_at": "2026-02-10T10:00:00",
        "entities": [],
        "prompting_process": [
            {"sequence": 1, "type": "input", "filename": "prompting_process/001_input.txt"},
            {"sequence": 2, "type": "interception", "filename": "02_error.json"},
        ],
    },
}


def places_in(value: Any) -> list[tuple[Any, ...]]:
    """Return the paths to all values inside `value`."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    paths: list[tuple[Any, ...]] = []
    for key, item in inner:
        paths.append((key,))
        if isinstance(item, dict | list):
            paths += [(key, *rest) for rest in places_in(item)]
    return paths


def mutated(metadata: dict[str, Any], changes: list[tuple[int, Any]]) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(metadata))
    for number, odd in changes:
        paths = places_in(copy)
        *way, last = paths[number % len(paths)]
        target: Any = copy
        for key in way:
            target = target[key]
        target[last] = deepcopy(odd)
    return copy
