"""Files outside the archive: whole or not there."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from runs.files import atomic_file, atomic_write


def test_a_file_and_its_folder_appear_and_a_later_one_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    atomic_write(path, b"one")
    atomic_write(path, b"two", fsync=False)
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_a_file_is_not_there_before_it_is_whole(archive: Path) -> None:
    path = archive / "file"
    with atomic_file(path) as file:
        file.write(b"whole")
        assert not path.exists()
    assert path.read_bytes() == b"whole"


def test_what_goes_wrong_in_the_middle_leaves_what_was_there(archive: Path) -> None:
    path = archive / "file"
    atomic_write(path, b"before")
    with pytest.raises(RuntimeError), atomic_file(path) as file:
        file.write(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"before"
    assert list(archive.iterdir()) == [path]


def test_the_first_one_stays_where_nothing_is_to_be_replaced(archive: Path) -> None:
    path = archive / "file"
    for content in (b"first", b"second"):
        try:
            with atomic_file(path, replaces=False) as file:
                file.write(content)
        except FileExistsError:
            assert content == b"second"
    assert path.read_bytes() == b"first"
    assert list(archive.iterdir()) == [path]


def test_a_full_disk_leaves_nothing_half(small_disk: Path) -> None:
    with pytest.raises(OSError) as caught:
        atomic_write(small_disk / "file", b"x" * 300_000)
    assert caught.value.errno == errno.ENOSPC
    assert not list(small_disk.iterdir())


def test_a_read_only_disk_says_so(small_disk: Path, write_protect: Callable[[], None]) -> None:
    write_protect()
    with pytest.raises(OSError) as caught:
        atomic_write(small_disk / "file", b"x")
    assert caught.value.errno == errno.EROFS
