"""The servers that the user trusts by their fingerprints are kept for the next run."""

import re
import stat
from pathlib import Path

import pytest

from parlour.client.io.known_hosts import KnownHosts
from parlour.client.io.private_file import PrivateFileError

FIRST, SECOND = ":".join(["AB"] * 32), ":".join(["CD"] * 32)
SERVER = "Chat.example.org:5556"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "known_hosts"


def test_a_server_is_remembered_with_the_day(path: Path) -> None:
    KnownHosts(path).remember(SERVER, FIRST)

    assert KnownHosts(path).find("chat.EXAMPLE.org:5556") == FIRST
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    line = rf"chat\.example\.org:5556 sha256 {FIRST} \d{{4}}-\d\d-\d\d\n"
    assert re.fullmatch(line, path.read_text())


def test_a_server_is_known_at_one_port_only(path: Path) -> None:
    KnownHosts(path).remember(SERVER, FIRST)

    assert KnownHosts(path).find("chat.example.org:5557") == ""


def test_a_new_fingerprint_replaces_the_old_one(path: Path) -> None:
    hosts = KnownHosts(path)
    hosts.remember(SERVER, FIRST)
    hosts.remember("other:1", FIRST)

    hosts.remember(SERVER, SECOND)

    assert [each.server for each in hosts.all()] == ["other:1", SERVER.lower()]
    assert hosts.find(SERVER) == SECOND


def test_a_server_is_forgotten_and_the_others_are_not(path: Path) -> None:
    hosts = KnownHosts(path)
    hosts.remember(SERVER, FIRST)
    hosts.remember("other:1", SECOND)

    assert hosts.forget(SERVER) == FIRST
    assert hosts.forget(SERVER) == ""
    assert hosts.find(SERVER) == ""
    assert hosts.find("other:1") == SECOND


def test_lines_of_another_form_are_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("# mine\nsomething else\n")
    path.chmod(0o600)

    KnownHosts(path).remember(SERVER, FIRST)

    assert path.read_text().startswith("# mine\nsomething else\nchat.example.org:5556 ")
    assert [each.server for each in KnownHosts(path).all()] == [SERVER.lower()]


@pytest.mark.parametrize("content", [b"\xff", b"x" * (1 << 20) + b"xx"])
def test_a_damaged_file_is_an_error(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(PrivateFileError, match="is damaged"):
        KnownHosts(path).find(SERVER)


def test_a_file_that_others_could_change_is_an_error(path: Path) -> None:
    KnownHosts(path).remember(SERVER, FIRST)
    path.chmod(0o622)

    with pytest.raises(PrivateFileError, match="chmod 600"):
        KnownHosts(path).find(SERVER)
