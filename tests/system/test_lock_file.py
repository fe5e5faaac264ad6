"""A lock file that several programs hold in turn."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from parlour.system.lock_file import locked


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.lock"


def test_the_file_stays_and_only_its_owner_can_open_it(path: Path) -> None:
    mask = os.umask(0)
    with locked(path, 0.0):
        found = path.stat()
    os.umask(mask)

    assert found.st_mode & 0o777 == 0o600
    assert path.stat().st_ino == found.st_ino


def test_a_lock_that_is_held_for_too_long_is_an_error(path: Path) -> None:
    with locked(path, 0.0), pytest.raises(TimeoutError), locked(path, 0.0):
        pass

    with locked(path, 0.0):
        pass


def test_a_lock_that_is_released_in_time_is_taken(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = locked(path, 0.0)
    holder.__enter__()
    monkeypatch.setattr("time.sleep", lambda _: holder.__exit__(None, None, None))

    with locked(path, 10.0):
        assert path.exists()


def test_the_file_is_never_a_link(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError, match="symbolic") as raised, locked(path, 0.0):
        pass

    assert (raised.value.errno, raised.value.filename) == (errno.ELOOP, str(path))
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_system_without_locks_has_none(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(_: int, __: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)

    with locked(path, 0.0):
        assert path.exists()
