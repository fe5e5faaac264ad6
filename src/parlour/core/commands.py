"""What follows from a command: lines that were said become steps of a room."""

from typing import assert_never

from .connection import Connection
from .counters import Counters
from .events import (
    Bye,
    Command,
    Draft,
    ListUsers,
    ReadHistory,
    Refused,
    Say,
    SetName,
)
from .limits import (
    HISTORY_COST,
    HISTORY_PAGE,
    MAX_FAULTS,
    MAX_OWED,
    Limits,
    line_cost,
)
from .lines import OVERLONG
from .names import Names, clean
from .pending import Count, Recall, Rename, Tell
from .rooms import Room


class Commands:
    """Hear what members say, in order, and do it or refuse it."""

    def __init__(
        self, room: Room, names: Names, limits: Limits, counters: Counters
    ) -> None:
        self._room, self._names = room, names
        self._limits, self._counters = limits, counters

    def hear(
        self, connection: Connection, lines: list[bytes], now: float
    ) -> Bye | None:
        """Do what *lines* of a member say, up to the first that has to wait.

        The rest is held by the connection. A line has to wait for an answer that
        is owed, or for the rate. Returns why the connection must end, if it must.
        """
        session, bucket, room = connection.session, connection.bucket, self._room
        decode, max_text = connection.dialect.decode, self._limits.max_text
        name = self._names[session]
        said: list[Draft] = []
        self._counters.lines += len(lines)
        for index, line in enumerate(lines):
            if connection.asking or (bucket is not None and not bucket.is_open(now)):
                connection.held.extend(lines[index:])
                self._counters.lines -= len(lines) - index
                break
            if bucket is not None:
                bucket.spend(line_cost(line))
            command = decode(line)
            if isinstance(command, Say) and _is_sayable(command.text, max_text):
                said.append(Draft(room.name, name, command.text, session))
                continue
            self._say(connection, said)  # before what the command does
            if command is not None:
                self._obey(connection, command)
                name = self._names[session]
            elif line is OVERLONG:
                most = f"a line has at most {self._limits.max_line:,} bytes"
                self._fault(connection, Refused("line_too_long", most))
            if connection.faults >= MAX_FAULTS:
                reason = f"{MAX_FAULTS} lines in a row were not understood"
                return Bye("too_many_faults", reason)
        self._say(connection, said)
        return None

    def _say(self, connection: Connection, said: list[Draft]) -> None:
        """Let the room have what was *said*, and empty that list."""
        if said:
            connection.faults = 0
            self._room.say(said)
            said.clear()

    def _obey(self, connection: Connection, command: Command | Refused) -> None:
        session = connection.session
        if not isinstance(command, Refused):
            connection.faults = 0
        match command:
            case SetName(name):
                self._rename(connection, name)
            case ReadHistory():
                self._ask(connection, Recall(session, HISTORY_PAGE))
            case ListUsers():
                self._ask(connection, Count(session))
            case Refused():
                self._fault(connection, command)
            case Say(text):
                self._refuse(connection, _text_fault(text, self._limits.max_text))
            case _:
                assert_never(command)

    def _rename(self, connection: Connection, wanted: str) -> None:
        name, session = clean(wanted), connection.session
        if isinstance(name, Refused):
            self._refuse(connection, name)
        elif name == self._names[session]:
            self._refuse(connection, Refused("same_name", f"you are {name} already"))
        elif not self._names.take(session, name):
            reason = f"the name {name} is taken, or looks like one that is"
            self._refuse(connection, Refused("name_taken", reason))
        else:
            self._room.add(Rename(session, name))

    def _ask(self, connection: Connection, step: Recall | Count) -> None:
        connection.asking = True
        if connection.bucket is not None:
            connection.bucket.spend(HISTORY_COST - 1)
        self._room.add(step)

    def _refuse(self, connection: Connection, why: Refused) -> None:
        self._counters.refused += 1
        self._room.add(Tell(connection.session, why))
        if self._room.crowd[connection.session].owed >= MAX_OWED:
            connection.asking = True

    def _fault(self, connection: Connection, why: Refused) -> None:
        """Refuse a line that is no command; too many in a row are the end."""
        connection.faults += 1
        self._refuse(connection, why)


def _is_sayable(text: str, most: int) -> bool:
    """Tell whether *text* is not blank, has no NUL and at most *most* bytes of UTF-8.

    A character has four of them at the most.
    """
    return (
        not text.isspace()
        and "\0" not in text
        and 0 < len(text) <= most
        and (len(text) * 4 <= most or len(text.encode()) <= most)
    )


def _text_fault(text: str, most: int) -> Refused:
    if not text or text.isspace():
        return Refused("empty_message", "an empty message is not sent")
    if "\0" in text:
        return Refused("bad_text", "a message has no NUL character in it")
    size = len(text.encode())
    reason = f"that message has {size:,} bytes; {most:,} are the most"
    return Refused("message_too_long", reason)
