"""What is displayed about accounts, in every look."""

import pytest

from parlour.client.protocol.account_items import (
    AccountItem,
    DeviceList,
    DeviceRow,
    PasswordChanged,
    SignedIn,
    SignInRefused,
)
from parlour.client.room_views.account_notes import TRY_AGAIN
from parlour.client.room_views.screen import RoomDisplay
from parlour.client.terminal.rich.formatter import RichFormatter
from parlour.client.terminal.screen_reader.formatter import SpokenFormatter
from parlour.client.terminal.shown_items import ShownItem
from tests.client.room_views.chat import Chat

DEVICES = DeviceList(
    (
        DeviceRow(1, "laptop", "2026-11-27T12:00:00Z", is_current=True, sessions=1),
        DeviceRow(12, "x\x1b[2J", "", is_current=False, sessions=0),
    ),
    b'{"type": "devices"}',
)
REASON = "the account, the password or the key is wrong"


def classic(item: AccountItem) -> list[str]:
    return Chat().happens(item)


def shown(item: AccountItem) -> list[ShownItem]:
    chat = Chat()
    chat.views.feed([item])
    return chat.views.take()


@pytest.mark.parametrize(
    ("role", "note"),
    [
        ("member", "-- signed in as romeo"),
        ("", "-- signed in as romeo"),
        ("moderator", "-- signed in as romeo (moderator)"),
        ("\x1b", "-- signed in as romeo (␛)"),
    ],
)
def test_one_line_says_who_is_signed_in(role: str, note: str) -> None:
    assert classic(SignedIn("romeo", role, b"{}")) == [note]


def test_a_refused_sign_in_is_explained_with_what_to_do() -> None:
    assert classic(SignInRefused("romeo", REASON, line=b"{}", code="auth_failed")) == [
        f"[Server]: {REASON}",
        f"-- {TRY_AGAIN.format('romeo')}",
    ]


def test_a_guest_who_is_not_admitted_is_told_to_sign_in() -> None:
    assert classic(SignInRefused("", "no guests", line=b"{}"))[1:] == [
        "-- This server asks for an account: /login NAME"
    ]


def test_a_user_who_is_a_guest_instead_is_told_why() -> None:
    item = SignInRefused("romeo", "this server has no accounts", is_admitted=True)

    assert classic(item) == [
        "-- Not signed in as romeo: this server has no accounts. You are a guest now"
    ]


def test_a_changed_password_is_confirmed() -> None:
    assert classic(PasswordChanged(b"{}")) == [
        "-- The password is changed, and all other devices are signed out"
    ]


def test_devices_are_rows_of_an_answer() -> None:
    assert classic(DEVICES) == [
        "[Server]: 2 devices:",
        "[Server]: 1 laptop, added 2026-11-27, 1 session, this device",
        "[Server]: 12 x␛[2J, 0 sessions",
    ]


@pytest.mark.parametrize(
    ("rows", "revoked", "heading"),
    [
        ((), 0, "No device can sign in without the password"),
        (DEVICES.devices[:1], 3, "device 3 is signed out; 1 device:"),
    ],
)
def test_the_heading_counts_devices(
    rows: tuple[DeviceRow, ...], revoked: int, heading: str
) -> None:
    first, *_ = classic(DeviceList(rows, b"{}", revoked))

    assert first == f"[Server]: {heading}"


def test_devices_are_a_table_in_the_rich_style() -> None:
    _day, _heading, *rows = RichFormatter().lines(shown(DEVICES))

    assert [row.text.strip() for row in rows] == [
        "1   laptop  added 2026-11-27  1 session   this device",
        "12  x␛[2J                     0 sessions",
    ]


def test_a_screen_reader_says_who_is_signed_in() -> None:
    lines = SpokenFormatter().lines(shown(SignedIn("romeo", "member", b"{}")))

    assert [line.text for line in lines] == ["Info: signed in as romeo"]


@pytest.mark.parametrize(
    "item",
    [
        SignedIn("romeo", "member", b'{"type": "account"}'),
        PasswordChanged(b'{"type": "account"}'),
        DEVICES,
        SignInRefused("romeo", REASON, line=b'{"type": "error"}'),
    ],
)
def test_a_program_gets_the_line_of_the_wire(item: AccountItem) -> None:
    chat = Chat(display=RoomDisplay.EXACT, is_script=True)

    assert chat.happens(item) == [item.line.decode()]
