"""Static files under hashed names, the imports of our ES modules included, and their serving."""

from __future__ import annotations

import fcntl
import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

from ai4artsed.local import make_folder
from runs.files import atomic_write

# Of the libraries' own files, what no page of ours asks for.
UNUSED = ["drf_spectacular_sidecar/redoc/*", "rest_framework/*", "gis/*"]


class ModuleAwareStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True


def collect_static() -> bool:
    """Collect and hash the static files where any has changed since; return whether it was so."""
    root = Path(settings.STATIC_ROOT)
    make_folder(root, "STATIC_ROOT")
    stamp = root / "collected.sha256"
    # Two that start at once would take each other's files away.
    with stamp.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest = _digest_of_sources()
        if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
            return False
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=UNUSED)
        atomic_write(stamp, digest.encode())
    return True


def _digest_of_sources() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(UNUSED):
            size, changed = storage.size(name), storage.get_modified_time(name)
            digest.update(f"{name}\0{storage.path(name)}\0{size}\0{changed}\n".encode())
    return digest.hexdigest()


class StaticFiles:
    """An ASGI application in front of another one, which it asks for all that is no static file.

    A page of ours loads some sixty modules. As Django's middleware, WhiteNoise would answer each
    through a thread and all of Django; here it only says which file and headers are to be sent.
    Its fork for ASGI, ServeStatic, starts a thread for each file, which takes twice the processor
    time of this (benchmarks/serving.py: 0.9 to 1.0 ms a module against 0.4 to 0.5).
    """

    def __init__(self, application: Any) -> None:
        self.application = application
        self.whitenoise = WhiteNoiseMiddleware()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        file = self._found(scope["path"]) if scope["type"] == "http" else None
        if file is None:
            await self.application(scope, receive, send)
            return
        asked = {
            f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
            for name, value in scope["headers"]
        }
        response = file.get_response(scope["method"], asked)
        headers = [*response.headers, ("X-Content-Type-Options", "nosniff")]
        body = b""
        if response.file:
            with response.file:
                body = response.file.read()
        await send(
            {
                "type": "http.response.start",
                "status": int(response.status),
                "headers": [
                    (name.lower().encode("latin-1"), value.encode("latin-1"))
                    for name, value in headers
                ],
            }
        )
        await send({"type": "http.response.body", "body": body})

    def _found(self, path: str) -> Any:
        if self.whitenoise.autorefresh:
            return self.whitenoise.find_file(path)
        return self.whitenoise.files.get(path)
