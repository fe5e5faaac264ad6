"""Users and sessions in the server's log."""

import json
import re
import socket

import pytest

from .launch import ENGINES, SERVER, start_server
from .sandbox import Sandbox

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def session_events(log: list[str]) -> list[dict[str, object]]:
    """Return the events about sessions in *log*, without times and levels."""
    events = [json.loads(line) for line in log]
    for event in events:
        del event["time"], event["level"]
    return [event for event in events if event["event"].startswith("session.")]


def test_a_join_a_rename_and_a_leave_are_logged(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        peer.send(b'{"type": "set-name", "data": "Kobzol"}\n')
        peer.expect("renamed to Kobzol")
        peer.send_messages("nobody logs this")
        peer.expect("nobody logs this")
    server.program.err.expect("session.left")
    server.stop()

    log = server.program.err.lines
    session = {"session": 1, "address": peer.name}
    why = {"code": "closed", "reason": "by the peer"}
    events = sorted(session_events(log), key=lambda event: str(event["event"]))
    assert events == [
        {"event": "session.closed", **session, **why},
        {"event": "session.joined", "name": None, **session},
        {"event": "session.left", "name": "Kobzol", **session},
        {"event": "session.renamed", "name": "Kobzol", **session},
    ]
    assert "nobody logs" not in server.program.err.text


def test_a_resumed_session_is_logged(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    hello = {"version": 1, "name": "Kobzol", "token": "t" * 32}
    line = json.dumps({"type": "hello", "data": hello}).encode() + b"\n"
    address = ("127.0.0.1", server.port)
    with socket.create_connection(address) as first:
        first.sendall(line)
        joined = json.loads(server.program.err.expect("session.joined"))
    server.program.err.expect("session.closed")

    with socket.create_connection(address) as again:
        again.sendall(line)
        returned = json.loads(server.program.err.expect("session.returned"))
        host, port = again.getsockname()
    server.stop()

    assert joined["name"] == returned["name"] == "Kobzol"
    assert returned["before"] == joined["session"]
    assert returned["address"] == f"{host}:{port}"
    assert "session.left" not in server.program.err.text.split("session.returned")[0]


@pytest.mark.parametrize(
    ("people", "hidden", "shown"),
    [
        ("full", [], ["name", "address"]),
        ("names", ["address"], ["name"]),
        ("addresses", ["name"], ["address"]),
        ("none", ["name", "address"], []),
    ],
)
def test_names_and_addresses_can_be_omitted(
    sandbox: Sandbox, engine: str, people: str, hidden: list[str], shown: list[str]
) -> None:
    server = start_server(sandbox, engine, "--log-people", people)
    with sandbox.join(server.port) as peer:
        peer.send(b'{"type": "set-name", "data": "Kobzol"}\n')
        peer.expect("renamed to Kobzol")
    server.program.err.expect("session.left")
    server.stop()

    events = session_events(server.program.err.lines)
    assert len(events) == 4
    for event in events:
        assert not [key for key in hidden if key in event]
    assert all(key in events[-1] or key in events[-2] for key in shown)
    log = server.program.err.text
    assert ("Kobzol" in log) == ("name" in shown)
    assert (peer.name in log) == ("address" in shown)


def test_a_name_cannot_forge_a_log_line(sandbox: Sandbox, engine: str) -> None:
    program = sandbox.run_python(*SERVER, "--port", "0", "--engine", engine)
    port = int(program.err.expect("join with").rpartition(" ")[2])
    name = 'x session=1 name="y" \N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}'
    with sandbox.join(port) as peer:
        data = json.dumps({"type": "set-name", "data": name})
        peer.send(data.encode() + b"\n")
        peer.expect("renamed to")
    line = program.err.expect("session.renamed")
    program.stop()

    assert re.search(r' name="x session=1 name=\\"y\\" \\u00bb" address=\S+$', line)


def test_many_renames_do_not_flood_the_log(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        for number in range(300):
            line = {"type": "set-name", "data": f"name {number}"}
            peer.send(json.dumps(line).encode() + b"\n")
        peer.expect("renamed to name 299")
    server.program.err.expect("session.left")
    server.stop()

    renamed = [
        e for e in session_events(server.program.err.lines) if "renamed" in str(e)
    ]
    assert len(renamed) < 10
    assert renamed[-1]["name"] == "name 299"
    assert sum(int(str(e.get("repeated", 1))) for e in renamed) == 300
