"""What a run signs in with: stored keys, commands, and whose names they are."""

import socket
from pathlib import Path

import pytest

from parlour.client.io import terminal_input
from parlour.client.io.connecting import PlainServer
from parlour.client.io.key_file import KeyFile
from parlour.client.io.transport import Transport
from parlour.client.options import Options
from parlour.client.protocol.requests import Credentials
from parlour.client.protocol.secret import Secret
from parlour.client.protocol.sign_in import StoreKey
from parlour.client.sign_in_options import CannotSignIn, sign_in_options

KEY = Secret("a key")


class FakeServer(PlainServer):
    """A server to which each connection has *origin*."""

    def __init__(self, origin: str = "127.0.0.1") -> None:
        super().__init__("server", 5555, "")
        self._origin = origin

    def connect(self) -> Transport:
        return Transport(socket.socket(), self._origin)


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "keys.json", "server:5555")


def store(file: KeyFile, *accounts: str) -> None:
    assert file.change([StoreKey(account, KEY) for account in accounts]) == ""


def options(
    account: str | None = None, *, command: str | None = None, plain: bool = False
) -> Options:
    return Options(
        "server",
        5555,
        account=account,
        password_command=command,
        dialect="plain" if plain else "auto",
    )


def credentials(
    file: KeyFile | None, chosen: Options, name: str | None = None
) -> Credentials | None:
    return sign_in_options(chosen, name, file, "laptop", FakeServer()).credentials


def test_the_only_stored_account_signs_in(file: KeyFile) -> None:
    store(file, "romeo")

    assert credentials(file, options()) == Credentials("romeo", key=KEY)


def test_one_of_two_stored_accounts_is_not_chosen(file: KeyFile) -> None:
    store(file, "romeo", "juliet")

    assert credentials(file, options()) is None


@pytest.mark.parametrize("name", ["juliet", "JULIET", " Juliet "])
def test_the_account_of_the_name_signs_in(file: KeyFile, name: str) -> None:
    store(file, "romeo", "juliet")

    assert credentials(file, options(), name) == Credentials("juliet", key=KEY)


def test_another_name_is_that_of_a_guest(file: KeyFile) -> None:
    store(file, "romeo")

    assert credentials(file, options(), "eve") is None


def test_no_account_signs_in_in_the_plain_dialect(file: KeyFile) -> None:
    store(file, "romeo")

    assert credentials(file, options(plain=True)) is None


def test_an_account_signs_in_with_its_stored_key(file: KeyFile) -> None:
    store(file, "romeo", "juliet")

    server = PlainServer("no.such.host.invalid", 1, "")  # no connection is needed
    found = sign_in_options(options("Juliet"), "eve", file, "laptop", server)

    assert found.credentials == Credentials("Juliet", key=KEY)
    assert found.keys == {"fold romeo": KEY, "fold juliet": KEY}


def test_the_first_line_of_a_command_is_the_password() -> None:
    chosen = options("romeo", command="echo 'balcony at night'; echo more")

    password = Secret("balcony at night")
    assert credentials(None, chosen) == Credentials("romeo", password, device="laptop")


def test_a_command_does_not_read_the_input() -> None:
    assert credentials(None, options("romeo", command="cat; echo secret")) == (
        Credentials("romeo", Secret("secret"), device="laptop")
    )


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("echo secret; exit 3", "its exit code is 3"),
        ("true", "wrote no possible password"),
        ("printf '\\377'", "wrote no UTF-8 text"),
        ("head -c 300 /dev/zero | tr '\\0' x", "wrote no possible password"),
    ],
)
def test_a_command_that_fails_is_reported(command: str, reason: str) -> None:
    with pytest.raises(CannotSignIn, match=reason) as failed:
        credentials(None, options("romeo", command=command))

    assert "secret" not in str(failed.value)


def test_no_password_is_asked_for_if_others_could_read_it() -> None:
    chosen = options("romeo", command="echo the command ran; false")

    with pytest.raises(CannotSignIn, match="this server is not encrypted"):
        sign_in_options(chosen, None, None, "laptop", FakeServer(origin=""))


def test_without_a_terminal_there_is_nothing_to_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(terminal_input, "TERMINAL", "/dev/null")

    with pytest.raises(CannotSignIn, match="no key is stored for romeo"):
        credentials(None, options("romeo"))


def test_keys_that_others_could_read_are_not_used(
    file: KeyFile, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    store(file, "romeo")
    (tmp_path / "keys.json").chmod(0o644)

    assert credentials(file, options()) is None
    error = capfd.readouterr().err
    assert error.startswith("parlour: the stored keys are not used: others could read")
