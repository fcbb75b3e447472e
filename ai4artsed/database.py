"""The database setting, made from a URL."""

from __future__ import annotations

from typing import Any

import environ

# IMMEDIATE is what prevents "database is locked": a deferred transaction that has read cannot
# become a writer while another one writes, and the busy timeout does not apply to it.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=5000;"
        "PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=27103364"
    ),
}
# A request under ASGI has a thread of its own, so connections are kept in a pool instead.
POSTGRESQL_POOL: dict[str, Any] = {"min_size": 2, "max_size": 10}


def database_from_url(url: str) -> dict[str, Any]:
    """Return one entry of Django's DATABASES for `url`, with the options that its engine needs."""
    database: dict[str, Any] = dict(environ.Env.db_url_config(url))
    engine = database["ENGINE"]
    if engine.endswith("sqlite3"):
        database["OPTIONS"] = dict(SQLITE_OPTIONS)
        # An in-memory test database would be one connection for all threads; ours has several.
        database["TEST"] = {"NAME": f"{database['NAME']}.test"}
    elif engine.endswith("postgresql"):
        database["OPTIONS"] = {"pool": dict(POSTGRESQL_POOL)}
    return database
