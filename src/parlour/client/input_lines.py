"""What is typed, or comes through a pipe: bytes to lines, lines to what they mean."""

from collections.abc import Iterator
from typing import Final

from parlour.core.protocol.lines import OVERLONG, LineSplitter
from parlour.system.encodings import (
    BYTE_ORDER_MARK,
    WIDE_BOMS,
    decode,
    decode_surrogates,
)

from .exit_status import ExitCode, ExitStatus
from .protocol import plain
from .protocol.display_items import OwnLine
from .protocol.display_queue import DisplayQueue
from .protocol.outbox import Outbox
from .protocol.requests import Rename, Request, Say
from .terminal.commands import Command, Confirm, EmptyLine, ParsedLine, parse_line

LONGEST_MARK: Final = max(map(len, WIDE_BOMS))
NO_TEXT: Final = (
    "Not sent: a line that is neither UTF-8 nor in the encoding of your locale. Set "
    "LC_ALL to a locale of its encoding, or convert it, for example with iconv"
)
WIDE: Final = (
    "Not sent: the input is UTF-16 or UTF-32. Convert it: iconv -f UTF-16 -t UTF-8"
)


class InputLines:
    """Where lines come from. A *person* is asked about some, and may mend others.

    What is no UTF-8 is in *encoding*, or no text.
    """

    def __init__(
        self,
        view: DisplayQueue,
        faults: ExitStatus,
        outbox: Outbox,
        *,
        person: bool,
        encoding: str | None = None,
    ) -> None:
        self.was_used = False  # any line counts, whatever it says
        self._view, self._faults, self._outbox = view, faults, outbox
        self._person, self._encoding = person, encoding
        self._start = b""  # of the input
        self._is_first = True  # no line of it was yielded
        self._lines = LineSplitter(plain.MAX_LINE)
        self._held: str | None = None  # a line that waits for a second Enter

    def lines(self, data: bytes) -> Iterator[str]:
        """Yield the lines in bytes of the input, cut anywhere; ``b""`` is its end.

        Each is to be read before the next: an empty one may be a second Enter.
        """
        if self._is_wide(data):
            return
        is_cut = not data and self._lines.begun  # a last line without its LF
        for line in self._lines.feed(b"\n" if is_cut else data):
            self.was_used = True
            if line is OVERLONG:
                self._faults.slip(ExitCode.REFUSED, f"Not sent: {plain.TOO_LONG}")
            elif (text := decode(line.removesuffix(b"\r"), self._encoding)) is None:
                self._faults.slip(ExitCode.REFUSED, NO_TEXT)
            else:
                if self._is_first:  # further on, it is a character like any other
                    text = text.removeprefix(BYTE_ORDER_MARK)
                    self._is_first = False
                yield text or self._held or ""

    def read(self, line: str, *, is_offline: bool) -> Command | None:
        """Return what a line means; None if a person has to press Enter again.

        That is to send it as it is, or once it is mended. The line break that comes
        along when a whole line is copied is not meant.
        """
        self.was_used = True
        if (text := decode_surrogates(line, self._encoding)) is None:
            self._faults.slip(ExitCode.REFUSED, NO_TEXT)
            return None if self._person else EmptyLine()
        line = text
        if self._person:  # a mark may come along with what is copied
            line = text.removeprefix(BYTE_ORDER_MARK).rstrip("\r\n")
        is_sure = line == self._held  # Enter was pressed again
        self._held = None
        found = Say(line) if is_sure else parse_line(line, careful=self._person)
        try:
            _check(Say(line) if isinstance(found, Confirm) else found)
        except plain.TooLong as exc:
            self._faults.slip(ExitCode.REFUSED, f"Not sent: {exc}")
            return None if self._person else EmptyLine()
        if self._person and not self._outbox.has_room and isinstance(found, Request):
            self._view.note("Not sent: too much waits to be sent already")
            return None
        if isinstance(found, Confirm):
            self._held = line
            self._view.note(found.question)
            return None
        if not isinstance(found, EmptyLine):
            is_pending = is_offline and isinstance(found, Request)
            self._view.show(OwnLine(line, is_pending=is_pending))
        return found

    def name(self, wanted: str) -> str:
        """Return the name *wanted* from the start, nothing if it is too long."""
        try:
            _check(Rename(wanted))
        except plain.TooLong as exc:
            self._faults.slip(ExitCode.REFUSED, f"Not sent: {exc}")
            return ""
        return wanted

    def _is_wide(self, data: bytes) -> bool:
        """Tell whether the input is refused for good, and say so the first time."""
        was_wide = self._start.startswith(WIDE_BOMS)
        if len(self._start) < LONGEST_MARK:
            self._start = (self._start + data)[:LONGEST_MARK]
        is_wide = self._start.startswith(WIDE_BOMS)
        if is_wide and not was_wide:
            self.was_used = True
            self._faults.slip(ExitCode.REFUSED, WIDE)
        return is_wide

    def edited(self) -> None:
        """Learn that what Enter was to be pressed for again is being changed."""
        self._held = None


def _check(found: ParsedLine) -> None:
    """Raise TooLong for what does not fit on a line of the wire."""
    if isinstance(found, Request):
        plain.encode(found)
