"""Command handlers: they carry out the commands of sessions."""

from typing import assert_never

from ..counters import Counters
from ..events import Bye, Ping, Pong, Refused, RoomName
from ..limits import HISTORY_PAGE, MAX_INVALID_LINES, MAX_WAITING_ANSWERS, Limits
from ..names.registry import NameRegistry
from ..names.validation import normalize_name
from ..protocol.commands import (
    Command,
    Hello,
    Leave,
    ListUsers,
    ReadHistory,
    ReadPage,
    Say,
    SearchHistory,
    SetName,
    Submit,
)
from ..protocol.foreign_protocols import detect_foreign_line, foreign_client_bye
from ..protocol.json_objects import starts_object
from ..protocol.line_buffer import OVERLONG
from ..protocol.message_text import is_valid_text, text_error
from ..protocol.plain import LATE_HELLO_REASON
from ..protocol.tokens import idempotency_key
from ..rate_limit import LINES_PER_QUERY, line_cost
from ..rooms.room import Room
from ..rooms.steps import QueryHistory, QueryUsers, SendPrivate
from ..storage import END_OF_SEQUENCES, After, Before, Draft, Purpose, Query, Search
from .admission import Admission, name_taken
from .connection import Connection, ConnectionKind
from .work_budget import (
    ANSWER_COST,
    BYTES_PER_UNIT,
    QUERY_COST,
    RENAME_COST,
    USERS_PER_UNIT,
)

GOODBYE = Bye("bye", "you said goodbye")
READ_ONLY = Refused("read_only", "this page only shows the chat")
WATCHING = Refused(
    "watching", "this session only watches; take a name (set-name) to send messages"
)


