"""The commands by which the operator of a machine administers a server."""

import json
import socket
from pathlib import Path
from typing import Self

from .event_loop import TIMEOUT
from .histories import PARLOUR_COMMAND
from .process import Program
from .sandbox import Sandbox

PASSWORD = "correct horse battery"


def start_tool(sandbox: Sandbox, *command: str | Path) -> Program:
    """Start a tool whose standard input is a pipe."""
    return sandbox.run(PARLOUR_COMMAND, *map(str, command))


def administer(
    sandbox: Sandbox, *command: str | Path, password: str | None = None
) -> str:
    """Run a tool, check that it succeeds, and return its output."""
    tool = start_tool(sandbox, *command)
    if password is not None:
        tool.type(password)
    tool.close_input()

    assert tool.wait() == 0, tool.err.text
    return tool.out.text


def create(sandbox: Sandbox, name: str, *options: str | Path) -> str:
    """Create an account with the usual password."""
    return administer(sandbox, "account", "create", name, *options, password=PASSWORD)


def error_of(
    sandbox: Sandbox, *command: str | Path, password: str | None = None
) -> str:
    """Run a tool that fails with exit code 1, and return its line of error."""
    tool = start_tool(sandbox, *command)
    if password is not None:
        tool.type(password)
    tool.close_input()

    assert tool.wait() == 1, tool.out.text
    assert tool.out.text == ""
    (line,) = tool.err.lines
    return line.removeprefix("parlour: ")


def accounts(sandbox: Sandbox, *options: str | Path) -> list[dict[str, object]]:
    """Return the accounts that the tool lists, without the times."""
    listed = administer(sandbox, "account", "list", "--json", *options)
    found = [json.loads(line) for line in listed.splitlines()]
    for each in found:
        del each["created"]
    return found


class Session:
    """A session with a server, on a blocking socket with a deadline."""

    def __init__(self, port: int, **hello: object) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self._file = self._socket.makefile("rb")
        self.send("hello", {"version": 1, "rooms": ["lobby"], **hello})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def send(self, kind: str, data: object) -> None:
        """Send a line."""
        self._socket.sendall(json.dumps({"type": kind, "data": data}).encode() + b"\n")

    def expect(self, kind: str) -> dict[str, object]:
        """Wait for the next line of this type, and return its data."""
        seen = []
        for line in self._file:
            found = json.loads(line)
            seen.append(found["type"])
            if found["type"] == kind:
                data: dict[str, object] = found["data"]
                return data
        raise AssertionError(f"ended without {kind!r}: {seen}")


def signed_in(port: int, name: str, password: str = PASSWORD) -> Session:
    """Return a session that asks to sign in to an account."""
    return Session(port, account=name, password=password, device="laptop")


def send_to_socket(path: Path, data: bytes) -> bytes:
    """Send bytes to an admin socket, and return all that it answers."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(TIMEOUT)
        sock.connect(str(path))
        sock.sendall(data)
        return b"".join(iter(lambda: sock.recv(65_536), b""))
