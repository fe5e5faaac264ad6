"""The client in a process of its own signs in, in both engines."""

import os
from pathlib import Path

import pytest

from parlour.client.io.key_file import KeyFile
from parlour.client.protocol.secret import Secret
from parlour.client.protocol.sign_in import StoreKey
from tests.client.conftest import StartClient, StartTerminal
from tests.client.listener import Listener, Peer
from tests.client.server_lines import account, error, room, welcome_to_rooms

AUTO = "dialect='auto'"
ENTER = "\r"


@pytest.fixture
def keys(
    tmp_path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> KeyFile:
    """Return the file of keys of the client, which does not exist yet."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = tmp_path / "parlour" / "keys.json"
    return KeyFile(path, f"127.0.0.1:{listener.port}")


def hello(peer: Peer) -> dict[str, object]:
    line = peer.read_json()
    assert line["type"] == "hello"
    data = line["data"]
    assert isinstance(data, dict)
    return data


def expect_probe(listener: Listener) -> None:
    """Accept the connection that shows that a password may be sent."""
    with listener.accept() as peer:
        assert peer.read_line() == b""


def admit(peer: Peer, key: str = "") -> None:
    signed_in = account("romeo", key=key) if key else account("romeo")
    peer.sock.sendall(welcome_to_rooms("romeo") + signed_in + room("lobby"))


def test_a_stored_key_signs_in(
    start_client: StartClient, listener: Listener, keys: KeyFile
) -> None:
    keys.change([StoreKey("romeo", Secret("a key"))])
    client = start_client(AUTO)
    with listener.accept() as peer:
        data = hello(peer)
        admit(peer)
        client.wait_for_output("-- signed in as romeo", stream=2)

    assert (data["account"], data["key"]) == ("romeo", "a key")
    assert client.wait() == 0


def test_the_key_after_a_password_is_stored_and_not_printed(
    start_client: StartClient, listener: Listener, keys: KeyFile, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    client = start_client(
        f"{AUTO}, json=True, account='romeo', password_command='echo balcony', "
        f"trace=__import__('pathlib').Path({str(trace)!r})"
    )
    expect_probe(listener)
    with listener.accept() as peer:
        data = hello(peer)
        admit(peer, key="a new key")
        client.wait_for_output('"room"')

    assert (data["account"], data["password"]) == ("romeo", "balcony")
    assert data["device"] == os.uname().nodename[:64]
    assert client.wait() == 0
    assert keys.read().keys == {"romeo": Secret("a new key")}
    assert '"account"' in client.out
    everything = client.out + client.err + trace.read_text()
    assert "a new key" not in everything
    assert "balcony" not in everything


def test_without_state_no_key_is_asked_for_or_stored(
    start_client: StartClient, listener: Listener, keys: KeyFile
) -> None:
    keys.change([StoreKey("romeo", Secret("a key"))])
    client = start_client(
        f"{AUTO}, no_state=True, account='romeo', password_command='echo balcony'"
    )
    expect_probe(listener)
    with listener.accept() as peer:
        data = hello(peer)
        admit(peer, key="a new key")
        client.wait_for_output("-- signed in as romeo", stream=2)

    client.wait()
    assert data["password"] == "balcony"
    assert not {"key", "device"} & data.keys()
    assert keys.read().keys == {"romeo": Secret("a key")}


def test_a_refused_sign_in_ends_a_script_with_exit_code_4(
    start_client: StartClient, listener: Listener, keys: KeyFile
) -> None:
    keys.change([StoreKey("romeo", Secret("a key"))])
    client = start_client(AUTO)
    client.write_input(b"hello\n", is_end=True)
    with listener.accept() as peer:
        hello(peer)
        peer.sock.sendall(error("auth_failed", about="hello"))

        assert peer.read_json()["type"] == "bye"
    assert client.wait() == 4
    assert "-- Not signed in as romeo: auth_failed" in client.err


def test_a_password_is_asked_for_on_the_terminal_after_connecting_once(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(f"{AUTO}, account='romeo'")
    expect_probe(listener)
    screen.expect_text("Password of romeo:")
    screen.press(f"balcony{ENTER}")
    with listener.accept() as peer:
        data = hello(peer)
        admit(peer)
        screen.expect_text("-- signed in as romeo")

    assert (data["account"], data["password"]) == ("romeo", "balcony")
    screen.wait()
    assert b"balcony" not in screen.bytes
