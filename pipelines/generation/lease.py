"""A worker's hold on the run that it works on."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

from django.conf import settings
from django.db import connections
from django.db.utils import DatabaseError

from pipelines import queue
from pipelines.engines.jobs import Cancelled
from pipelines.generation.previews import keep_preview
from runs.models import Run
from runs.recorder import LeaseLost

logger = logging.getLogger(__name__)


class Lease:
    """A worker's lease on one run: renewed in the background, asked at every step.

    `check` raises `LeaseLost` or `Cancelled` as soon as either is known.
    """

    def __init__(self, run: Run, owner: str) -> None:
        self.run = run
        self.owner = owner
        self._lost = False
        self._cancelled = run.cancel_requested
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"lease-{run.pk}", daemon=True)

    def __enter__(self) -> Lease:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def check(self) -> None:
        if self._lost:
            raise LeaseLost(self.run.run_id)
        if self._cancelled:
            raise Cancelled

    def progress(self, share: float, note: str, preview: bytes | None = None) -> None:
        """Report progress of the engine (0…1), and stop it where the run has been stopped."""
        self.check()
        queue.report_progress(self.run, owner=self.owner, share=share, note=note)
        if preview is not None and keep_preview(self.run, preview):
            queue.count_preview(self.run)

    def _renew(self) -> None:
        try:
            # Cancellation is read here too, so the pace is that of a person waiting for "stop".
            while not self._ended.wait(min(settings.LEASE_SECONDS / 3, 0.5)):
                try:
                    self._cancelled = queue.renew_lease(self.run, owner=self.owner)
                except LeaseLost:
                    self._lost = True
                    return
                except DatabaseError:
                    logger.exception("lease not renewed: run_id=%s", self.run.run_id)
        finally:
            connections.close_all()
