"""Previews: the newest one is kept while a run goes on, and none of them is worth a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from pipelines.generation.previews import MAX_BYTES, forget_preview, keep_preview, preview_of
from runs.tests.making import begin, picture

pytestmark = pytest.mark.django_db


def test_the_newest_preview_is_kept_until_it_is_forgotten() -> None:
    run = begin()
    for seed in (1, 2):
        assert keep_preview(run, picture(seed))
    assert preview_of(run) == (picture(2), "image/png")
    forget_preview(run)
    assert preview_of(run) is None
    assert not list((Path(settings.VAR_DIR) / "previews").iterdir())


@pytest.mark.parametrize("data", [b"", b"<html>", picture() + b"\0" * MAX_BYTES])
def test_what_is_no_preview_is_not_kept(data: bytes) -> None:
    run = begin()
    assert not keep_preview(run, data)
    assert preview_of(run) is None


def test_a_preview_that_cannot_be_kept_does_not_cost_the_run() -> None:
    (Path(settings.VAR_DIR) / "previews").write_text("a file where the folder should be")
    assert not keep_preview(begin(), picture())
