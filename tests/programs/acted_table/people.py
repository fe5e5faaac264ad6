"""The people who act out the table: what they type, and what they hear."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import NamedTuple

from ..admin_tools import PASSWORD, accounts, administer, create
from ..launch import start_client
from ..process import Program
from ..sandbox import Sandbox

ASSIGNMENT_CLIENT = Path(__file__).parents[2] / "peers" / "reference_client.py"


class Deed(NamedTuple):
    """What somebody types to do something, and the same as a tool of the operator.

    There is no *tool* for what the operator does not do.
    """

    command: str
    tool: tuple[str, ...] = ()


class Actor(ABC):
    """Somebody who tries to do something; the others know them *by* this name."""

    by: str

    @abstractmethod
    def does(self, deed: Deed) -> None:
        """Do something that is allowed."""

    @abstractmethod
    def hears_that_it_is_done(self, text: str) -> None:
        """Wait until a deed of which nobody is told is done."""


class Person(Actor):
    """Somebody in the lobby, with one client or several."""

    exit_code: int
    """Of a client whose user is banned from the server."""

    def __init__(self, sandbox: Sandbox, port: int, engine: str, name: str) -> None:
        self._sandbox, self._port, self._engine = sandbox, port, engine
        self.name = self.by = name
        self.clients: list[Program] = []

    @abstractmethod
    def starts(self) -> None:
        """Start the clients."""

    @abstractmethod
    def enters(self) -> None:
        """Wait until the clients are in the lobby."""

    def does(self, deed: Deed) -> None:
        self.says(deed.command)

    def hears_that_it_is_done(self, text: str) -> None:
        self.clients[0].err.expect(f"-- Done: {text}")

    def says(self, *lines: str) -> None:
        """Type lines into the first client."""
        self.clients[0].type(*lines)

    def hears(self, text: str) -> str:
        """Wait for a text in each client, and return the line of the last one."""
        return [each.out.expect(text) for each in self.clients][-1]

    def is_told(self, text: str) -> str:
        """Wait for a text in the first client, such as an answer to what was typed."""
        return self.clients[0].out.expect(text)

    def is_turned_away(self) -> None:
        """Wait until each client has ended because of a ban."""
        for each in self.clients:
            assert each.wait() == self.exit_code, each.err.text


class TerminalUser(Person):
    """Somebody with the terminal client, with an account or without one."""

    exit_code = 4

    def __init__(
        self,
        sandbox: Sandbox,
        port: int,
        engine: str,
        name: str,
        *,
        has_account: bool,
        devices: int = 1,
    ) -> None:
        super().__init__(sandbox, port, engine, name)
        self._devices, self._has_account = devices, has_account
        secret = ("--account", name, "--password-command", f"echo {PASSWORD}")
        self._identity = secret if has_account else ("--name", name)

    def starts(self) -> None:
        options = *self._identity, "--reconnect", "--no-state"
        where = self._sandbox, self._port, self._engine
        self.clients = [start_client(*where, *options) for _ in range(self._devices)]

    def enters(self) -> None:
        for each in self.clients:
            if self._has_account:
                each.err.expect(f"-- signed in as {self.name}")
            else:
                each.out.expect_user(self.name)


class AssignmentUser(Person):
    """Somebody with the assignment's client, who is a guest in the lobby."""

    exit_code = 0

    def starts(self) -> None:
        command = str(ASSIGNMENT_CLIENT), "127.0.0.1", str(self._port)
        self.clients = [self._sandbox.run_python(*command)]

    def enters(self) -> None:
        self.is_told("has entered the chat")
        self.says(f"/setname {self.name}")
        self.is_told(f"renamed to {self.name}")


class Operator(Actor):
    """The operator of the machine, with the tools."""

    by = "the operator"

    def __init__(self, sandbox: Sandbox, port: int, history: Path) -> None:
        self._sandbox = sandbox
        self._where = "--history", str(history), "--port", str(port)

    def does(self, deed: Deed) -> None:
        administer(self._sandbox, *deed.tool, *self._where)

    def hears_that_it_is_done(self, text: str) -> None:
        """The tool has ended, and so it is done."""

    def creates(self, name: str, role: str) -> None:
        """Create an account with the usual password."""
        create(self._sandbox, name, "--role", role, *self._where)

    def roles(self) -> dict[str, str]:
        """Return the role on the server of each account."""
        listed = accounts(self._sandbox, *self._where)
        return {str(each["name"]): str(each["role"]) for each in listed}
