"""Static files under hashed names, the imports of our ES modules included, and their serving."""

from __future__ import annotations

import fcntl
import hashlib
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from servestatic.asgi import ServeStaticASGI
from servestatic.storage import CompressedManifestStaticFilesStorage

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


def serve_static(application: Any) -> ServeStaticASGI:
    """Return an ASGI application that answers static files itself and asks `application` the rest.

    It stands ahead of Django: a page of ours loads some fifty modules, and each would take its way
    through all middleware. What has a hash in its name may be kept for ever.
    """
    server = ServeStaticASGI(
        application,
        root=settings.STATIC_ROOT,
        prefix=settings.STATIC_URL,
        autorefresh=settings.DEBUG,
        add_headers_function=_forbid_sniffing,
    )
    if settings.DEBUG:
        # As they are being written, without being collected.
        for folder in settings.STATICFILES_DIRS:
            server.add_files(folder, settings.STATIC_URL)
    return server


def _forbid_sniffing(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
