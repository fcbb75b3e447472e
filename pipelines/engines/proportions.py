"""Sizes for models that take a proportion and a grade instead of pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.engines.jobs import MediaJob

RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
# Edge of a square of each grade, in pixels.
GRADES = {"1K": 1024, "2K": 2048, "4K": 4096}


def aspect_ratio(job: MediaJob, offered: Iterable[str] = RATIOS) -> str:
    """The chunk's own `aspect_ratio`, else the one of `offered` nearest to the job's size."""
    own = _own(job.parameters, "aspect_ratio")
    return own or min(
        offered, key=lambda ratio: abs(math.log(_value(ratio) * job.height / job.width))
    )


def image_size(job: MediaJob, offered: Iterable[str] = tuple(GRADES)) -> str:
    """The chunk's own `image_size`, else the grade of `offered` nearest to the job's area."""
    own = _own(job.parameters, "image_size")
    edge = math.sqrt(job.width * job.height)
    return own or min(offered, key=lambda grade: abs(math.log(GRADES[grade] / edge)))


def _own(parameters: Mapping[str, Any], name: str) -> str:
    return str(parameters.get(name) or "")


def _value(ratio: str) -> float:
    wide, _, high = ratio.partition(":")
    return float(wide) / float(high)
