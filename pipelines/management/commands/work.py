"""Work the lanes: the process that makes the pictures."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pipelines.worker import Worker


class Command(BaseCommand):
    help = "Take runs from the queue and make their pictures until stopped. Example: manage.py work"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until-stdin-closes",
            action="store_true",
            help="also stop when standard input ends: a parent that is killed takes us along",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stopped.set())
        if options["until_stdin_closes"]:
            # Ctrl-C reaches the whole group of processes; ending is the parent's decision.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            threading.Thread(target=_wait_for_end_of_input, args=(stopped,), daemon=True).start()
        else:
            signal.signal(signal.SIGINT, lambda *_: stopped.set())
        worker = Worker()
        worker.start()
        stopped.wait()
        worker.stop()


def _wait_for_end_of_input(stopped: threading.Event) -> None:
    sys.stdin.buffer.read()
    stopped.set()
