"""Django's command, and the folder that SQLite needs before it can make its file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

from ai4artsed.local import make_folder


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        # Ahead of the checks, which ask the database what it can do.
        connection = connections[options["database"]]
        if connection.vendor == "sqlite":
            folder = Path(connection.settings_dict["NAME"]).parent
            make_folder(folder, "VAR_DIR" if folder == settings.VAR_DIR else "DATABASE_URL")
        return super().execute(*args, **options)
