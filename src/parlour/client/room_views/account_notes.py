"""The client's own words about accounts, all of them safe to print."""

from collections.abc import Iterator
from typing import Final

from parlour.core.events import SERVER

from ..protocol.account_items import (
    AccountItem,
    DeviceList,
    DeviceRow,
    PasswordChanged,
    SignedIn,
    SignInRefused,
)
from ..protocol.display_items import Answer, AnswerRow, Note, Refusal
from ..terminal.formatter import local_moment
from ..terminal.safe_text import make_safe, safe_name
from .order_notes import in_local_time

MEMBER: Final = "member"  # the role that needs no mention
NO_DEVICES: Final = "No device can sign in without the password"
CHANGED: Final = "The password is changed, and all other devices are signed out"
TRY_AGAIN: Final = (
    "Not signed in as {}: /login to try again, or /setname NAME to continue as a guest"
)
NEEDS_ACCOUNT: Final = "This server asks for an account: /login NAME"


def account_notes(item: AccountItem) -> Iterator[Answer | Refusal | Note]:
    """Yield what is displayed about *item*."""
    match item:
        case SignedIn(name, role):
            shown = "" if role in ("", MEMBER) else f" ({make_safe(role)})"
            yield Note(f"signed in as {safe_name(name)}{shown}")
        case PasswordChanged():
            yield Note(CHANGED)
        case SignInRefused(account, reason, True):
            why = f"Not signed in as {safe_name(account)}: {make_safe(reason)}"
            yield Note(f"{why}. You are a guest now")
        case SignInRefused(account, reason, _, line, code):
            yield Refusal(in_local_time(reason), line, code)
            hint = TRY_AGAIN.format(safe_name(account)) if account else NEEDS_ACCOUNT
            yield Note(hint)
        case DeviceList():
            yield _device_list(item)


def _device_list(found: DeviceList) -> Answer:
    """Return the devices as a table."""
    count = len(found.devices)
    what = "1 device:" if count == 1 else f"{count:,} devices:"
    heading = what if count else NO_DEVICES
    if found.revoked:
        heading = f"device {found.revoked} is signed out; {heading}"
    rows = [AnswerRow(SERVER, heading)]
    rows += [_device(device) for device in found.devices]
    return Answer(tuple(rows), found.line, room="")


def _device(device: DeviceRow) -> AnswerRow:
    moment = local_moment(device.added)
    added = "" if moment is None else f"added {moment:%Y-%m-%d}"
    sessions = "1 session" if device.sessions == 1 else f"{device.sessions:,} sessions"
    here = "this device" if device.is_current else ""
    number = str(device.number)
    more = [part for part in (device.label, added, sessions, here) if part]
    cells = number, device.label, added, sessions, here
    return AnswerRow(SERVER, f"{number} {', '.join(more)}", cells=cells)
