"""Leaves folders as a killed process does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


class Killed(BaseException):
    """The end of a process, which cleans nothing up."""


@contextmanager
def killed_before_naming(name: str = "metadata.json") -> Iterator[None]:
    """Do what the block does up to the moment in which a written file would get this name."""
    rename = os.replace

    def replace(source: str, target: str) -> None:
        if os.path.basename(target) == name:  # noqa: PTH119
            raise Killed
        rename(source, target)

    def unlink(path: str) -> None:
        raise OSError("a dead process")

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(os, "replace", replace)
        patch.setattr(os, "unlink", unlink)
        yield
