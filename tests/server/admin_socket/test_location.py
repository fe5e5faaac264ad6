"""Where the admin socket of a server is."""

import os
from pathlib import Path

import pytest

from parlour.server.admin_socket.location import MAX_PATH, socket_path


@pytest.fixture
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("r")


@pytest.fixture
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with a short path, that of a history."""
    return tmp_path_factory.mktemp("d")


def test_it_is_beside_the_history(directory: Path, runtime: Path) -> None:
    history = directory / "chat.db"
    history.touch()

    assert socket_path(history, 5555, runtime) == directory / "chat.db.admin"


def test_that_of_a_link_is_beside_the_file(directory: Path, runtime: Path) -> None:
    history, link = directory / "chat.db", runtime / "link.db"
    history.touch()
    link.symlink_to(history)

    assert socket_path(link, 5555, runtime) == directory / "chat.db.admin"


def test_that_of_a_relative_path_is_that_of_the_file(
    directory: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(directory)
    Path("chat.db").touch()

    assert socket_path(Path("chat.db"), 5555, runtime) == directory / "chat.db.admin"


def test_that_of_a_history_in_memory_is_named_for_the_port(runtime: Path) -> None:
    assert socket_path(None, 5556, runtime) == runtime / "port-5556.admin"


def test_a_history_in_memory_needs_a_runtime_directory() -> None:
    assert socket_path(None, 5555, None) is None


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_it_is_not_where_others_can_write(
    directory: Path, runtime: Path, mode: int
) -> None:
    history = directory / "chat.db"
    history.touch()
    directory.chmod(mode)

    found = socket_path(history, 5555, runtime)

    assert found is not None
    assert found.parent == runtime


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes owners")
def test_it_is_not_in_the_directory_of_another_user(
    directory: Path, runtime: Path
) -> None:
    history = directory / "chat.db"
    history.touch()
    os.chown(history, 1, 1)
    os.chown(directory, 2, 2)

    found = socket_path(history, 5555, runtime)

    assert found is not None
    assert found.parent == runtime


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes owners")
def test_root_finds_that_of_another_user(directory: Path, runtime: Path) -> None:
    history = directory / "chat.db"
    history.touch()
    os.chown(history, 1, 1)
    os.chown(directory, 1, 1)

    assert socket_path(history, 5555, runtime) == directory / "chat.db.admin"


def test_a_path_that_is_too_long_leads_to_the_runtime_directory(
    directory: Path, runtime: Path
) -> None:
    room = MAX_PATH - len(os.fsencode(directory / ".admin"))
    longest, longer = directory / ("x" * room), directory / ("x" * (room + 1))

    fits, other = socket_path(longest, 1, runtime), socket_path(longer, 1, runtime)

    assert fits == directory / f"{'x' * room}.admin"
    assert other is not None
    assert other.parent == runtime
    assert other != socket_path(directory / ("y" * (room + 1)), 1, runtime)


def test_a_server_may_have_no_socket(directory: Path) -> None:
    assert socket_path(directory / ("x" * 200), 1, directory / ("r" * 100)) is None
