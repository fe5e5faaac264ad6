"""The operator keeps order, through the admin socket."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import Sanctioned, SanctionKind, Target
from parlour.core.events import SessionId
from tests.journal.stores import batch, open_store

from .admin_tools import Session, administer, create, error_of, start_tool
from .launch import ENGINES, Server, start_server
from .sandbox import Sandbox

each_engine = pytest.mark.parametrize("engine", ENGINES)


class Operator:
    """The operator of a server whose history is in memory."""

    def __init__(self, sandbox: Sandbox, engine: str) -> None:
        self._sandbox = sandbox
        self.server: Server = start_server(sandbox, engine, "--history", "memory")
        self.where = ("--history", "memory", "--port", str(self.server.port))

    def does(self, *command: str) -> str:
        return administer(self._sandbox, "admin", *command, *self.where)

    def fails(self, *command: str) -> str:
        return error_of(self._sandbox, "admin", *command, *self.where)

    def guest(self, name: str) -> Session:
        guest = Session(self.server.port, name=name)
        guest.expect("joined")
        return guest


@each_engine
def test_a_user_is_removed_from_a_room(sandbox: Sandbox, engine: str) -> None:
    operator = Operator(sandbox, engine)
    with operator.guest("bob") as bob:
        done = operator.does("kick", "Bob", "--room", "#Lobby", "--reason", "noise")

        act = bob.expect("act")
    assert done == "removed bob from #lobby\n"
    assert act == {"room": "lobby", "action": "kick", "name": "bob", "reason": "noise"}


@each_engine
def test_a_user_is_muted_and_may_speak_again(sandbox: Sandbox, engine: str) -> None:
    operator = Operator(sandbox, engine)
    with operator.guest("bob") as bob:
        assert operator.does("mute", "bob", "10m") == "muted bob\n"
        bob.send("message", {"room": "lobby", "message": "hi", "id": "1"})
        refused = bob.expect("error")
        listed = operator.does("sanctions", "--json")
        assert operator.does("unmute", "bob") == "unmuted bob\n"
        bob.send("message", {"room": "lobby", "message": "hi again", "id": "2"})
        heard = bob.expect("message")

    assert refused["code"] == "muted"
    assert heard["message"] == "hi again"
    facts = json.loads(listed)
    assert (facts["number"], facts["kind"], facts["name"]) == (1, "mute", "bob")
    assert facts["since"] < facts["until"]
    assert operator.does("sanctions") == "nobody is muted or banned\n"


@each_engine
def test_a_message_is_erased(sandbox: Sandbox, engine: str) -> None:
    operator = Operator(sandbox, engine)
    with operator.guest("bob") as bob:
        bob.send("message", {"room": "lobby", "message": "one"})
        bob.send("message", {"room": "lobby", "message": "two"})
        bob.expect("message"), bob.expect("message")

        done = operator.does("erase", "BOB", "--room", "lobby")
        last = bob.expect("erased")
        operator.does("erase", "1", "--room", "lobby")
        first = bob.expect("erased")

    assert done == (
        "erased a message of bob in #lobby; the server no longer sends the text; "
        "it leaves the file within a minute and its search index within an hour; "
        "copies and backups keep it\n"
    )
    assert (last["sequence"], last["target"], last["name"]) == (3, 2, "bob")
    assert "by" not in last
    assert (first["sequence"], first["target"]) == (4, 1)
    assert "no such message" in operator.fails("erase", "1", "--room", "lobby")
    assert "#dev is not open" in operator.fails("erase", "1", "--room", "dev")


def test_a_message_is_erased_while_no_server_runs(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    history = tmp_path / "chat.db"
    server = start_server(sandbox, "async", "--history", f"{history}")
    with Session(server.port, name="bob") as bob:
        bob.send("message", {"room": "lobby", "message": "zephyrine"})
        bob.expect("message")
    server.stop()

    where = ("--room", "lobby", "--history", f"{history}")
    done = administer(sandbox, "admin", "erase", "bob", *where)

    assert done.startswith("erased a message of bob in #lobby")
    files = tmp_path.glob("chat.db*")
    assert not any(b"zephyrine" in each.read_bytes() for each in files)


@each_engine
def test_an_account_is_banned_for_ever(sandbox: Sandbox, engine: str) -> None:
    operator = Operator(sandbox, engine)
    create(sandbox, "Ann", *operator.where)

    assert operator.does("ban", "ann", "forever", "--reason", "spam") == "banned Ann\n"

    heading, row = operator.does("sanctions").splitlines()
    columns = ["NUMBER", "KIND", "NAME", "SINCE", "UNTIL", "BY", "REASON"]
    assert heading.split() == columns
    assert row.split()[:3] == ["1", "ban", "Ann"]
    assert row.split()[-4:] == ["forever", "the", "operator", "spam"]
    create(sandbox, "1", *operator.where)
    operator.does("ban", "1", "forever")
    assert operator.does("unban", "1") == "lifted the ban of Ann\n"
    assert operator.does("unban", "2") == "lifted the ban of 1\n"
    assert operator.fails("unban", "2") == (
        "2: nobody with that name or number is muted or banned here"
    )
    operator.does("ban", "ann", "forever", "--room", "lobby")
    assert operator.fails("unban", "3") == (
        "3: it holds in #lobby, not on the whole server; add --room"
    )


def test_more_sanctions_than_one_answer_has_are_listed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    history = tmp_path / "chat.db"
    bans = [
        Sanctioned(SessionId(0), "", SanctionKind.BAN, None, target, None, "")
        for target in (Target("x", network=f"192.0.2.{n}") for n in range(230))
    ]
    with closing(open_store(history)) as store:
        store.append(batch(*bans))

    where = ("--history", f"{history}", "--json")
    listed = administer(sandbox, "admin", "sanctions", *where)
    newest = administer(sandbox, "admin", "sanctions", "--limit", "120", *where)

    numbers = [json.loads(each)["number"] for each in listed.splitlines()]
    assert numbers == list(range(1, 231))
    assert newest.splitlines() == listed.splitlines()[-120:]


@each_engine
def test_everybody_hears_an_announcement(sandbox: Sandbox, engine: str) -> None:
    operator = Operator(sandbox, engine)
    with operator.guest("bob") as bob:
        assert operator.does("announce", "back in a minute") == "announced\n"

        assert bob.expect("announcement")["text"] == "back in a minute"


def test_what_cannot_be_done_is_said_in_one_line(sandbox: Sandbox) -> None:
    operator = Operator(sandbox, "async")

    assert operator.fails("kick", "bob", "--room", "lobby") == (
        "bob: nobody of that name is here"
    )
    assert operator.fails("unban", "bob") == (
        "bob: nobody with that name or number is muted or banned here"
    )
    assert operator.fails("ban", "127.0.0.1", "1h") == (
        "127.0.0.1: this machine cannot be banned"
    )
    create(sandbox, "Ann", *operator.where)
    operator.does("mute", "ann", "1h", "--room", "lobby")
    assert operator.fails("unmute", "ann") == (
        "ann: it holds in #lobby, not on the whole server; add --room"
    )
    assert operator.fails("unban", "ann") == (
        "ann: nobody with that name or number is muted or banned here"
    )
    operator.server.stop()
    assert operator.fails("announce", "hello").startswith("no server with a history")


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (["kick", "bob"], "missing option '--room'"),
        (["mute", "bob"], "missing argument 'TIME'"),
        (["mute", "bob", "10x"], "invalid value for 'TIME'"),
        (["ban", "bob", "1h", "--room", "a b"], "invalid value for '--room'"),
    ],
)
def test_a_wrong_command_line_ends_with_2(
    sandbox: Sandbox, command: list[str], error: str
) -> None:
    tool = start_tool(sandbox, "admin", *command)

    assert tool.wait() == 2
    assert tool.err.text.startswith(f"parlour: {error}")


@each_engine
def test_the_operator_reads_what_was_done(sandbox: Sandbox, engine: str) -> None:
    operator = Operator(sandbox, engine)
    create(sandbox, "Ann", *operator.where)
    operator.does("ban", "ann", "forever", "--room", "lobby", "--reason", "spam")
    operator.does("slow", "lobby", "30")

    heading, *rows = operator.does("audit").splitlines()
    in_lobby = operator.does("audit", "--room", "lobby", "--json").splitlines()
    ban, slow = (json.loads(each) for each in in_lobby)

    columns = ["NUMBER", "TIME", "BY", "ACTION", "NAME", "SECONDS", "ROOM", "REASON"]
    assert heading.split() == columns
    assert [row.split()[4:] for row in rows] == [
        ["the", "operator", "create", "Ann"],
        ["the", "operator", "ban", "Ann", "lobby", "spam"],
        ["the", "operator", "slow", "30", "lobby"],
    ]
    assert (ban["number"], ban["action"]) == (2, "ban")
    assert "until" not in ban
    assert (slow["action"], slow["seconds"]) == ("slow", 30)
    last = json.loads(operator.does("audit", "--limit", "1", "--json"))
    assert last == slow
    assert "by" not in last


def test_the_operator_reads_what_was_done_while_no_server_runs(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    where = ("--history", str(tmp_path / "chat.db"))
    create(sandbox, "Ann", *where)

    row = json.loads(administer(sandbox, "admin", "audit", "--json", *where))

    assert (row["number"], row["action"], row["name"]) == (1, "create", "Ann")
