"""Static files under hashed names, the imports of our ES modules included."""

from __future__ import annotations

import fcntl
import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Of the libraries' own files, what no page of ours asks for.
UNUSED = ["drf_spectacular_sidecar/redoc/*", "rest_framework/*", "gis/*"]


class ModuleAwareStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True


def collect_static() -> bool:
    """Collect and hash the static files where any has changed since; return whether it was so."""
    stamp = Path(settings.STATIC_ROOT) / "collected.sha256"
    # Two that start at once would take each other's files away.
    with stamp.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest = _digest_of_sources()
        if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
            return False
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=UNUSED)
        stamp.write_text(digest, encoding="ascii")
    return True


def _digest_of_sources() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(UNUSED):
            size, changed = storage.size(name), storage.get_modified_time(name)
            digest.update(f"{name}\0{storage.path(name)}\0{size}\0{changed}\n".encode())
    return digest.hexdigest()
