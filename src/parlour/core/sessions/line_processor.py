"""Line processing: the lines of a connection become messages and commands, in order."""

from ..counters import Counters
from ..entries import DirectShown, Said, Whispered
from ..events import LOBBY, AccountNumber, Bye, Refused, is_direct_room
from ..limits import MAX_INVALID_LINES, Limits
from ..protocol.commands import Goodbye, Logout, Say, Submit
from ..protocol.foreign_protocols import detect_foreign_line, foreign_client_bye
from ..protocol.json_objects import starts_object
from ..protocol.line_buffer import OVERLONG
from ..protocol.message_text import is_private_command, is_valid_text
from ..protocol.tokens import idempotency_key
from ..rate_limit import line_cost
from ..state.sessions import Session
from ..state.state import State
from .closing import GOODBYE
from .command_handlers import CommandHandlers
from .connection import Connection
from .proposals import Proposals
from .work_budget import BYTES_PER_UNIT


class LineProcessor:
    """Turns lines into messages, and gives commands to their handlers."""

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        handlers: CommandHandlers,
        limits: Limits,
        counters: Counters,
    ) -> None:
        self._state, self._proposals, self._handlers = state, proposals, handlers
        self._max_text, self._counters = limits.max_text, counters
        reason = f"a line has at most {limits.max_line:,} bytes"
        self._line_too_long = Refused("line_too_long", reason)

    def process(
        self, connection: Connection, quantum: int, now: float
    ) -> tuple[Bye | None, int]:
        """Process the lines of a connection, up to the first line that must wait.

        A line waits for the answer to an earlier line, or until its entry is settled,
        for the rate limit, or, once about *quantum* units of work are done, for the
        next turn. Returns the reason to close the connection, if there is one, and the
        units of work done.
        """
        bucket, lines, work = connection.bucket, connection.input, 0
        bye: Bye | None = None
        while bye is None and work < quantum and lines.complete_lines:
            if connection.must_wait or (
                bucket is not None and not bucket.has_token(now)
            ):
                break
            # With a rate limit, take one line at a time: its cost depends on its size.
            left = quantum - work
            batch = lines.peek(left if bucket is None else 1, left * BYTES_PER_UNIT)
            if bucket is not None:
                bucket.spend(line_cost(batch[0]))
            if len(batch) > 1 or not _is_heartbeat(batch[0]):
                connection.active_at = now
            bye, count, spent = self._process_batch(connection, batch, left)
            self._counters.lines += count
            work += spent
            if connection.is_open:  # otherwise, there are no lines any more
                work += lines.advance(count) // BYTES_PER_UNIT
        return bye, work

    def _process_batch(
        self, connection: Connection, batch: list[bytes], quantum: int
    ) -> tuple[Bye | None, int, int]:
        """Process lines in order, up to the first line that must wait.

        Returns the reason to close the connection, if there is one; the number of
        processed lines; and the units of work done. One function has the whole loop,
        because it runs for every line.
        """
        decode, max_text = connection.dialect.decode, self._max_text
        session = self._state.sessions.get(connection.session)
        attachment, extra, count = connection.attachment, 0, 0
        said: list[Said | Whispered] = []
        for count, line in enumerate(batch, start=1):
            command = decode(line)
            if (
                session is not None
                and isinstance(command, Say)
                and is_valid_text(command.text, max_text)
            ):
                if type(command) is not Submit:  # faster than isinstance()
                    # Few texts have a slash, and looking for one is faster than a call.
                    if "/" not in command.text or not is_private_command(command.text):
                        name, account = session.name, session.account
                        text, id_ = command.text, session.id
                        said.append(
                            Said(
                                *(LOBBY, name, text, attachment),
                                account=account,
                                session=id_,
                            )
                        )
                        continue
                elif self._state.is_member(session, command.room):
                    said.append(self._said(connection, session, command))
                    continue
            # Messages take effect before the command that follows them.
            self._say(connection, said)
            if isinstance(command, Goodbye | Logout) and self._handlers.may_end(
                connection, command
            ):
                return GOODBYE, count, count
            if line is OVERLONG:
                command = self._line_too_long
            if command is None:
                continue  # a blank line
            if isinstance(command, Refused) and (
                protocol := _foreign_protocol(connection, count - 1, line)
            ):
                return foreign_client_bye(protocol), count, count
            extra += self._handlers.handle(connection, command)
            if connection.invalid_lines >= MAX_INVALID_LINES:
                reason = f"{MAX_INVALID_LINES} lines in a row were not understood"
                return Bye("too_many_faults", reason), count, count + extra
            # A wrong key too many ends the connection.
            has_ended = not connection.is_open
            if has_ended or connection.must_wait or count + extra >= quantum:
                break
        self._say(connection, said)
        return None, count, count + extra

    def _say(self, connection: Connection, said: list[Said | Whispered]) -> None:
        """Propose messages, and empty the list."""
        if said:
            connection.invalid_lines, connection.has_sent_line = 0, True
            self._proposals.say(said, connection)
            said.clear()

    def _said(
        self, connection: Connection, session: Session, command: Submit
    ) -> Said | Whispered:
        room, token = command.room, connection.token
        key = idempotency_key(token, room, command.id)
        by, token = connection.attachment, token if key else ""
        source, text, id_ = session.name, command.text, command.id
        if is_direct_room(room) and not self._is_kept(connection, command):
            return Whispered(room, source, text, by, key, id_, token)
        account = session.account
        return Said(room, source, text, by, key, id_, token, account, session.id)

    def _is_kept(self, connection: Connection, command: Submit) -> bool:
        """Return whether a message in a direct room is kept.

        Before such a message, its receiver hears of the room.
        """
        room = self._state.rooms[command.room]
        if not room.is_kept:
            return False
        person = self._state.sessions[connection.session].person
        if self._state.kept_direct_rooms.must_show(room, person):
            other = AccountNumber(-room.partner(person))
            entry = DirectShown(connection.attachment, other, room.name)
            self._proposals.propose(entry)
        return True


def _foreign_protocol(connection: Connection, index: int, line: bytes) -> str:
    """Return the name of the other protocol to which *line* belongs, or ``""``.

    *index* is the index of the line in the last `peek`.
    """
    if line is OVERLONG:
        start = connection.input.peeked_line_start(index)
        return "" if starts_object(start) else "longer lines"
    return detect_foreign_line(line, is_first=not connection.has_sent_line)


def _is_heartbeat(line: bytes) -> bool:
    """Return whether a client has sent *line* by itself, as far as its start tells."""
    start = line[:24]
    return b'"pong"' in start or b'"ping"' in start
