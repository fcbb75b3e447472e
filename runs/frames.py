"""Still frames of sketches: what stands for a program in lists and on paper.

A frame comes from the participant's own browser, which runs the sketch anyway. They lie outside the
archive and may be deleted any time: the next who looks at the sketch sends one again.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

from runs.files import atomic_write
from runs.models import Entity, Run

CONTENT_TYPE = "image/png"
# What stands where a frame was looked at and may not be shown.
_REFUSED = b""


def frame_of(run: Run, sketch: Entity) -> Path | None:
    """Return where the frame of a sketch lies, None where there is none to be shown."""
    path = _path(run, sketch)
    try:
        return path if path.stat().st_size else None
    except OSError:
        return None


def is_settled(run: Run, sketch: Entity) -> bool:
    """Tell whether a frame was kept or refused, so that no other is taken."""
    return _path(run, sketch).exists()


def keep_frame(run: Run, sketch: Entity, data: bytes) -> None:
    """Keep a PNG as the frame of a sketch; raises OSError."""
    atomic_write(_path(run, sketch), data)


def refuse_frame(run: Run, sketch: Entity) -> None:
    """Have a sketch stay without a frame; raises OSError."""
    atomic_write(_path(run, sketch), _REFUSED)


def _path(run: Run, sketch: Entity) -> Path:
    # A sketch that was changed behind our back is another one.
    key = hashlib.sha256(f"{run.run_id}/{sketch.filename}/{sketch.sha256}".encode()).hexdigest()
    return Path(settings.VAR_DIR) / "frames" / key[:2] / f"{key}.png"
