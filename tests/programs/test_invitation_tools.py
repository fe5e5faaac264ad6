"""The operator makes, lists and takes back codes with which people register."""

import json
from pathlib import Path

import pytest

from .admin_tools import (
    PASSWORD,
    Session,
    administer,
    create,
    error_of,
    signed_in,
    start_tool,
)
from .histories import start_with_history
from .launch import ENGINES, Server, start_server
from .sandbox import Sandbox

each_engine = pytest.mark.parametrize("engine", ENGINES)

NO_SUCH = "there is no such invitation: it was used, was taken back or has ended"


def start_by_invitation(sandbox: Sandbox, engine: str, path: Path) -> Server:
    """Start a server on which people register with codes."""
    options = ("--history", str(path), "--registration", "invite")
    return start_server(sandbox, engine, *options)


def invite(sandbox: Sandbox, path: Path) -> str:
    """Return a code that the operator makes."""
    return administer(sandbox, "account", "invite", "--history", path).strip()


def invitations(sandbox: Sandbox, path: Path) -> list[dict[str, object]]:
    """Return the codes that the operator lists, without the times."""
    listed = administer(sandbox, "account", "invites", "--json", "--history", path)
    found = [json.loads(line) for line in listed.splitlines()]
    for each in found:
        assert each.pop("until")
    return found


def uninvite(sandbox: Sandbox, path: Path, number: int) -> str:
    """Take back the code with a number, and return what the tool prints."""
    return administer(*(sandbox, "account", "uninvite", str(number), "--history", path))


def registering(server: Server, name: str, code: str) -> Session:
    """Return the session of a guest who asks for an account with a code."""
    guest = Session(server.port, name=name)
    guest.send("register", {"password": PASSWORD, "invite": code})
    return guest


def assert_registers_one(server: Server, *, lost: str, kept: str) -> None:
    """Check that a code that was taken back is refused, and the other is not."""
    with registering(server, "Cleo", lost) as cleo:
        assert cleo.expect("error")["code"] == "invalid_invite"
    with registering(server, "Bob", kept) as bob:
        assert bob.expect("account")["name"] == "Bob"


@each_engine
def test_a_code_that_was_taken_back_registers_nobody(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_by_invitation(sandbox, engine, path)
    lost, kept = invite(sandbox, path), invite(sandbox, path)

    taken_back = uninvite(sandbox, path, 1)

    assert taken_back == "took back the code with number 1\n"
    assert invitations(sandbox, path) == [{"number": 2}]
    assert_registers_one(server, lost=lost, kept=kept)
    assert invitations(sandbox, path) == []


def test_codes_are_listed_and_taken_back_while_no_server_runs(
    sandbox: Sandbox, path: Path
) -> None:
    create(sandbox, "Ann", "--history", path)
    lost, kept = invite(sandbox, path), invite(sandbox, path)

    listed = invitations(sandbox, path)
    taken_back = uninvite(sandbox, path, 1)

    assert listed == [{"number": 1}, {"number": 2}]
    assert taken_back == "took back the code with number 1\n"
    assert invitations(sandbox, path) == [{"number": 2}]
    server = start_by_invitation(sandbox, "async", path)
    assert_registers_one(server, lost=lost, kept=kept)


def test_the_list_has_who_made_a_code_and_until_when_but_not_the_code(
    sandbox: Sandbox, path: Path
) -> None:
    server = start_with_history(sandbox, "async", path)
    create(sandbox, "Ann", "--role", "admin", "--history", path)
    with signed_in(server.port, "Ann") as ann:
        ann.expect("joined")
        ann.send("invite", {"seconds": 3600})
        made = ann.expect("invitation")
    code = invite(sandbox, path)

    assert invitations(sandbox, path) == [{"number": 1, "by": "Ann"}, {"number": 2}]
    listed = administer(sandbox, "account", "invites", "--history", path)
    heading, *rows = listed.splitlines()
    assert heading.split() == ["NUMBER", "UNTIL", "BY"]
    assert [(row.split()[0], row.split()[3:]) for row in rows] == [
        ("1", ["UTC", "Ann"]),
        ("2", ["UTC"]),
    ]
    assert code not in listed
    assert str(made["invite"]) not in listed


def test_without_any_codes_the_list_says_so(sandbox: Sandbox, path: Path) -> None:
    create(sandbox, "Ann", "--history", path)

    listed = administer(sandbox, "account", "invites", "--history", path)

    assert listed == "there are no registration codes\n"


@each_engine
def test_a_number_without_a_code_is_an_error(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    create(sandbox, "Ann", "--history", path)
    command = ("account", "uninvite", "7", "--history", path)

    without_server = error_of(sandbox, *command)
    start_with_history(sandbox, engine, path)

    assert without_server == f"7: {NO_SUCH}"
    assert error_of(sandbox, *command) == without_server


@pytest.mark.parametrize("number", ["0", "-1", "all"])
def test_what_is_taken_back_is_a_number(
    sandbox: Sandbox, path: Path, number: str
) -> None:
    command = ("account", "uninvite", "--history", path, "--", number)

    tool = start_tool(sandbox, *command)

    assert tool.wait() == 2
    assert "NUMBER" in tool.err.text


@each_engine
def test_the_log_and_the_audit_log_have_what_was_taken_back(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    invite(sandbox, path)

    uninvite(sandbox, path, 1)

    event = json.loads(server.program.err.expect('"uninvite"'))
    assert (event["event"], event["number"]) == ("admin.act", "1")
    assert event["result"] == "done"
    audit = administer(sandbox, "admin", "audit", "--json", "--history", path)
    acts = [json.loads(line)["action"] for line in audit.splitlines()]
    assert acts[-2:] == ["invite", "uninvite"]
