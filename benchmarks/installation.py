"""A throw-away installation: an empty archive and database in a temporary folder.

Imported before anything of Django, since it says where these lie.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def set_up() -> Path:
    """Set up Django upon a new temporary folder and return it; it is deleted at exit.

    It lies below `BENCHMARK_DIR` where that is set: a disk to be measured, not a RAM disk.
    """
    folder = Path(tempfile.mkdtemp(prefix="benchmark-", dir=os.environ.get("BENCHMARK_DIR")))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "ai4artsed.settings",
        "VAR_DIR": str(folder / "var"),
        "ARCHIVE_ROOT": str(folder / "exports"),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
    }
    sys.path.insert(0, str(PROJECT))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return folder
