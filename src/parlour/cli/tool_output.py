"""What the commands for a history print."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from parlour.system.standard_streams import print_error

if TYPE_CHECKING:
    from parlour.journal.tools.exporting import LeftOut
    from parlour.journal.tools.report import Report

Progress = Callable[[int, int], None]
"""Called with the completed and the total amount; see `journal.tools.progress`."""

ERASE_LINE: Final = "\r\x1b[K"
MAX_LISTED_ROOMS: Final = 20  # by `verify`; the others are counted


def printable(line: str) -> str:
    """Escape the control characters in *line*, which may be from an untrusted file."""
    if line.isprintable():
        return line
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode()
        for each in line
    )


def described(report: "Report") -> Iterator[str]:
    """Yield a line for each room, or for the largest ones, and one for all.

    The accounts, sanctions and acts of the audit log, if there are any, have a line at
    the end for each kind.
    """
    rooms = list(report.rooms.items())
    if len(rooms) > MAX_LISTED_ROOMS:
        rooms.sort(key=lambda item: -item[1].messages)
    listed, others = rooms[:MAX_LISTED_ROOMS], rooms[MAX_LISTED_ROOMS:]
    for name, room in listed:
        state = "" if room.is_open else ", closed"
        if room.messages:
            stored = f"{messages(room.messages)}, {room.first:,} to {room.head:,}"
        else:
            stored = "no messages"
        yield f"{name}: {stored}{state}"
    if others:
        stored = messages(sum(room.messages for _, room in others))
        yield f"{len(others):,} other rooms: {stored}"
    if len(rooms) > 1:
        yield f"all {len(rooms):,} rooms: {messages(report.messages)}"
    if report.accounts:
        yield accounts(report.accounts)
    if count := report.sanctions:
        yield "1 sanction" if count == 1 else f"{count:,} sanctions"
    if count := report.invitations:
        yield "1 invitation" if count == 1 else f"{count:,} invitations"
    if count := report.acts:
        acts = "1 act" if count == 1 else f"{count:,} acts"
        yield f"{acts} in the audit log"


def messages(count: int) -> str:
    """Return *count* as a number of messages."""
    return "1 message" if count == 1 else f"{count:,} messages"


def accounts(count: int) -> str:
    """Return *count* as a number of accounts."""
    return "1 account" if count == 1 else f"{count:,} accounts"


def missing_notes(
    missing: "LeftOut", *, is_whole: bool, has_direct: bool
) -> Iterator[str]:
    """Yield what an export lacks; *is_whole* if it has all rooms."""
    if missing.accounts:
        what = f"{accounts(missing.accounts)} {_are(missing.accounts)}"
        if not is_whole:
            yield f"{what} not exported with single rooms"
            return
        yield f"{what} exported without passwords and devices: a backup has them"
    if missing.codes:
        what = "code" if missing.codes == 1 else "codes"
        are = _are(missing.codes)
        yield f"{missing.codes:,} {what} of invitations {are} not exported"
    if missing.direct and not has_direct:
        what = "conversation" if missing.direct == 1 else "conversations"
        advice = "add --direct, or make a backup"
        are = _are(missing.direct)
        yield f"{missing.direct:,} direct {what} {are} not exported: {advice}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


@contextmanager
def showing_progress(verb: str, *, is_quiet: bool = False) -> Iterator[Progress]:
    """Show the progress if standard error is a terminal, and erase it at the end."""
    if is_quiet or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    shown = ""

    def show(done: int, total: int) -> None:
        nonlocal shown
        amount = f"{100 * done // total} %" if total else messages(done)
        if amount != shown:
            shown = amount
            print_error(f"{ERASE_LINE}{verb}: {amount}")

    try:
        yield show
    finally:
        print_error(ERASE_LINE)
