"""What this machine gives an installation: its secret key and the names it is reached by."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from runs.files import atomic_file
from web.addresses import own_addresses

ADDRESS_SECONDS = 5.0


def make_folder(folder: Path, setting: str) -> None:
    """Make `folder`, which `setting` names, where it is missing; raises `ImproperlyConfigured`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"{setting}: the folder {folder} cannot be made ({error.strerror})."
        raise ImproperlyConfigured(reason) from None


def secret_key(path: Path) -> str:
    """Return the key in `path`; make it where there is none, readable by its owner alone.

    Raises `ImproperlyConfigured` where it can neither be read nor made.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            # Of two processes that start together, the one that comes second takes the first's.
            with suppress(FileExistsError), atomic_file(path, replaces=False) as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(secrets.token_urlsafe(64).encode())
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        reason = f"SECRET_KEY: it is not set and cannot be kept in {path} ({error.strerror})."
        raise ImproperlyConfigured(reason) from None


class OwnHosts(list[str]):
    """This machine's names and addresses, for ALLOWED_HOSTS.

    A laptop changes its address when it joins another network, and may be in two of them; so the
    addresses are read anew while the program runs.
    """

    def __init__(self) -> None:
        name = socket.gethostname().lower()
        names = ["localhost", "127.0.0.1", "[::1]", name]
        if "." not in name:
            names.append(f"{name}.local")
        super().__init__(names)
        self._addresses: list[str] = []
        self._read_at = -ADDRESS_SECONDS

    def __iter__(self) -> Iterator[str]:
        yield from super().__iter__()
        if time.monotonic() - self._read_at >= ADDRESS_SECONDS:
            self._addresses, self._read_at = own_addresses(), time.monotonic()
        yield from self._addresses
