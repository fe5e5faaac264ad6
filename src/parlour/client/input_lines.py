"""The input: bytes to lines, and lines to requests and commands."""

from collections.abc import Iterator
from typing import Final

from parlour.core.events import DIRECT_PREFIX
from parlour.system.encodings import (
    BYTE_ORDER_MARK,
    WIDE_BOMS,
    decode,
    decode_surrogates,
)

from .exit_status import ExitCode, ExitStatus
from .protocol import plain, session_encoder
from .protocol.display_items import OwnLine
from .protocol.display_queue import DisplayQueue
from .protocol.line_splitter import OVERLONG, LineSplitter
from .protocol.order_requests import Erase, OrderRequest, room_of_order
from .protocol.outbox import Outbox
from .protocol.requests import (
    AskHistory,
    AskUsers,
    Direct,
    LeaveRoom,
    Login,
    Rename,
    Request,
    Say,
    Search,
    SetTopic,
)
from .protocol.rooms import DIRECT_SIGIL
from .terminal.account_commands import without_secret
from .terminal.commands import (
    Command,
    Confirm,
    EmptyLine,
    InvalidCommand,
    LeaveOther,
    ParsedLine,
    parse_line,
)

LONGEST_BOM: Final = max(map(len, WIDE_BOMS))  # bytes
NOT_TEXT: Final = (
    "Not sent: a line that is neither UTF-8 nor in the encoding of your locale. Set "
    "LC_ALL to a locale of its encoding, or convert it, for example with iconv"
)
NO_ROOM: Final = "you are in no room. Enter one: /join ROOM"
NEEDS_SIGN_IN: Final = (
    "you are not signed in: /login, or /setname NAME to continue as a guest"
)
NO_MODERATORS: Final = "a conversation of two has no moderators"
AFTER_EMPTYING: Final = "{} (after Ctrl-U)"
WIDE: Final = (
    "Not sent: the input is UTF-16 or UTF-32. Convert it: iconv -f UTF-16 -t UTF-8"
)


class InputLines:
    """The lines of the input, and what they mean.

    An *interactive* user confirms ambiguous lines and corrects refused ones. Lines that
    are not UTF-8 are decoded with *encoding*, or refused without one.
    """

    def __init__(
        self,
        display: DisplayQueue,
        status: ExitStatus,
        outbox: Outbox,
        *,
        interactive: bool,
        encoding: str | None = None,
    ) -> None:
        self.was_used = False  # whether there was any line, even a refused one
        self._display, self._status, self._outbox = display, status, outbox
        self._interactive, self._encoding = interactive, encoding
        self._start = b""  # the first bytes of the input
        self._is_first = True  # no line was yielded yet
        self._lines = LineSplitter(plain.MAX_LINE)
        self._to_confirm: str | None = None  # a line that waits for a second Enter
        self._confirm_room = ""  # the room in which it was entered

    def lines(self, data: bytes) -> Iterator[str]:
        """Yield the lines that *data* completes; ``b""`` is the end of the input.

        The caller parses each line before it takes the next one: an empty line may be
        a second Enter.
        """
        if self._is_wide(data):
            return
        # The last line may lack its LF.
        lacks_end = not data and self._lines.has_partial_line
        for line in self._lines.feed(b"\n" if lacks_end else data):
            self.was_used = True
            if line is OVERLONG:
                reason = f"Not sent: {plain.TOO_LONG}"
                self._status.report_mistake(ExitCode.REFUSED, reason)
            elif (text := decode(line.removesuffix(b"\r"), self._encoding)) is None:
                self._status.report_mistake(ExitCode.REFUSED, NOT_TEXT)
            else:
                if self._is_first:  # later, the mark is an ordinary character
                    text = text.removeprefix(BYTE_ORDER_MARK)
                    self._is_first = False
                yield text or self._to_confirm or ""

    def parse(
        self,
        line: str,
        room: str,
        *,
        is_pending: bool,
        closed: str = "",
        needs_sign_in: bool = False,
    ) -> Command | None:
        """Return what a line typed in *room* means.

        It is None if the user must press Enter again, or correct a message.
        The second Enter sends the line as it is, or as corrected. A line break at the
        end of a copied line is removed. *is_pending* shows a request as pending.
        *closed* says why nothing is sent to the room, if the user is not in it any
        more. If the user *needs_sign_in*, only a login or a name is sent.
        """
        self.was_used = True
        if (text := decode_surrogates(line, self._encoding)) is None:
            return self._refuse(NOT_TEXT)
        line = text
        if self._interactive:  # copied text may include a byte order mark
            line = text.removeprefix(BYTE_ORDER_MARK).rstrip("\r\n")
        is_confirmed = (line, room) == (self._to_confirm, self._confirm_room)
        self._to_confirm = None
        found: ParsedLine = Say(line, room)
        if not is_confirmed:
            found = parse_line(line, confirm=self._interactive, room=room)
        if reason := _obstacle(found, room, closed, needs_sign_in=needs_sign_in):
            if isinstance(found, Say):
                if self._interactive and reason == closed:  # a command is needed next
                    reason = AFTER_EMPTYING.format(reason)
                return self._refuse(f"Not sent: {reason}")
            self._display.show(OwnLine(line, room=room))
            return InvalidCommand(f"Not possible: {reason}")
        if reason := _excess(Say(line) if isinstance(found, Confirm) else found):
            return self._refuse(f"Not sent: {reason}")
        is_request = isinstance(found, Request | LeaveOther)
        if self._interactive and not self._outbox.has_room and is_request:
            self._display.note("Not sent: too many lines are waiting to be sent")
            return None
        if isinstance(found, Confirm):
            self._to_confirm, self._confirm_room = line, room
            self._display.note(found.question)
            return None
        if not isinstance(found, EmptyLine):
            self._echo(found, line, room, is_pending=is_pending and is_request)
        return found

    def line_edited(self) -> None:
        """Record that the line is edited: Enter does not confirm it any more."""
        self._to_confirm = None

    def _refuse(self, reason: str) -> Command | None:
        """Report a refused line, and return None if the user can correct it."""
        self._status.report_mistake(ExitCode.REFUSED, reason)
        return None if self._interactive else EmptyLine()

    def _echo(self, found: Command, line: str, room: str, *, is_pending: bool) -> None:
        """Show a line where it was typed, without the secrets of a command."""
        is_message = isinstance(found, Say) or (
            isinstance(found, Direct) and bool(found.text)
        )
        shown = line if is_message else without_secret(line)
        self._display.show(OwnLine(shown, is_pending, room, is_message))

    def _is_wide(self, data: bytes) -> bool:
        """Return whether the input is UTF-16 or UTF-32, and report it once."""
        was_wide = self._start.startswith(WIDE_BOMS)
        if len(self._start) < LONGEST_BOM:
            self._start = (self._start + data)[:LONGEST_BOM]
        is_wide = self._start.startswith(WIDE_BOMS)
        if is_wide and not was_wide:
            self.was_used = True
            self._status.report_mistake(ExitCode.REFUSED, WIDE)
        return is_wide


