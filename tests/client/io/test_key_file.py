"""The keys of this device are kept for the next run, for their owner alone."""

import fcntl
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from parlour.client.io.key_file import KeyFile
from parlour.client.io.private_file import PrivateFileError
from parlour.client.protocol.secret import Secret
from parlour.client.protocol.sign_in import ForgetKey, StoreKey

SERVER = "127.0.0.1:5555"
WRITER = """
import sys
from pathlib import Path
from parlour.client.io.key_file import KeyFile
from parlour.client.protocol.secret import Secret
from parlour.client.protocol.sign_in import StoreKey
file = KeyFile(Path(sys.argv[1]), sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    assert file.change([StoreKey(f"user {number}", Secret("k"))]) == ""
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "keys.json"


def store(path: Path, account: str = "romeo", key: str = "secret key") -> str:
    return KeyFile(path, SERVER).change([StoreKey(account, Secret(key))])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_is_stored_for_its_owner_alone(path: Path) -> None:
    assert store(path) == ""

    assert KeyFile(path, SERVER).read().keys == {"romeo": Secret("secret key")}
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700


def test_nothing_but_the_file_and_its_lock_remains(path: Path) -> None:
    store(path)
    store(path, "juliet")

    assert sorted(each.name for each in path.parent.iterdir()) == [
        "keys.json",
        "keys.json.lock",
    ]
    assert mode(path.with_name("keys.json.lock")) == 0o600


def test_a_file_that_does_not_exist_has_no_keys_and_is_not_created(path: Path) -> None:
    assert KeyFile(path, SERVER).read().keys == {}
    assert not path.parent.exists()


def test_each_server_has_its_own_keys(path: Path) -> None:
    store(path)
    other = KeyFile(path, "chat.example:5555")

    other.change([StoreKey("romeo", Secret("other key"))])

    assert other.read().keys == {"romeo": Secret("other key")}
    assert KeyFile(path, SERVER).read().keys == {"romeo": Secret("secret key")}


def test_a_server_is_named_in_lower_case(path: Path) -> None:
    KeyFile(path, "Chat.Example:5555").change([StoreKey("romeo", Secret("secret key"))])

    assert list(json.loads(path.read_bytes())["servers"]) == ["chat.example:5555"]


def test_a_new_key_replaces_that_of_the_same_name(path: Path) -> None:
    store(path, "Romeo", "old key")

    store(path, "\uff32OMEO", "new key")

    assert KeyFile(path, SERVER).read().keys == {"\uff32OMEO": Secret("new key")}


def test_a_key_is_forgotten(path: Path) -> None:
    store(path)
    store(path, "juliet")

    KeyFile(path, SERVER).change([ForgetKey("Romeo")])

    assert KeyFile(path, SERVER).read().keys == {"juliet": Secret("secret key")}


@pytest.mark.parametrize("permissions", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused(path: Path, permissions: int) -> None:
    store(path)
    before = path.read_bytes()
    path.chmod(permissions)

    with pytest.raises(PrivateFileError, match="others could read the keys") as refused:
        KeyFile(path, SERVER).read()
    reason = store(path, "juliet")

    assert "chmod 600" in str(refused.value)
    assert reason == str(refused.value)
    assert path.read_bytes() == before


def test_a_directory_that_others_can_change_is_refused(path: Path) -> None:
    store(path)
    path.parent.chmod(0o770)

    assert "chmod 700" in store(path, "juliet")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"version": 2, "servers": {}}',
        b'{"version": 1, "servers": {"a:1": {"romeo": 1}}}',
        b'{"version": 1, "servers": {"a:1": []}}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_reported_and_not_overwritten(
    path: Path, content: bytes
) -> None:
    store(path)
    path.write_bytes(content)

    with pytest.raises(PrivateFileError, match="damaged"):
        KeyFile(path, SERVER).read()
    reason = store(path, "juliet")

    assert "damaged" in reason
    assert path.read_bytes() == content


def test_no_error_contains_a_key(path: Path) -> None:
    store(path)
    path.write_bytes(path.read_bytes()[:-5])

    reason = store(path, "juliet", "secret key")

    assert "damaged" in reason
    assert "secret key" not in reason


def test_a_link_is_not_followed(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.symlink_to(path.with_name("elsewhere"))

    assert "is a link" in store(path)
    assert not path.with_name("elsewhere").exists()


def test_a_directory_in_its_place_is_reported(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(PrivateFileError, match="is not a file"):
        KeyFile(path, SERVER).read()


def test_a_file_that_cannot_be_replaced_stays_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(path)
    before = path.read_bytes()

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    reason = store(path, "juliet")

    assert reason.startswith("No space left on device")
    assert path.read_bytes() == before
    assert len(list(path.parent.iterdir())) == 2


def test_a_lock_that_is_held_for_too_long_is_reported(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parlour.client.io.private_file.LOCK_TIMEOUT", 0.0)
    path.parent.mkdir(mode=0o700)

    with path.with_name("keys.json.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        reason = store(path)

    assert reason == f"another program has locked it ({path}.lock)"


def test_two_programs_do_not_lose_the_keys_of_each_other(path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, path, server],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for server in ("a:1", "b:2")
    ]
    for writer in writers:
        assert writer.stdout is not None
        with writer.stdout as output:
            assert output.readline() == "ready\n"
    for writer in writers:  # both wait for their input now
        assert writer.stdin is not None
        with writer.stdin as start:
            start.write("\n")

    assert [writer.wait(30) for writer in writers] == [0, 0]
    servers = json.loads(path.read_bytes())["servers"]
    assert [len(servers["a:1"]), len(servers["b:2"])] == [20, 20]


LOCALHOST = "localhost:5555"


def test_the_keys_are_for_the_address_from_which_they_come(path: Path) -> None:
    key = StoreKey("romeo", Secret("secret key"))

    KeyFile(path, LOCALHOST).change([key], "::1")
    KeyFile(path, SERVER).change([key])

    assert KeyFile(path, LOCALHOST).read().origin == "::1"
    assert KeyFile(path, SERVER).read().origin == ""


def test_keys_from_another_address_are_deleted(path: Path) -> None:
    file = KeyFile(path, LOCALHOST)
    file.change([StoreKey("romeo", Secret("secret key"))], "::1")

    file.change([StoreKey("juliet", Secret("new key"))], "127.0.0.1")

    assert file.read() == ({"juliet": Secret("new key")}, "127.0.0.1")


def test_an_address_without_keys_is_forgotten(path: Path) -> None:
    file = KeyFile(path, LOCALHOST)
    file.change([StoreKey("romeo", Secret("secret key"))], "::1")
    file.change([ForgetKey("romeo")], "::1")

    assert file.read().origin == ""
    assert json.loads(path.read_text())["addresses"] == {}


@pytest.mark.parametrize(
    ("server", "address"),
    [(LOCALHOST, "127.0.0.1"), ("LOCALHOST:5555", "127.0.0.1"), ("127.0.0.1:5555", "")],
)
def test_a_file_of_an_earlier_version_is_read(
    path: Path, server: str, address: str
) -> None:
    store(path)
    servers = {server.lower(): {"romeo": "old"}}
    path.write_text(json.dumps({"version": 1, "servers": servers}))
    file = KeyFile(path, server)

    assert file.read() == ({"romeo": Secret("old")}, address)
    file.change([StoreKey("juliet", Secret("new"))], "127.0.0.1")
    keys, origin = file.read()
    assert keys.keys() == {"romeo", "juliet"}
    assert origin == "127.0.0.1"
