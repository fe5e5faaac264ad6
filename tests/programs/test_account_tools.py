"""The operator administers accounts, with the server running or not."""

import json
import socket
from functools import partial
from pathlib import Path

import pytest

from parlour.cli.operator_commands import OTHER_NAME

from .admin_tools import (
    PASSWORD,
    Session,
    accounts,
    administer,
    create,
    error_of,
    send_to_socket,
    signed_in,
    start_tool,
)
from .event_loop import TIMEOUT
from .histories import kill_server, start_with_history
from .launch import ENGINES, free_port, start_server
from .sandbox import Sandbox
from .terminal import Terminal

each_engine = pytest.mark.parametrize("engine", ENGINES)


@each_engine
def test_somebody_signs_in_to_an_account_that_was_made_while_the_server_runs(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)

    made = create(sandbox, "Ann", "--role", "admin", "--history", path)

    assert made == "created the account Ann (admin)\n"
    with signed_in(server.port, "ann") as ann:
        account = ann.expect("account")
        ann.expect("joined")
        listed = accounts(sandbox, "--history", path)
    assert (account["name"], account["role"]) == ("Ann", "admin")
    assert listed == [
        {
            "name": "Ann",
            "role": "admin",
            "devices": 1,
            "disabled": False,
            "online": True,
        }
    ]
    server.stop()
    assert not path.with_name("history.db.admin").exists()


