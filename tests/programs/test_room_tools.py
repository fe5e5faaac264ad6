"""The operator changes rooms, gives roles in them and invites to them."""

import json
from pathlib import Path

import pytest

from .admin_tools import Session, administer, create, error_of, signed_in, start_tool
from .histories import start_with_history
from .launch import ENGINES
from .sandbox import Sandbox

each_engine = pytest.mark.parametrize("engine", ENGINES)

CELLAR = "--room", "cellar"


class Tools:
    """The tools of the operator, for one history."""

    def __init__(self, sandbox: Sandbox, path: Path) -> None:
        self._sandbox, self._where = sandbox, ("--history", str(path))

    def does(self, *command: str) -> str:
        return administer(self._sandbox, "admin", *command, *self._where)

    def fails(self, *command: str) -> str:
        return error_of(self._sandbox, "admin", *command, *self._where)

    def rows(self, *command: str) -> list[dict[str, object]]:
        listed = self.does(*command, "--json").splitlines()
        return [json.loads(line) for line in listed]


@pytest.fixture
def tools(sandbox: Sandbox, path: Path) -> Tools:
    for name in ("Ann", "Bob"):
        create(sandbox, name, "--history", path)
    return Tools(sandbox, path)


def in_cellar(port: int, name: str) -> Session:
    """Return the session of an account that has entered the room of the tests."""
    session = signed_in(port, name)
    session.send("join", {"room": "cellar"})
    while session.expect("room")["room"] != "cellar":
        pass
    return session


def act_of(session: Session) -> tuple[object, object]:
    """Return the next act that a session hears, and to whom or what it was done."""
    act = session.expect("act")
    assert act["room"] == "cellar"
    assert "by" not in act
    return act["action"], act.get("name")


