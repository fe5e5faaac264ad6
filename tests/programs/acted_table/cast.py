"""All who act out the table, in the lobby of one server."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from parlour.core.roles import Role

from ..launch import free_port, start_server_on_port
from ..sandbox import Sandbox
from .people import Actor, AssignmentUser, Operator, Person, TerminalUser

ACTORS = {
    Role.GUEST: "gus",
    Role.MEMBER: "mel",
    Role.MODERATOR: "mo",
    Role.OWNER: "olga",
    Role.ADMIN: "ada",
}
TARGETS = {
    Role.GUEST: "gert",
    Role.MEMBER: "mia",  # with two devices
    Role.MODERATOR: "max",
    Role.OWNER: "olga",  # a room has one owner, who also is the one who acts
    Role.ADMIN: "alma",
}
STUDENT = "paul"  # a guest, with the assignment's client


class Cast:
    """One who acts and one to whom it is done for each role, and their server.

    Of the roles, those of moderators and owners are theirs in the lobby alone.
    """

    def __init__(self, sandbox: Sandbox, engine: str, history: Path) -> None:
        self._sandbox, self._engine, self._history = sandbox, engine, history
        self._port = free_port()
        self._numbers = count(1)
        self._start_server()
        self.operator = Operator(sandbox, self._port, history)
        for name in self._accounts():
            is_admin = name in (ACTORS[Role.ADMIN], TARGETS[Role.ADMIN])
            self.operator.creates(name, "admin" if is_admin else "member")
        where = sandbox, self._port, engine
        self._people: dict[str, Person] = {
            name: TerminalUser(
                *where,
                name,
                has_account=name not in (ACTORS[Role.GUEST], TARGETS[Role.GUEST]),
                devices=2 if name == TARGETS[Role.MEMBER] else 1,
            )
            for name in dict.fromkeys((*ACTORS.values(), *TARGETS.values()))
        }
        self._people[STUDENT] = AssignmentUser(*where, STUDENT)
        for each in self._people.values():
            each.starts()
        for each in self._people.values():
            each.enters()
        self.everybody_hears(f"renamed to {STUDENT}", but=self[STUDENT])
        self._appoint()

    def __getitem__(self, name: str) -> Person:
        return self._people[name]

    @staticmethod
    def _accounts() -> Iterator[str]:
        everybody = ACTORS.items() | TARGETS.items()
        yield from sorted(name for role, name in everybody if role > Role.GUEST)

    def _start_server(self) -> None:
        self._server = start_server_on_port(
            self._sandbox, self._engine, self._port, self._history
        )

    def _appoint(self) -> None:
        ada = self[ACTORS[Role.ADMIN]]
        for name in (ACTORS[Role.MODERATOR], TARGETS[Role.MODERATOR]):
            ada.says(f"/role {name} moderator")
            self.everybody_hears(f"[Server]: {ada.name} has made {name} a moderator")
        ada.says(f"/role {ACTORS[Role.OWNER]} owner")
        self.everybody_hears(f"has made {ACTORS[Role.OWNER]} the owner of the room")

    def actor(self, role: str) -> Actor:
        """Return the one with this role who acts."""
        if role == Role.OPERATOR.name.lower():
            return self.operator
        return self[ACTORS[Role[role.upper()]]]

    def targets(self, role: str) -> list[Person]:
        """Return those with this role to whom something is done."""
        if role == Role.OPERATOR.name.lower():
            return []
        names = [TARGETS[Role[role.upper()]]]
        if role == Role.GUEST.name.lower():
            names.append(STUDENT)
        return [self[name] for name in names]

    def everybody_hears(self, text: str, *, but: Person | None = None) -> None:
        """Wait until each client in the lobby has shown *text*, once."""
        for each in self._people.values():
            if each is not but:
                each.hears(text)

    def is_heard(self, person: Person) -> None:
        """Check that everybody hears what *person* says."""
        text = f"text {next(self._numbers)}."
        person.says(text)
        self.everybody_hears(f"{person.name}: {text}")

    def told(self) -> list[str]:
        """Return what the server has told the whole lobby so far."""
        lines = self[STUDENT].clients[0].out.lines
        own = "[Server]: you are"
        return [
            line
            for line in lines
            if line.startswith("[Server]: ") and not line.startswith(own)
        ]

    def returns(self, person: Person) -> None:
        """Let somebody whose clients have ended start them again."""
        person.starts()
        person.enters()
        # Where the machine is busy, they hear of its address first, and then its name.
        self.everybody_hears(person.name, but=person)

    def restart_server(self) -> None:
        """Stop the server and start it again; everybody returns."""
        self._server.stop()
        self._start_server()
        for person in self._people.values():
            if person.name != STUDENT:
                for each in person.clients:
                    each.err.expect("Reconnected after")
        student = self[STUDENT]
        student.is_told("Server disconnected")
        student.starts()
        student.enters()

    def stop(self) -> None:
        """Stop the server."""
        self._server.stop()