@each_engine
def test_somebody_signs_in_to_an_account_that_was_made_before_the_first_start(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    create(sandbox, "Ann", "--role", "moderator", "--history", path)
    listed = accounts(sandbox, "--history", path)
    server = start_with_history(sandbox, engine, path)

    with signed_in(server.port, "Ann") as ann:
        account = ann.expect("account")

    assert listed == [
        {"name": "Ann", "role": "moderator", "devices": 0, "disabled": False}
    ]
    assert account["role"] == "moderator"


def test_a_change_of_the_history_itself_is_reported(
    sandbox: Sandbox, path: Path
) -> None:
    tool = start_tool(sandbox, "account", "create", "Ann", "--history", path)
    tool.type(PASSWORD)

    assert tool.wait() == 0
    assert tool.err.text == f"no server uses {path}, which was changed\n"


@each_engine
def test_a_guest_is_renamed_when_its_name_becomes_that_of_an_account(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    with Session(server.port, name="Ann") as guest:
        guest.expect("joined")

        create(sandbox, "Ann", "--history", path)

        renamed = guest.expect("renamed")
    assert renamed["name"] == "Ann"
    assert str(renamed["to"]).startswith("127.0.0.1:")


@each_engine
def test_a_new_password_closes_the_sessions_and_revokes_the_devices(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    create(sandbox, "Ann", "--history", path)
    with signed_in(server.port, "Ann") as ann:
        ann.expect("joined")

        changed = administer(
            *(sandbox, "account", "passwd", "ann", "--history", path),
            password="another one entirely",
        )

        bye = ann.expect("bye")
    assert changed == "changed the password of Ann\n"
    assert bye["code"] == "revoked"
    assert accounts(sandbox, "--history", path)[0]["devices"] == 0
    with signed_in(server.port, "Ann") as ann:
        assert ann.expect("error")["code"] == "auth_failed"
    with signed_in(server.port, "Ann", "another one entirely") as ann:
        assert ann.expect("account")["name"] == "Ann"


def test_a_password_is_changed_while_no_server_runs(
    sandbox: Sandbox, path: Path
) -> None:
    create(sandbox, "Ann", "--history", path)
    command = ("account", "passwd", "ann", "--history", path)

    administer(sandbox, *command, password="another one entirely")

    server = start_with_history(sandbox, "async", path)
    with signed_in(server.port, "Ann", "another one entirely") as ann:
        assert ann.expect("account")["name"] == "Ann"


@each_engine
def test_an_erased_account_is_closed_and_its_name_is_free(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    create(sandbox, "Ann", "--history", path)
    with signed_in(server.port, "Ann") as ann:
        ann.expect("joined")

        erased = administer(
            sandbox, "account", "erase", "ann", "--yes", "--history", path
        )

        bye = ann.expect("bye")
    assert erased == "erased Ann\n"
    assert (bye["code"], bye["reason"]) == ("revoked", "the account was erased")
    assert accounts(sandbox, "--history", path) == []
    with signed_in(server.port, "Ann") as ann:
        assert ann.expect("error")["code"] == "auth_failed"
    with Session(server.port, name="Ann") as guest:
        assert guest.expect("joined")["name"] == "Ann"


def test_an_account_is_erased_while_no_server_runs(
    sandbox: Sandbox, path: Path
) -> None:
    create(sandbox, "Ann", "--history", path)

    administer(sandbox, "account", "erase", "Ann", "--yes", "--history", path)

    assert accounts(sandbox, "--history", path) == []


def test_no_account_is_erased_without_a_confirmation(
    sandbox: Sandbox, path: Path
) -> None:
    create(sandbox, "Ann", "--history", path)
    tool = start_tool(sandbox, "account", "erase", "Ann", "--history", path)

    assert tool.wait() == 2
    assert "without a terminal, use --yes to erase an account" in tool.err.text
    assert len(accounts(sandbox, "--history", path)) == 1


@each_engine
def test_a_disabled_account_is_closed_until_it_is_enabled(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    create(sandbox, "Ann", "--history", path)
    with signed_in(server.port, "Ann") as ann:
        ann.expect("joined")

        administer(sandbox, "account", "disable", "Ann", "--history", path)

        assert ann.expect("bye")["code"] == "revoked"
    assert accounts(sandbox, "--history", path)[0]["disabled"] is True
    with signed_in(server.port, "Ann") as ann:
        assert ann.expect("error")["code"] == "account_disabled"
    administer(sandbox, "account", "enable", "Ann", "--history", path)
    with signed_in(server.port, "Ann") as ann:
        assert ann.expect("account")["name"] == "Ann"


@each_engine
def test_a_role_holds_after_a_restart(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    create(sandbox, "Ann", "--history", path)

    given = administer(sandbox, "account", "role", "ann", "admin", "--history", path)

    server.stop()
    assert given == "Ann is now admin\n"
    assert accounts(sandbox, "--history", path)[0]["role"] == "admin"


@each_engine
def test_a_device_is_listed_and_revoked(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    create(sandbox, "Ann", "--history", path)
    with signed_in(server.port, "Ann") as ann:
        ann.expect("joined")

        listed = administer(sandbox, "account", "devices", "Ann", "--history", path)
        administer(sandbox, "account", "revoke", "Ann", "1", "--history", path)

        assert ann.expect("bye")["code"] == "revoked"
    heading, row = listed.splitlines()
    assert heading.split() == ["NUMBER", "LABEL", "ADDED", "ONLINE"]
    assert row.split()[:2] == ["1", "laptop"]
    assert row.split()[-1] == "yes"
    server.stop()
    left = administer(sandbox, "account", "devices", "Ann", "--history", path)
    assert left == "Ann has no devices\n"


def test_the_accounts_are_a_table(sandbox: Sandbox, path: Path) -> None:
    create(sandbox, "Ann", "--history", path)
    create(sandbox, "Jiří 🐴", "--role", "admin", "--history", path)

    heading, *found = administer(
        sandbox, "account", "list", "--history", path
    ).splitlines()

    assert heading == ("NAME     ROLE    CREATED               DEVICES  DISABLED")
    # The horse takes two columns.
    assert [row.index("  ") for row in found] == [3, 6]
    assert [found[0].index("member"), found[1].index("admin")] == [9, 8]
    assert [row.split()[-2:] for row in found] == [["0", "no"], ["0", "no"]]


def test_a_history_without_accounts_says_so(sandbox: Sandbox, path: Path) -> None:
    server = start_with_history(sandbox, "async", path)

    assert administer(sandbox, "account", "list", "--history", path) == (
        "there are no accounts\n"
    )
    server.stop()


@each_engine
def test_a_server_with_a_history_in_memory_is_found_by_its_port(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine, "--history", "memory")
    where = ("--history", "memory", "--port", str(server.port))

    create(sandbox, "Ann", *where)

    assert [each["name"] for each in accounts(sandbox, *where)] == ["Ann"]
    server.stop()
    assert error_of(sandbox, "account", "list", *where) == (
        f"no server with a history in memory listens on port {server.port}: "
        "start the server, or give --history or --port as for the server"
    )


def test_the_server_on_a_port_is_found_by_its_port(sandbox: Sandbox) -> None:
    port = str(free_port())
    create(sandbox, "Ann", "--port", port)
    start_server(sandbox, "async", "--port", port)

    assert accounts(sandbox, "--port", port)[0]["online"] is False


# -- what is refused --------------------------------------------------------------


@pytest.mark.parametrize("is_running", [True, False], ids=["running", "stopped"])
def test_what_cannot_be_done_is_said_in_one_line(
    sandbox: Sandbox, path: Path, is_running: bool
) -> None:
    create(sandbox, "Ann", "--history", path)
    if is_running:
        start_with_history(sandbox, "async", path)

    def error(*command: str) -> str:
        where = "--history", path
        return error_of(sandbox, "account", *command, *where, password=PASSWORD)

    assert error("create", "ANN") == f"ANN: there is an account Ann; {OTHER_NAME}"
    assert error("create", "A\u0438n") == (  # a Cyrillic letter
        "A\u0438n: that name mixes letters of several scripts"
    )
    assert error("create", "admin") == "admin: that name is reserved"
    assert error("passwd", "Bob") == "Bob: there is no such account"
    assert error("enable", "Bob") == "Bob: there is no such account"
    assert error("role", "Bob", "admin") == "Bob: there is no such account"
    assert error("devices", "Bob") == "Bob: there is no such account"
    assert error("revoke", "Ann", "7") == "Ann: the account has no such device"
    assert [each["name"] for each in accounts(sandbox, "--history", path)] == ["Ann"]


def test_no_history_is_created_for_a_port_whose_server_has_another(
    sandbox: Sandbox, path: Path, tmp_path: Path
) -> None:
    sandbox.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    server = start_with_history(sandbox, "async", path)
    command = "account", "create", "Ann", "--port", str(server.port)

    error = error_of(sandbox, *command, password=PASSWORD)

    assert f"but a server listens on port {server.port}: give --history" in error
    assert not list(tmp_path.glob(f"**/history-{server.port}.db"))


def test_only_the_first_account_creates_a_history(sandbox: Sandbox, path: Path) -> None:
    error = error_of(sandbox, "account", "list", "--history", path)

    hint = "give --history or --port as for the server"
    assert error == f"{path}: there is no such history; {hint}"
    assert not path.exists()


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (["create"], "missing argument 'NAME'"),
        (["role", "Ann", "owner"], "invalid value for 'ROLE'"),
        (["revoke", "Ann", "0"], "invalid value for 'DEVICE'"),
        (["rename"], "no such command 'rename'"),
    ],
)
def test_a_wrong_command_line_ends_with_2(
    sandbox: Sandbox, command: list[str], error: str
) -> None:
    tool = start_tool(sandbox, "account", *command)

    assert tool.wait() == 2
    assert tool.err.text.startswith(f"parlour: {error}")


# -- passwords --------------------------------------------------------------------


def test_a_password_is_typed_twice_and_not_shown(sandbox: Sandbox, path: Path) -> None:
    where = ["--history", str(path)]
    terminal = sandbox.start_on_terminal(
        "-m", "parlour", "account", "create", "Ann", *where
    )
    terminal.expect("New password:")
    terminal.wait_for_prompt()
    terminal.enter(PASSWORD)
    terminal.expect("Again:")
    terminal.wait_for_prompt()
    terminal.enter(PASSWORD)

    assert terminal.wait() == 0, terminal.err.text
    assert terminal.lines == [
        "New password:",
        "Again:",
        "created the account Ann (member)",
    ]
    assert [each["name"] for each in accounts(sandbox, *where)] == ["Ann"]


def type_passwords(terminal: Terminal, *answers: str) -> None:
    """Type each of *answers* after its question, which is on a row of its own."""
    for number, answer in enumerate(answers):
        question, _, typed = answer.partition(" > ")
        rows = [each.partition(" > ")[0] for each in answers[: number + 1]]
        terminal.wait_until(partial(_has_rows, terminal, rows), question)
        terminal.wait_for_prompt()
        terminal.enter(typed)


def _has_rows(terminal: Terminal, rows: list[str]) -> bool:
    return terminal.lines == rows


def test_a_password_is_asked_for_again_if_it_is_short_or_the_second_differs(
    sandbox: Sandbox, path: Path
) -> None:
    terminal = sandbox.start_on_terminal(
        "-m", "parlour", "account", "create", "Ann", "--history", str(path)
    )
    type_passwords(
        terminal,
        *(
            "New password: > short",
            f"New password: > {PASSWORD}",
            "Again: > another one",
        ),
        *(f"New password: > {PASSWORD}", f"Again: > {PASSWORD}"),
    )

    assert terminal.wait() == 0, terminal.err.text
    assert terminal.err.text.splitlines()[:2] == [
        "parlour: a password has 8 characters to 256 bytes",
        "parlour: the two passwords are not the same",
    ]


def test_two_different_passwords_change_nothing(sandbox: Sandbox, path: Path) -> None:
    create(sandbox, "Ann", "--history", path)
    terminal = sandbox.start_on_terminal(
        "-m", "parlour", "account", "passwd", "Ann", "--history", str(path)
    )
    tries = (
        "New password: > another one entirely",
        "Again: > another one, entirely",
    ) * 3
    type_passwords(terminal, *tries)

    assert terminal.wait() == 1
    assert terminal.err.text == ("parlour: the two passwords are not the same\n" * 3)
    server = start_with_history(sandbox, "async", path)
    with signed_in(server.port, "Ann") as ann:
        assert ann.expect("account")["name"] == "Ann"


def test_nobody_types_a_password_for_a_name_that_is_taken(
    sandbox: Sandbox, path: Path
) -> None:
    create(sandbox, "Ann", "--history", path)
    terminal = sandbox.start_on_terminal(
        "-m", "parlour", "account", "create", "ann", "--history", str(path)
    )

    assert terminal.wait() == 1
    assert terminal.err.text == f"parlour: ann: there is an account Ann; {OTHER_NAME}\n"
    assert terminal.text == ""


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        (b"", "there is no password on standard input"),
        (b"short\n", "a password has 8 characters to 256 bytes"),
        (b"x" * 300 + b"\n", "a password has 8 characters to 256 bytes"),
        (b"\xff" * 10 + b"\n", "the password is not text in the encoding of the input"),
    ],
    ids=["none", "short", "long", "bytes"],
)
def test_a_bad_password_is_refused(
    sandbox: Sandbox, path: Path, typed: bytes, error: str
) -> None:
    tool = start_tool(sandbox, "account", "create", "Ann", "--history", path)
    tool.feed(typed)
    tool.close_input()

    assert tool.wait() == 1
    assert tool.err.text == f"parlour: {error}\n"
    assert not path.exists()


@each_engine
def test_no_password_is_in_the_log_or_the_trace(
    sandbox: Sandbox, path: Path, tmp_path: Path, engine: str
) -> None:
    trace = tmp_path / "trace"
    server = start_server(
        *(sandbox, engine, "--history", str(path), "--trace", str(trace)),
        *("--log-level", "debug"),
    )

    create(sandbox, "Ann", "--history", path)
    administer(
        *(sandbox, "account", "passwd", "ann", "--history", path),
        password="another one entirely",
    )

    line = server.program.err.expect("account-password")
    assert json.loads(line) | {"time": ""} == {
        "event": "admin.act",
        "time": "",
        "level": "info",
        "act": "account-password",
        "name": "Ann",
        "result": "done",
    }
    server.stop()
    for text in (server.program.err.text, trace.read_text()):
        assert PASSWORD not in text
        assert "argon2" not in text


@each_engine
def test_a_refused_act_is_in_the_log(sandbox: Sandbox, path: Path, engine: str) -> None:
    server = start_with_history(sandbox, engine, path)

    error_of(sandbox, "account", "disable", "Bob", "--history", path)

    event = json.loads(server.program.err.expect("admin.act"))
    assert (event["act"], event["name"]) == ("account-enable", "Bob")
    assert (event["enabled"], event["result"]) == ("false", "no_such_account")


# -- sockets, locks and several tools ---------------------------------------------


@each_engine
def test_the_socket_of_a_server_that_was_killed_is_replaced(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    kill_server(start_with_history(sandbox, engine, path))
    assert path.with_name("history.db.admin").is_socket()

    create(sandbox, "Ann", "--history", path)
    server = start_with_history(sandbox, engine, path)
    create(sandbox, "Bob", "--history", path)

    assert [each["online"] for each in accounts(sandbox, "--history", path)] == [
        False,
        False,
    ]
    server.stop()


@pytest.mark.parametrize("is_running", [True, False], ids=["running", "stopped"])
def test_tools_that_run_at_once_take_turns(
    sandbox: Sandbox, path: Path, is_running: bool
) -> None:
    if is_running:
        start_with_history(sandbox, "async", path)
    names = ["Ann", "Bob", "Cleo", "Dora"]

    tools = [
        start_tool(sandbox, "account", "create", name, "--history", path)
        for name in names
    ]
    for tool in tools:
        tool.type(PASSWORD)

    assert [tool.wait() for tool in tools] == [0] * 4, [x.err.text for x in tools]
    found = {each["name"] for each in accounts(sandbox, "--history", path)}
    assert found == set(names)


def test_a_server_that_does_not_answer_is_reported(
    sandbox: Sandbox, path: Path
) -> None:
    server = start_with_history(sandbox, "async", path)
    admin_socket = path.with_name("history.db.admin")
    admin_socket.unlink()

    error = error_of(sandbox, "account", "list", "--history", path)

    assert error == (
        f"{path} is in use by process {server.program.pid}: stop it first, or choose "
        f"another file (no server listens on the admin socket {admin_socket})"
    )


def test_the_outcome_is_open_if_the_server_ends_before_it_answers(
    sandbox: Sandbox, path: Path
) -> None:
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as server:
        server.settimeout(TIMEOUT)
        server.bind(f"{path}.admin")
        server.listen()
        tool = start_tool(sandbox, "account", "enable", "Ann", "--history", path)
        connection, _ = server.accept()
        connection.settimeout(TIMEOUT)
        connection.recv(65_536)
        connection.close()

        assert tool.wait() == 1
    assert tool.err.text == (
        f"parlour: {path}.admin: the server closed the connection; it is not known "
        "whether this was done\n"
    )


def test_a_directory_in_which_others_write_has_no_socket(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    directory = sandbox.runtime / "parlour"
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    path = shared / "history.db"
    server = start_with_history(sandbox, "async", path)

    create(sandbox, "Ann", "--history", path)

    assert [each.name for each in shared.glob("*.admin")] == []
    (admin_socket,) = directory.glob("*.admin")
    assert admin_socket.stat().st_mode & 0o777 == 0o600
    assert admin_socket.parent.stat().st_mode & 0o777 == 0o700
    assert accounts(sandbox, "--history", path)[0]["online"] is False
    server.stop()
    assert list(directory.glob("*.admin")) == []


@each_engine
def test_hostile_bytes_on_the_socket_disturb_nobody(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    admin_socket = path.with_name("history.db.admin")
    peer = sandbox.join(server.port)
    codes = []
    for hostile in (
        b'{"type": "\xff\xfe"}\n',
        b"[" * 10_000 + b"\n",
        b'{"type": "account-create", "data": 7}\n',
        b'{"type": "shutdown"}\n',
        b"{}\n",
        b"GET / HTTP/1.1\r\n",
        b"x" * 16_385 + b"\n",
    ):
        answer = json.loads(send_to_socket(admin_socket, hostile))
        codes.append(answer["data"]["code"])

    peer.send_messages("still here")

    peer.expect("still here")
    assert codes == [
        "bad_utf8",
        "not_json",
        "bad_data",
        "unknown_type",
        "no_type",
        "not_json",
        "line_too_long",
    ]
    assert accounts(sandbox, "--history", path) == []
    server.stop()