class CommandHandlers:
    """The handlers of commands, which turn them into drafts or steps of the room.

    A command that a session must not give is refused.
    """

    def __init__(
        self,
        room: Room,
        names: NameRegistry,
        limits: Limits,
        counters: Counters,
        admission: Admission,
    ) -> None:
        self._room, self._names, self._admission = room, names, admission
        self._limits, self._counters = limits, counters
        reason = f"a line has at most {limits.max_line:,} bytes"
        self._line_too_long = Refused("line_too_long", reason)

    def process(
        self, connection: Connection, quantum: int, now: float
    ) -> tuple[Bye | None, int]:
        """Process the lines of a session, up to the first line that must wait.

        A line waits for the answer to an earlier line, for the rate limit, or, once
        about *quantum* units of work are done, for the next turn. Returns the reason
        to close the connection, if there is one, and the units of work done.
        """
        bucket, lines, work = connection.bucket, connection.input, 0
        bye: Bye | None = None
        while bye is None and work < quantum and lines.complete_lines:
            if connection.awaits_answer or (
                bucket is not None and not bucket.has_token(now)
            ):
                break
            # With a rate limit, take one line at a time: its cost depends on its size.
            left = quantum - work
            batch = lines.peek(left if bucket is None else 1, left * BYTES_PER_UNIT)
            if bucket is not None:
                bucket.spend(line_cost(batch[0]))
            bye, count, spent = self._process_batch(connection, batch, left, now)
            self._counters.lines += count
            work += spent + lines.advance(count) // BYTES_PER_UNIT
        return bye, work

    def _process_batch(
        self, connection: Connection, batch: list[bytes], quantum: int, now: float
    ) -> tuple[Bye | None, int, int]:
        """Process lines in order, up to the first line that must wait.

        Returns the reason to close the connection, if there is one; the number of
        processed lines; and the units of work done. One function has the whole loop,
        because it runs for every line.
        """
        session, room = connection.session, self._room
        decode, max_text = connection.dialect.decode, self._limits.max_text
        name, extra, count = self._names[session], 0, 0
        drafts: list[Draft] = []
        for count, line in enumerate(batch, start=1):
            command = decode(line)
            if isinstance(command, Say) and is_valid_text(command.text, max_text):
                if isinstance(command, Submit):
                    drafts.append(_draft(connection, room.name, name, command))
                else:
                    drafts.append(Draft(room.name, name, command.text, session))
                continue
            # Messages take effect before the command that follows them.
            self._add_drafts(connection, drafts)
            if isinstance(command, Leave):
                return GOODBYE, count, count
            if line is OVERLONG:
                command = self._line_too_long
            if command is None:
                continue  # a blank line
            if isinstance(command, Refused) and (
                protocol := _foreign_protocol(connection, count - 1, line)
            ):
                return foreign_client_bye(protocol), count, count
            extra += self._handle(connection, command, now)
            name = self._names[session]
            decode = connection.dialect.decode  # a late hello changes it
            if connection.invalid_lines >= MAX_INVALID_LINES:
                reason = f"{MAX_INVALID_LINES} lines in a row were not understood"
                return Bye("too_many_faults", reason), count, count + extra
            if connection.awaits_answer or count + extra >= quantum:
                break
        self._add_drafts(connection, drafts)
        return None, count, count + extra

    def _add_drafts(self, connection: Connection, drafts: list[Draft]) -> None:
        """Add *drafts* to the room, or refuse them, and empty the list."""
        if not drafts:
            return
        connection.invalid_lines, connection.has_sent_line = 0, True
        if connection.is_watching:
            why = WATCHING if _may_be_user(connection) else READ_ONLY
            for draft in drafts:
                self._refuse(connection, why.replace(id=draft.id or ""))
        else:
            self._room.add_drafts(drafts)
        drafts.clear()

    def _handle(
        self, connection: Connection, command: Command | Refused, now: float
    ) -> int:
        """Handle one command; return its units of work in addition to its line's."""
        room = self._room.name
        is_first, connection.has_sent_line = not connection.has_sent_line, True
        if not isinstance(command, Refused):
            connection.invalid_lines = 0
        match command:
            case Hello():
                self._upgrade(connection, command, now, is_first=is_first)
            case SetName(name):
                self._rename(connection, name, now)
                return RENAME_COST
            case ReadHistory():
                query = Before(room, END_OF_SEQUENCES, HISTORY_PAGE)
                return self._query(connection, query, Purpose.SUMMARY)
            case ReadPage():
                return self._query(connection, _page(room, command), Purpose.PAGE)
            case SearchHistory(words, before, limit):
                search = Search(room, words, _end(before), limit)
                return self._query(connection, search, Purpose.SEARCH)
            case ListUsers():
                return self._list_users(connection)
            case Ping(token):
                self._answer(connection, Pong(token))
            case Pong() | Leave():
                pass  # any line restarts the heartbeat; `Leave` was handled before
            case Refused():
                self._refuse_line(connection, command)
            case Say(text):
                id_ = command.id if isinstance(command, Submit) else ""
                refusal = text_error(text, self._limits.max_text, id_)
                self._refuse(connection, refusal)
            case _:
                assert_never(command)
        return ANSWER_COST

    def _upgrade(
        self, connection: Connection, hello: Hello, now: float, *, is_first: bool
    ) -> None:
        """Upgrade a silent member to the session dialect; refuse any later *hello*."""
        if is_first:
            self._admission.upgrade(connection, hello, now)
        else:
            self._refuse_line(connection, Refused("late_hello", LATE_HELLO_REASON))

    def _rename(self, connection: Connection, wanted: str, now: float) -> None:
        name, session = normalize_name(wanted), connection.session
        if not _may_be_user(connection):
            self._refuse(connection, READ_ONLY)
        elif isinstance(name, Refused):
            self._refuse(connection, name)
        elif name == self._names[session]:
            self._refuse(connection, Refused("same_name", f"you are {name} already"))
        elif connection.is_watching and (
            bye := self._admission.user_rejection(connection)
        ):
            self._refuse(connection, Refused(bye.code, bye.reason))
        elif not self._names.claim(session, name):
            self._refuse(connection, name_taken(name))
        elif connection.is_watching:
            self._admission.become_user(connection, now)
        else:
            self._admission.announce_rename(connection)

    def _query(self, connection: Connection, query: Query, purpose: Purpose) -> int:
        """Queue a query of the history; return its units of work."""
        self._await_answer(connection, QueryHistory(connection.session, query, purpose))
        return QUERY_COST

    def _list_users(self, connection: Connection) -> int:
        """Queue a query of the users; return its units of work."""
        self._await_answer(connection, QueryUsers(connection.session))
        return ANSWER_COST + len(self._room.roster) // USERS_PER_UNIT

    def _await_answer(
        self, connection: Connection, step: QueryHistory | QueryUsers
    ) -> None:
        connection.awaits_answer = True
        if connection.bucket is not None:
            connection.bucket.spend(LINES_PER_QUERY - 1)
        self._room.add(step)

    def _refuse(self, connection: Connection, why: Refused) -> None:
        self._counters.refused += 1
        self._answer(connection, why)

    def _answer(self, connection: Connection, event: Refused | Pong) -> None:
        """Send an answer; the next line waits if too many answers are undelivered."""
        self._room.add(SendPrivate(connection.session, event))
        if self._room.delivery[connection.session].undelivered >= MAX_WAITING_ANSWERS:
            connection.awaits_answer = True

    def _refuse_line(self, connection: Connection, why: Refused) -> None:
        """Refuse a line that is not a valid command, and count it."""
        connection.has_sent_line = True
        connection.invalid_lines += 1
        self._refuse(connection, why)


def _foreign_protocol(connection: Connection, index: int, line: bytes) -> str:
    """Return the name of the other protocol to which *line* belongs, or ``""``.

    *index* is the index of the line in the last `peek`.
    """
    if line is OVERLONG:
        start = connection.input.peeked_line_start(index)
        return "" if starts_object(start) else "longer lines"
    return detect_foreign_line(line, is_first=not connection.has_sent_line)


def _may_be_user(connection: Connection) -> bool:
    return connection.kind is not ConnectionKind.READ_ONLY_PAGE


def _draft(
    connection: Connection, room: RoomName, source: str, command: Submit
) -> Draft:
    return Draft(
        room=room,
        source=source,
        text=command.text,
        session=connection.session,
        key=idempotency_key(connection.token, command.id),
        id=command.id,
    )


def _page(room: RoomName, command: ReadPage) -> Query:
    if command.after is not None:
        return After(room, command.after, END_OF_SEQUENCES, command.limit)
    return Before(room, _end(command.before), command.limit)


def _end(before: int | None) -> int:
    return END_OF_SEQUENCES if before is None else before
