"""Start everything that a workshop needs, with one command."""

from __future__ import annotations

import gc
import io
import logging
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

import segno
import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from ai4artsed.accounts import FirstAccount, make_first_account
from ai4artsed.local import make_folder
from ai4artsed.static import collect_static
from devices.models import Workshop
from pipelines import queue, registry
from pipelines.live.changes import change_event
from runs import index
from runs.index_report import lines_of
from runs.models import Run
from web.addresses import lan_address

logger = logging.getLogger(__name__)

# Ctrl-C must end everything within 3 s, open streams and the worker included.
GRACEFUL_SECONDS = 1
WORKER_RESTART_SECONDS = 1


class WorkerProcess:
    """The worker beside the web server, started again whenever it dies."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._supervise, name="supervisor", daemon=True)

    def start(self) -> None:
        queue.subscribe(self.wake)
        self._thread.start()

    def wake(self) -> None:
        """Tell the worker that there is work; one that is just starting looks by itself."""
        process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError):
                os.write(process.stdin.fileno(), b".")

    def stop(self) -> None:
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(0.8)
            except subprocess.TimeoutExpired:
                # What it was doing is taken up at the next start.
                process.kill()
                process.wait()
        self._thread.join(1)

    def _supervise(self) -> None:
        command = [sys.executable, "manage.py", "work", "--by-pipe"]
        while not self._stopping.is_set():
            self._process = process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            assert process.stdin is not None
            assert process.stdout is not None
            # A worker that does not listen must not hold up a request.
            os.set_blocking(process.stdin.fileno(), False)
            while os.read(process.stdout.fileno(), 4096):
                change_event.set()
            code = process.wait()
            if not self._stopping.is_set():
                logger.error("worker ended, restarting: code=%s", code)
                self._stopping.wait(WORKER_RESTART_SECONDS)


class Command(BaseCommand):
    help = (
        "Prepare the database and static files, then run web server and worker together. "
        "Example: PORT=8080 manage.py workshop"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help="default: %(default)s")
        parser.add_argument("--port", type=int, default=settings.PORT, help="default: %(default)s")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        make_folder(settings.VAR_DIR, "VAR_DIR")
        # Makes it, now rather than in the midst of the first request.
        str(settings.SECRET_KEY)
        listener = _listen(host, port)
        call_command("migrate", verbosity=0, interactive=False)
        if not Run.objects.exists():
            # A database that is new or was lost; where there is no archive this finds nothing.
            for line in lines_of(index.rebuild()):
                (self.stderr if line.is_fault else self.stdout).write(line.text)
        collect_static()
        account = make_first_account(
            name=os.environ.get("FACILITATOR_NAME", "leitung"),
            password=os.environ.get("FACILITATOR_PASSWORD", ""),
        )
        if not Workshop.objects.exists():
            Workshop.objects.create(name=_("Open workshop"), takes_new_devices=True)
        self._greet(host, listener.getsockname()[1], account)

        worker = WorkerProcess()
        worker.start()
        # Read now what the first child would otherwise wait for.
        registry.get_catalog()
        registry.get_safety_lists()
        # These stay for good; looking through them again and again would only cost time.
        gc.freeze()
        server = uvicorn.Server(
            uvicorn.Config(
                "ai4artsed.asgi:application",
                # The log would hold the addresses of the children's devices.
                access_log=False,
                log_level="warning",
                server_header=False,
                timeout_graceful_shutdown=GRACEFUL_SECONDS,
                lifespan="off",
                # A library for engines' sockets is installed; this server offers none of its own.
                ws="none",
            )
        )
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            pass
        finally:
            worker.stop()
        self.stdout.write(_("Stopped. Everything is kept."))
        self.stdout.flush()
        # An interpreter that ends waits for its threads, and a text may take a minute more. What
        # they leave is told as interrupted at the next start.
        logging.shutdown()
        os._exit(0)

    def _greet(self, host: str, port: int, account: FirstAccount | None) -> None:
        here = f"http://localhost:{port}/"
        lines = ["", f"  ai4artsed   {here}"]
        if host in {"0.0.0.0", "::", ""}:  # noqa: S104
            there = f"http://{lan_address()}:{port}/"
            drawing = io.StringIO()
            segno.make(there, error="m").terminal(out=drawing, border=2, compact=True)
            lines += [f"  {_('In the local network')}   {there}", "", drawing.getvalue()]
        lines.append(f"  {_('For facilitators')}   {here}admin/")
        if account is not None:
            lines.append(f"  {_('Name')}   {account.name}")
            if account.password_is_new:
                lines.append(f"  {_('Password, shown this once')}   {account.password}")
        lines += ["", f"  {_('Ctrl-C ends it.')}", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; a port that is taken is said before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sends small answers at once (TCP_NODELAY).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise CommandError(
            f"{host}:{port}: {error.strerror}. "
            + _("Choose another port, for example: PORT=8001 make run")
        ) from error
    listener.listen(512)
    return listener
