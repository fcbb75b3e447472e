"""The worker: a thread per place in a queue, each taking the next run and carrying it out."""

from __future__ import annotations

import logging
import threading
import uuid

from django.conf import settings
from django.db import connections
from django.utils import timezone

from devices.drafts import forget_left_drafts
from pipelines import queue
from pipelines.generation.execution import execute, give_up
from pipelines.generation.lease import Lease
from pipelines.models import ServerState, WorkerPresence
from pipelines.servers.inventory import Host, hosts
from pipelines.servers.probing import Prober, fail_hopeless_runs
from runs.models import Kind
from runs.seals import SMALL_BATCH_BYTES, seal_pending

logger = logging.getLogger(__name__)

# How long an idle thread waits before it looks again, where no change wakes it earlier.
IDLE_SECONDS = 0.5
# How long after its start, and after each look, a worker looks for folders that are not sealed yet.
SEALING_SECONDS = 300
# Between two batches, for others wait for the disk.
SEALING_PAUSE_SECONDS = 1


class Worker:
    """Works all queues of this installation in threads of this process."""

    def __init__(self) -> None:
        self.owner = queue.new_owner()
        self._stopping = threading.Event()
        self._work_came = threading.Condition()
        self._threads = [
            threading.Thread(
                target=self._work, args=(host,), name=f"{host.name}-{number}", daemon=True
            )
            for host in hosts()
            for number in range(host.capacity)
        ]
        self._threads.append(threading.Thread(target=self._watch, name="watch", daemon=True))
        self._threads.append(threading.Thread(target=self._seal, name="seals", daemon=True))
        self._prober = Prober(self._stopping)

    def start(self) -> None:
        gone = [row.pk for row in WorkerPresence.objects.all() if queue.is_dead(row.owner)]
        WorkerPresence.objects.filter(pk__in=gone).delete()
        queues = sorted({name for host in hosts() for name in host.queues})
        WorkerPresence.objects.create(owner=self.owner, queues=queues)
        for thread in self._threads:
            thread.start()
        self._prober.start()

    def stop(self, timeout_seconds: float = 2) -> None:
        """Take no more runs and wait; what is not finished by then is taken up at next start."""
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            thread.join(timeout_seconds)
        WorkerPresence.objects.filter(pk=self.owner).delete()

    def _work(self, host: Host) -> None:
        owner = f"{self.owner}/{uuid.uuid4().hex[:6]}"
        while not self._stopping.is_set():
            try:
                run = queue.claim_next(_answering(host), owner=owner, capacity=host.capacity)
                if run is None:
                    self._wait_for_work()
                    continue
                with Lease(run, owner) as lease:
                    execute(run, lease)
                    queue.notify()
            except Exception:
                logger.exception("worker thread failed: host=%s", host.name)
                # Kept open otherwise: a connection costs more than the look at the queue.
                connections.close_all()
                self._stopping.wait(IDLE_SECONDS)
        connections.close_all()

    def wake(self) -> None:
        """Have idle threads look at once."""
        with self._work_came:
            self._work_came.notify_all()

    def _wait_for_work(self) -> None:
        with self._work_came:
            if not self._stopping.is_set():
                self._work_came.wait(IDLE_SECONDS)

    def _watch(self) -> None:
        """Say that this worker lives, take up what dead workers left, forget drafts left behind."""
        interval_seconds = min(settings.LEASE_SECONDS / 5, 2)
        while True:
            try:
                WorkerPresence.objects.filter(pk=self.owner).update(seen_at=timezone.now())
                take_up_stale_runs()
                fail_hopeless_runs()
                forget_left_drafts()
            except Exception:
                logger.exception("watch failed")
                connections.close_all()
            if self._stopping.wait(interval_seconds):
                break
        connections.close_all()

    def _seal(self) -> None:
        """Seal what is only read, in small batches beside the work."""
        is_stopping = self._stopping.is_set
        while not self._stopping.wait(SEALING_SECONDS):
            try:
                batches = seal_pending(batch_bytes=SMALL_BATCH_BYTES, should_stop=is_stopping)
                for _progress in batches:
                    if self._stopping.wait(SEALING_PAUSE_SECONDS):
                        break
            except Exception:
                logger.exception("sealing failed")
            connections.close_all()


def _answering(host: Host) -> dict[str, str]:
    """Return the queues of `host` whose server answered when last asked, each with its name."""
    if host.is_embedded:
        return dict(host.queues)
    unavailable = set(ServerState.objects.unavailable().values_list("name", flat=True))
    return {name: server for name, server in host.queues.items() if server not in unavailable}


def take_up_stale_runs() -> None:
    """Put runs of dead workers back into the queue; end those that cannot or should not go on."""
    for run in queue.stale_runs():
        if run.kind == Kind.GENERATION and run.attempts < queue.MAX_ATTEMPTS:
            if queue.release(run):
                logger.warning("run requeued, its worker is gone: run_id=%s", run.run_id)
        else:
            give_up(run)