def checked_name(wanted: str, status: ExitStatus) -> str:
    """Return the initial name *wanted*, or "" if it is too long to send."""
    if reason := _excess(Rename(wanted)):
        status.report_mistake(ExitCode.REFUSED, f"Not sent: {reason}")
        return ""
    return wanted


def _obstacle(found: ParsedLine, room: str, closed: str, *, needs_sign_in: bool) -> str:
    """Return why *found* is not possible now, or ""."""
    if needs_sign_in and not isinstance(found, Rename | Login):
        return NEEDS_SIGN_IN if isinstance(found, Request) else ""
    return _lacks_room(found, room, closed)


def _lacks_room(found: ParsedLine, current: str, closed: str) -> str:
    """Return why *found* is not possible in the *current* room, or "".

    There may be none, or *closed* says why it is over.
    """
    room: str | None
    match found:
        case Say() | AskHistory() | AskUsers() | SetTopic() | Search() | LeaveRoom():
            room = found.room
        case _ if isinstance(found, OrderRequest):
            room = room_of_order(found)
            is_direct = room and room.startswith((DIRECT_PREFIX, DIRECT_SIGIL))
            if is_direct and not isinstance(found, Erase):
                return NO_MODERATORS
        case _:
            return ""
    if room == "":
        return NO_ROOM
    is_closed = closed and room == current and not isinstance(found, LeaveRoom)
    return closed if is_closed else ""


def _excess(found: ParsedLine) -> str:
    """Return why a request does not fit on a line of the wire, or ""."""
    if isinstance(found, LeaveOther):
        found = LeaveRoom(found.target)
    try:
        match found:
            case Say(text) | Direct(_, text) if text:
                plain.encode(Say(text))  # in any room
            case Rename():
                plain.encode(found)
    except plain.TooLong as exc:
        return str(exc)
    is_long = (
        isinstance(found, Request)
        and len(session_encoder.encode(found)) > session_encoder.MAX_LINE
    )
    return plain.TOO_LONG if is_long else ""
