"""The admin socket is opened for its owner alone, and removed at the end."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from parlour.server.admin_socket import listener as listener_module
from parlour.server.admin_socket.listener import AdminListener, AdminSocketError


@pytest.fixture
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("s") / "chat.db.admin"


def lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def connect(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(path))


def test_only_its_owner_can_use_the_socket(path: Path) -> None:
    opened = AdminListener(path)

    assert path.stat().st_mode & 0o777 == 0o600
    connect(path)
    opened.close()
    assert not path.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_another_user_cannot_connect() -> None:
    program = (
        "import os, socket, sys\n"
        "from pathlib import Path\n"
        "from tempfile import TemporaryDirectory\n"
        "from parlour.server.admin_socket.listener import AdminListener\n"
        "with TemporaryDirectory() as directory:\n"
        "    Path(directory).chmod(0o755)\n"
        "    path = Path(directory, 'x.admin')\n"
        "    opened = AdminListener(path)\n"
        "    os.seteuid(65534)\n"
        "    with socket.socket(socket.AF_UNIX) as sock:\n"
        "        print(sock.connect_ex(str(path)))\n"
        "    os.seteuid(0)\n"
        "    opened.close()\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "13\n"  # EACCES


def test_a_missing_directory_is_created_for_the_owner(path: Path) -> None:
    below = path.parent / "run" / "x.admin"

    AdminListener(below).close()

    assert below.parent.stat().st_mode & 0o777 == 0o700


def test_the_socket_of_a_dead_server_is_replaced(path: Path) -> None:
    dead = AdminListener(path)
    dead.socket.close()
    assert path.is_socket()

    living = AdminListener(path)

    connect(path)
    living.close()


def test_the_socket_of_a_living_server_is_not_replaced(path: Path) -> None:
    living = AdminListener(path)

    with pytest.raises(AdminSocketError, match="in use by another server"):
        AdminListener(path)

    connect(path)
    living.close()


def test_a_living_server_may_accept_no_more_connections(path: Path) -> None:
    living = AdminListener(path)
    waiting = []
    for _ in range(listener_module.BACKLOG + 1):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(str(path))
        waiting.append(sock)

    with pytest.raises(AdminSocketError, match="in use by another server"):
        AdminListener(path)

    for sock in waiting:
        sock.close()
    living.close()


def test_a_server_that_lost_its_name_does_not_remove_another_socket(
    path: Path,
) -> None:
    first = AdminListener(path)
    path.unlink()
    second = AdminListener(path)

    first.close()

    connect(path)
    second.close()


def test_another_file_is_not_replaced(path: Path) -> None:
    path.write_text("precious")

    with pytest.raises(AdminSocketError, match="is not a socket"):
        AdminListener(path)

    assert path.read_text() == "precious"


@pytest.mark.parametrize("mode", [0o720, 0o702])
def test_a_directory_in_which_others_write_is_refused(path: Path, mode: int) -> None:
    path.parent.chmod(mode)

    with pytest.raises(AdminSocketError, match="others can write"):
        AdminListener(path)

    assert not path.exists()


def test_servers_that_start_at_once_take_turns(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_module, "LOCK_TIMEOUT", 0.0)
    other = os.open(lock_of(path), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(other, fcntl.LOCK_EX)

    with pytest.raises(
        AdminSocketError, match=r"admin\.lock: another program has locked it"
    ):
        AdminListener(path)

    os.close(other)
    AdminListener(path).close()
    assert list(path.parent.iterdir()) == [lock_of(path)]


def test_a_lock_on_the_directory_which_any_user_can_take_has_no_effect(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_module, "LOCK_TIMEOUT", 0.0)
    other = os.open(path.parent, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)

    opened = AdminListener(path)
    connect(path)
    opened.close()

    assert not path.exists()
    os.close(other)


def test_nobody_else_can_open_the_lock_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []

    def flock(file: int, _: int) -> None:
        modes.append(os.fstat(file).st_mode & 0o777)

    monkeypatch.setattr(fcntl, "flock", flock)
    mask = os.umask(0)
    AdminListener(path).close()
    os.umask(mask)

    assert modes == [0o600, 0o600]


def test_the_lock_file_is_never_a_link(path: Path, tmp_path: Path) -> None:
    lock_of(path).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(AdminSocketError, match=r"admin\.lock: .*symbolic link"):
        AdminListener(path)

    assert not (tmp_path / "elsewhere").exists()


def test_closing_never_fails(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "LOCK_TIMEOUT", 0.0)
    opened = AdminListener(path)
    other = os.open(lock_of(path), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(other, fcntl.LOCK_EX)

    opened.close()

    assert opened.socket.fileno() == -1
    os.close(other)
