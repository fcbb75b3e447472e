"""Addresses of this machine and of its pages, as others in the local network reach them."""

from __future__ import annotations

import contextlib
import socket

import ifaddr
from django.http import HttpRequest
from django.urls import reverse

# What a browser on this machine itself says; nobody else's browser would get here by it.
_ONLY_HERE = ("localhost", "127.0.0.1", "[::1]")


def join_address(request: HttpRequest, code: str = "") -> str:
    """Return the whole address of the join page as the devices in the room reach it."""
    return room_address(request, reverse("join-by-link", args=[code]) if code else reverse("join"))


def room_address(request: HttpRequest, path: str) -> str:
    """Return the whole address of `path` as the devices in the room reach it."""
    host, colon, port = request.get_host().rpartition(":")
    if not colon or port.endswith("]"):
        host, port = request.get_host(), ""
    if host in _ONLY_HERE:
        host = lan_address()
    return f"{request.scheme}://{host}{':' if port else ''}{port}{path}"


def spoken_address(request: HttpRequest) -> str:
    """Return the address of the join page as one writes it on a board: without the rest."""
    return join_address(request).partition("://")[2].rstrip("/")


def lan_address() -> str:
    """Return the address by which others in the local network reach this machine."""
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with probe, contextlib.suppress(OSError):
        # Connecting a datagram socket sends nothing; it only asks the routing table.
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    # A network that leads nowhere else, such as a hotspot of this machine's own.
    found = [ip for ip in own_addresses() if ":" not in ip and not ip.startswith("127.")]
    return found[0] if found else "127.0.0.1"


def own_addresses() -> list[str]:
    """Return the addresses of all network interfaces; those of IPv6 in brackets."""
    return [
        ip.ip if isinstance(ip.ip, str) else f"[{ip.ip[0]}]"
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    ]
