"""The operator asks the process of a running server, through the admin socket."""

import json
from pathlib import Path

import pytest

from .admin_tools import (
    Session,
    accounts,
    administer,
    create,
    error_of,
    signed_in,
    start_tool,
)
from .launch import ENGINES, Server, start_server
from .sandbox import Sandbox

pytestmark = pytest.mark.parametrize("engine", ENGINES)


class Operator:
    """The operator of a server with its history in a file."""

    def __init__(
        self, sandbox: Sandbox, path: Path, engine: str, *options: str
    ) -> None:
        self._sandbox, self.path = sandbox, path
        path.parent.mkdir(mode=0o700)
        self.where = ("--history", str(path))
        self.server: Server = start_server(sandbox, engine, *self.where, *options)

    def does(self, *command: str | Path) -> str:
        return administer(self._sandbox, "admin", *command, *self.where)

    def fails(self, *command: str | Path) -> str:
        return error_of(self._sandbox, "admin", *command, *self.where)

    def lists(self, *command: str) -> list[dict[str, object]]:
        lines = self.does(*command, "--json").splitlines()
        return [json.loads(line) for line in lines]

    def acts(self) -> list[dict[str, object]]:
        found = map(json.loads, self.server.program.err.lines)
        return [
            {key: each[key] for key in each if key not in {"time", "level", "event"}}
            for each in found
            if each["event"] == "admin.act"
        ]


@pytest.fixture
def operator(sandbox: Sandbox, path: Path, engine: str) -> Operator:
    return Operator(sandbox, path, engine)


def test_users_are_listed_with_what_an_operator_needs(
    sandbox: Sandbox, operator: Operator
) -> None:
    create(sandbox, "ada", *operator.where)
    port = operator.server.port
    with (
        sandbox.join(port).take_name("bob") as bob,
        signed_in(port, "ada") as ada,
    ):
        ada.expect("welcome")
        ada.send("join", {"room": "dev"})
        ada.expect("room")
        found = {each["name"]: each for each in operator.lists("users")}
        table = operator.does("users").splitlines()

    plain, session = found["bob"], found["ada"]
    assert (plain["kind"], session["kind"]) == ("plain", "client")
    assert (plain["account"], session["account"]) == (False, True)
    assert plain["address"] == bob.name
    assert (plain["rooms"], session["rooms"]) == ("lobby", "lobby dev")
    assert isinstance(plain["idle"], int)
    assert plain["idle"] < 30
    assert str(plain["since"]).startswith("20")
    assert table[0].split() == [
        *("SESSION", "NAME", "ACCOUNT", "ADDRESS", "KIND", "ROOMS", "SINCE", "IDLE"),
    ]
    assert operator.acts() == [
        {"act": "account-create", "name": "ada", "role": "member", "result": "done"}
    ]


def test_rooms_are_listed_with_owner_and_settings_but_no_direct_rooms(
    sandbox: Sandbox, operator: Operator
) -> None:
    create(sandbox, "ada", *operator.where)
    port = operator.server.port
    with signed_in(port, "ada") as ada, Session(port, name="bob") as bob:
        bob.expect("joined")
        ada.expect("welcome")
        ada.send("join", {"room": "dev"})
        ada.expect("room")
        ada.send("direct", {"name": "bob"})
        ada.send("message", {"room": "dev", "message": "hi", "id": "1"})
        ada.expect("stored")
        operator.does("lock", "dev")
        operator.does("private", "dev")
        found = operator.lists("rooms")

    assert found == [
        {
            "room": "lobby",
            "members": 2,
            "messages": 0,
            "private": False,
            "locked": False,
        },
        {
            "room": "dev",
            "members": 1,
            "messages": 1,
            "owner": "ada",
            "private": True,
            "locked": True,
        },
    ]


def test_more_users_than_in_one_answer_are_listed(
    sandbox: Sandbox, operator: Operator
) -> None:
    clients = [sandbox.connect(operator.server.port) for _ in range(210)]
    for each in clients:
        each.expect(f"{each.name} has entered the chat")

    found = operator.lists("users")

    assert {each["name"] for each in found} == {each.name for each in clients}
    assert len(found) == 210


def test_a_reload_tells_what_has_changed_and_what_needs_a_restart(
    sandbox: Sandbox, path: Path, tmp_path: Path, engine: str
) -> None:
    file = tmp_path / "parlour.toml"
    file.write_text("guests = 'on'\n")
    operator = Operator(sandbox, path, engine, "--config", str(file))
    nothing = operator.does("reload")
    file.write_text("guests = 'read'\nmax-line = 2048\n")

    changed = operator.does("reload")
    assert nothing == "changed: nothing\n"
    assert changed == "changed: guests\nneeds a restart: max-line\n"


