"""What an installation takes from its machine and its environment."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from ai4artsed.database import database_from_url
from ai4artsed.local import OwnHosts, secret_key
from web.addresses import lan_address, own_addresses


def test_the_secret_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    key = secret_key(path)
    assert len(key) >= 64
    assert secret_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_one_secret_key(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ai4artsed.local import secret_key;"
        "print(secret_key(Path(sys.argv[1])))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "key")],
            stdout=subprocess.PIPE,
            cwd=settings.BASE_DIR,
        )
        for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in processes}) == 1


def test_a_key_that_is_there_is_read_from_a_read_only_disk_and_none_is_made_there(
    small_disk: Path, write_protect: Callable[[], None]
) -> None:
    key = secret_key(small_disk / "secret_key")
    write_protect()
    assert secret_key(small_disk / "secret_key") == key
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY: it is not set"):
        secret_key(small_disk / "other")


def run_python(place: Path, *arguments: str, **environment: str) -> str:
    """Run Python in `place`, as on a fresh checkout that keeps everything there."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env={
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "DJANGO_SETTINGS_MODULE": "ai4artsed.settings",
            "PYTHONPATH": str(settings.BASE_DIR),
            "VAR_DIR": str(place / "var"),
            "STATIC_ROOT": str(place / "static"),
            "ARCHIVE_ROOT": str(place / "archive"),
            **environment,
        },
        cwd=place,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


MANAGE = str(settings.BASE_DIR / "manage.py")


def test_to_read_the_settings_and_load_the_apps_leaves_nothing_behind(archive: Path) -> None:
    load = "import django; django.setup(); import ai4artsed.urls, pipelines.worker"
    for code in ("import ai4artsed.settings", load):
        run_python(archive, "-c", code)
        assert not list(archive.iterdir())
    run_python(archive, MANAGE, "help")
    assert not list(archive.iterdir())


def test_the_first_signature_makes_the_key_and_the_next_process_takes_it(archive: Path) -> None:
    sign = "import django; django.setup(); from django.core.signing import dumps; print(dumps(1))"
    read = "import django, sys; django.setup(); from django.core.signing import loads;"
    signed = run_python(archive, "-c", sign).strip()
    assert run_python(archive, "-c", f"{read} print(loads(sys.argv[1]))", signed).strip() == "1"
    assert [path.name for path in (archive / "var").iterdir()] == ["secret_key"]


def test_a_fresh_checkout_can_be_checked_and_migrated_first(archive: Path) -> None:
    checked = run_python(
        archive, MANAGE, "check", "--deploy", "--fail-level", "WARNING", HTTPS="on"
    )
    assert "no issues" in checked
    for path in (archive / "var").iterdir():
        path.unlink()
    (archive / "var").rmdir()
    run_python(archive, MANAGE, "migrate", "--verbosity", "0")
    assert "db.sqlite3" in {path.name for path in (archive / "var").iterdir()}
    url = f"sqlite:///{archive}/elsewhere/index.sqlite3"
    run_python(archive, MANAGE, "migrate", "--verbosity", "0", DATABASE_URL=url)
    assert (archive / "elsewhere" / "index.sqlite3").exists()


def test_this_machines_names_and_addresses_are_allowed_hosts() -> None:
    hosts = OwnHosts()
    assert {"localhost", "127.0.0.1", lan_address(), *own_addresses()} <= set(hosts)
    assert "*" not in hosts


def test_an_address_that_comes_later_is_allowed_then() -> None:
    extra = "127.0.0.77"
    assert extra not in set(OwnHosts())
    add = ["ip", "address", "add", f"{extra}/8", "dev", "lo"]
    if shutil.which("ip") is None or subprocess.run(add, capture_output=True).returncode:
        pytest.skip("may not give this machine another address")
    try:
        assert extra in set(OwnHosts())
    finally:
        subprocess.run(["ip", "address", "delete", f"{extra}/8", "dev", "lo"], check=True)


def test_sqlite_gets_what_keeps_writers_from_locking_each_other_out() -> None:
    options = database_from_url("sqlite:////srv/db.sqlite3")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_postgresql_gets_a_pool() -> None:
    database = database_from_url("postgres://user:word@host:5433/name")
    assert (database["NAME"], database["PORT"]) == ("name", 5433)
    assert database["OPTIONS"]["pool"]["max_size"] >= 2


@pytest.mark.django_db
def test_the_database_in_use_writes_ahead() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has a journal mode")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone()[0] == "wal"


def test_settings_follow_the_environment(tmp_path: Path) -> None:
    code = (
        "from django.conf import settings as s;"
        "print(s.DEBUG, s.ARCHIVE_ROOT, s.PORT, s.ALLOWED_HOSTS, s.SESSION_COOKIE_SECURE)"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ai4artsed.settings",
        "VAR_DIR": str(tmp_path / "var"),
        "ARCHIVE_ROOT": str(tmp_path / "archive"),
        "PORT": "8123",
        "ALLOWED_HOSTS": "workshop.example.org",
        "HTTPS": "on",
    }
    printed = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert printed == f"False {tmp_path}/archive 8123 ['workshop.example.org'] True\n"


def test_nothing_in_the_project_points_outside_of_it() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    parts = ("..", "shared")
    outside = "/".join(parts)
    offenders = [
        name
        for name in tracked
        if Path(name).suffix in {".py", ".md", ".html", ".js", ".css", ".json", ".toml", ""}
        and outside in (settings.BASE_DIR / name).read_text(encoding="utf-8", errors="ignore")
    ]
    assert not offenders


@pytest.mark.parametrize(("name", "value"), [("PORT", "abc"), ("VAR_DIR", "/proc/no/folder")])
def test_a_setting_that_cannot_be_is_named_in_one_sentence(name: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "workshop"],
        env={**os.environ, name: value},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Settings: {name}: ")
    assert value in done.stderr
    assert "Traceback" not in done.stderr