@each_engine
def test_what_the_operator_does_to_a_room_is_told_in_it(
    sandbox: Sandbox, path: Path, tools: Tools, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    with in_cellar(server.port, "Ann") as ann:
        assert tools.does("lock", "#Cellar") == "locked #cellar\n"
        assert act_of(ann) == ("lock", None)
        assert tools.does("unlock", "cellar") == "unlocked #cellar\n"
        assert act_of(ann) == ("unlock", None)
        slowed = "slowed #cellar down to one message in 30 seconds\n"
        assert tools.does("slow", "cellar", "30") == slowed
        assert act_of(ann) == ("slow", "30")
        ended = "ended the slow mode of #cellar\n"
        assert tools.does("slow", "cellar", "off") == ended
        assert act_of(ann) == ("slow", "0")
        assert (
            tools.does("topic", "cellar", "{wine} 🍷") == "set the topic of #cellar\n"
        )
        assert ann.expect("topic") == {"room": "cellar", "topic": "{wine} 🍷"}
        assert tools.does("private", "cellar") == "made #cellar private\n"
        assert act_of(ann) == ("private", None)
        assert tools.does("topic", "cellar", "") == "removed the topic of #cellar\n"
        assert ann.expect("topic") == {"room": "cellar", "topic": ""}
        assert tools.does("public", "cellar") == "made #cellar public\n"
        assert act_of(ann) == ("public", None)
        appointed = "Bob is now moderator in #cellar\n"
        assert tools.does("role", "bob", "moderator", *CELLAR) == appointed
        assert act_of(ann) == ("moderator", "Bob")
        assert tools.does("close", "cellar") == "closed #cellar\n"
        closed = {"room": "cellar", "reason": "the operator has closed the room"}
        assert ann.expect("closed") == closed

    assert tools.fails("lock", "cellar") == "cellar: #cellar is not open"


@each_engine
def test_the_operator_invites_by_name_and_by_code(
    sandbox: Sandbox, path: Path, tools: Tools, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    with in_cellar(server.port, "Ann"), signed_in(server.port, "Bob") as bob:
        tools.does("private", "cellar")

        assert tools.does("invite", "bob", *CELLAR) == "invited Bob to #cellar\n"
        invited = bob.expect("invited")
        code = tools.does("invite", *CELLAR, "--for", "2h").strip()
        listed = tools.rows("invites", *CELLAR)
        assert tools.does("uninvite", "BOB", *CELLAR) == (
            "took back the invitation of Bob to #cellar\n"
        )
        bob.expect("uninvited")
        bob.send("join", {"room": "cellar"})
        refused = bob.expect("error")
        bob.send("join", {"room": "cellar", "invite": code})
        assert bob.expect("room")["room"] == "cellar"

    assert (invited["room"], "by" in invited) == ("cellar", False)
    assert [(each["number"], each.get("name")) for each in listed] == [
        (1, "Bob"),
        (2, None),
    ]
    assert refused["code"] == "room_unavailable"
    assert tools.does("invites", *CELLAR) == "nobody is invited to #cellar\n"


def test_rooms_are_changed_while_no_server_runs(
    sandbox: Sandbox, path: Path, tools: Tools
) -> None:
    server = start_with_history(sandbox, "async", path)
    in_cellar(server.port, "Ann").__exit__()
    server.stop()

    tools.does("private", "cellar")
    tools.does("slow", "cellar", "30")
    tools.does("topic", "cellar", "wine")
    tools.does("role", "Ann", "member", *CELLAR)
    tools.does("role", "Bob", "owner", *CELLAR)
    tools.does("invite", "bob", *CELLAR)
    tools.does("invite", *CELLAR)
    tools.does("uninvite", "2", *CELLAR)

    assert [each["name"] for each in tools.rows("invites", *CELLAR)] == ["Bob"]
    server = start_with_history(sandbox, "async", path)
    with signed_in(server.port, "Bob") as bob:
        bob.send("join", {"room": "cellar"})
        while (entered := bob.expect("room"))["room"] != "cellar":
            pass
        assert entered["topic"] == "wine"
        bob.send("set", {"room": "cellar", "slow": 0})
        assert bob.expect("act")["action"] == "slow"
    server.stop()
    tools.does("close", "cellar")
    assert tools.fails("public", "cellar") == "cellar: #cellar is not open"
    actions = [each["action"] for each in tools.rows("audit", *CELLAR)]
    assert actions == [
        *("open", "private", "slow", "member", "owner"),
        *("invite", "invite", "uninvite", "slow", "close"),
    ]


def test_the_log_has_the_settings_that_were_asked_for(
    sandbox: Sandbox, path: Path, tools: Tools
) -> None:
    server = start_with_history(sandbox, "async", path)

    tools.does("slow", "lobby", "30")
    tools.does("lock", "lobby")
    code = tools.does("invite", "--room", "lobby").strip()

    slow, lock, invite = (server.program.err.expect("admin.act") for _ in range(3))
    assert (json.loads(slow)["room"], json.loads(slow)["slow"]) == ("lobby", "30")
    assert json.loads(lock)["locked"] == "true"
    assert (json.loads(invite)["act"], json.loads(invite)["room"]) == (
        "invite",
        "lobby",
    )
    assert code not in invite


def test_what_cannot_be_done_is_said_in_one_line(
    sandbox: Sandbox, path: Path, tools: Tools
) -> None:
    start_with_history(sandbox, "async", path)
    lobby = "--room", "lobby"

    assert tools.fails("lock", "dev") == "dev: #dev is not open"
    assert tools.fails("invites", "--room", "dev") == "dev: #dev is not open"
    assert tools.fails("role", "eve", "owner", *lobby) == (
        "eve: there is no such account"
    )
    assert tools.fails("invite", "eve", *lobby) == "eve: nobody of that name is here"
    assert tools.fails("uninvite", "eve", *lobby).startswith("eve: there is no such")
    assert tools.fails("private", "lobby").startswith("lobby: ")
    assert tools.fails("topic", "dev", "x") == "dev: #dev is not open"
    assert tools.fails("topic", "lobby", "x" * 201).startswith(
        "lobby: a topic has at most 200 characters"
    )


WRONG_SLOW = (
    "invalid value for 'SECONDS': 'soon' is not a number of seconds up to 3600, or "
    "'off'"
)


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (["lock"], "missing argument 'ROOM'"),
        (["topic", "dev"], "missing argument 'TEXT'"),
        (["slow", "dev", "4000"], "invalid value for 'SECONDS': '4000' is not"),
        (["slow", "dev", "soon"], f"{WRONG_SLOW} (see parlour admin slow --help)"),
        (["close", "a b"], "invalid value for 'ROOM'"),
        (["role", "ann", "owner"], "missing option '--room'"),
        (["role", "ann", "admin", "--room", "dev"], "invalid value for 'ROLE'"),
        (["invite", "ann"], "missing option '--room'"),
        (["invite", "--room", "dev", "--for", "forever"], "an invitation ends within"),
    ],
)
def test_a_wrong_command_line_ends_with_2(
    sandbox: Sandbox, command: list[str], error: str
) -> None:
    tool = start_tool(sandbox, "admin", *command)

    assert tool.wait() == 2
    assert tool.err.text.startswith(f"parlour: {error}")