def test_a_reload_with_errors_tells_each_and_ends_with_78(
    sandbox: Sandbox, path: Path, tmp_path: Path, engine: str
) -> None:
    file = tmp_path / "parlour.toml"
    file.write_text("")
    operator = Operator(sandbox, path, engine, "--config", str(file))
    file.write_text("guest = 'read'\nmax-line = 1\n")

    tool = start_tool(sandbox, "admin", "reload", *operator.where)
    assert tool.wait() == 78
    first, second = tool.err.lines
    assert first.startswith(f"parlour: {file}:1: there is no setting guest; did you")
    assert second.startswith(f"parlour: {file}:2: max-line: ")
    assert operator.acts() == [{"act": "reload", "result": "invalid"}]


def test_a_drain_shuts_the_server_down(operator: Operator) -> None:
    with Session(operator.server.port, name="bob") as bob:
        bob.expect("joined")

        said = operator.does("drain")
        assert bob.expect("bye")["code"] == "server_stopping"
    assert said == "the server shuts down, and waits at most 10 seconds for clients\n"
    assert operator.server.program.wait() == 0
    assert operator.acts() == [{"act": "drain", "result": "done"}]
    missing = operator.fails("users")
    assert missing == (
        f"{operator.path}: no server with this history answers; "
        "start the server, or give --history or --port as for the server"
    )


def test_a_backup_has_what_was_said_and_replaces_nothing(
    sandbox: Sandbox, operator: Operator, tmp_path: Path
) -> None:
    with sandbox.join(operator.server.port) as peer:
        peer.send_messages("hi")
        peer.expect("hi")
        copy, link = tmp_path / "copy.db", tmp_path / "link.db"
        said = operator.does("backup", copy)
        again = operator.fails("backup", copy)
        link.symlink_to(tmp_path / "elsewhere.db")
        linked = operator.fails("backup", link)

    assert said == f"copied the history to {copy}\n"
    assert administer(sandbox, "verify", copy).startswith("lobby: 1 message")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert again == f"{copy} exists: choose another file"
    assert linked.endswith(f"{link} exists: choose another file")
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "chat",
        "copy.db",
        "link.db",
    ]
    assert [act["result"] for act in operator.acts()] == [
        *("done", "backup_failed", "backup_failed"),
    ]


def test_a_port_alone_also_finds_a_history_in_memory(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    sandbox.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    server = start_server(sandbox, engine, "--history", "memory")
    where = "--port", str(server.port)

    create(sandbox, "Ann", *where)
    found = [each["name"] for each in accounts(sandbox, *where)]
    administer(sandbox, "admin", "lock", "lobby", *where)
    server.stop()
    assert found == ["Ann"]
    assert not list(tmp_path.glob("**/history-*.db"))
    assert error_of(sandbox, "admin", "users", *where).endswith(
        "answers; start the server, or give --history or --port as for the server"
    )


def test_a_history_in_memory_has_no_backup(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    server = start_server(sandbox, engine, "--history", "memory")
    where = "--history", "memory", "--port", str(server.port)

    error = error_of(sandbox, "admin", "backup", tmp_path / "copy.db", *where)
    assert error == "the history is in memory: there is no file"


def test_stats_are_a_table_or_an_object(sandbox: Sandbox, operator: Operator) -> None:
    with sandbox.join(operator.server.port) as peer:
        peer.send_messages("hi")
        peer.expect("hi")
        (found,) = operator.lists("stats")
        table = operator.does("stats").splitlines()

    assert (found["users"], found["rooms"], found["messages_stored_total"]) == (1, 1, 1)
    assert isinstance(found["uptime_seconds"], float)
    assert table[0].split() == ["NAME", "VALUE"]
    assert ["messages_stored_total", "1"] in [line.split() for line in table]


def test_the_level_of_the_log_changes_until_the_next_reload(
    sandbox: Sandbox, operator: Operator
) -> None:
    said = operator.does("log-level", "debug")
    with sandbox.join(operator.server.port):
        operator.server.program.err.expect("session.opened")
    operator.does("reload")
    with sandbox.join(operator.server.port):
        pass
    operator.server.stop()

    events = [json.loads(line)["event"] for line in operator.server.program.err.lines]
    assert said == "logs debug and above\n"
    assert events.count("session.opened") == 1
