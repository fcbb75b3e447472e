"""What this machine gives an installation: its secret key and its own names and addresses."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from pathlib import Path


def secret_key(path: Path) -> str:
    """Return the key in `path`; make it on first start, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside, then linked: two processes that start together agree on one whole key.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        if not path.exists():
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(64))
            os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text(encoding="ascii").strip()


def lan_address() -> str:
    """Return the address by which others in the local network reach this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; it only asks the routing table.
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def own_hosts() -> list[str]:
    """Return this machine's names and addresses, for ALLOWED_HOSTS."""
    name = socket.gethostname().lower()
    hosts = {"localhost", "127.0.0.1", "[::1]", lan_address(), name}
    if "." not in name:
        hosts.add(f"{name}.local")
    with contextlib.suppress(OSError):
        hosts.update(socket.gethostbyname_ex(name)[2])
    return sorted(hosts)
