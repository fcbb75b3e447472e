"""Work the queues: the process that makes the pictures."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pipelines import queue
from pipelines.worker import Worker


class Command(BaseCommand):
    help = "Take runs from the queue and make their pictures until stopped. Example: manage.py work"

    # `workshop` has run the checks; a worker that is started again should be there at once.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--by-pipe",
            action="store_true",
            help="look for work at each byte on standard input, stop at its end (a killed parent "
            "takes us along), and write a byte to standard output when a run has changed",
        )
        parser.add_argument(
            "--house",
            default=queue.machine_as_house(),
            help="what starts this worker again if it dies; default: this machine, until it is "
            "started again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stopped.set())
        worker = Worker(options["house"])
        if options["by_pipe"]:
            # Ctrl-C reaches the whole group of processes; ending is the parent's decision.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            threading.Thread(target=_listen, args=(worker, stopped), daemon=True).start()
            os.set_blocking(sys.stdout.fileno(), False)
            queue.subscribe(_write_change)
        else:
            signal.signal(signal.SIGINT, lambda *_: stopped.set())
        worker.start()
        stopped.wait()
        worker.stop()


def _write_change() -> None:
    # A full pipe holds bytes enough to wake the reader; a broken one has none.
    with suppress(OSError):
        os.write(sys.stdout.fileno(), b".")


def _listen(worker: Worker, stopped: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        worker.wake()
    stopped.set()
