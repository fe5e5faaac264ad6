"""What a prompt does for a user who is away."""

from parlour.client.protocol.display_items import ChatMessage, Note
from parlour.client.protocol.local_commands import SetBell
from parlour.client.terminal.alerts import Alerts
from parlour.client.terminal.attention import (
    BELL,
    NO_FOCUS_REPORTS,
    REPORT_FOCUS,
)
from parlour.client.terminal.shown_items import Divider, DividerKind, Labelled
from parlour.core.events import SERVER

HELLO = ChatMessage("bob", "hello", b"")
MENTION = Labelled(HELLO, "", is_mention=True)
NEW = Divider("new", DividerKind.NEW)


def away() -> Alerts:
    alerts = Alerts()
    alerts.attention.focused(is_focused=False, now=0.0)
    return alerts


def test_the_first_message_of_an_absence_has_a_divider() -> None:
    alerts = away()
    notice = ChatMessage(SERVER, "eve has entered the chat", b"")

    assert alerts.add([notice, Note("x")], "me") == [notice, Note("x")]
    assert alerts.add([HELLO, HELLO], "me") == [NEW, HELLO, HELLO]
    assert alerts.add([HELLO], "me") == [HELLO]

    alerts.attention.focused(is_focused=True, now=0.0)
    assert alerts.add([HELLO], "me") == [HELLO]

    alerts.attention.focused(is_focused=False, now=0.0)
    assert alerts.add([HELLO], "me") == [NEW, HELLO]


def test_an_own_line_is_not_new() -> None:
    alerts = away()
    own = ChatMessage("me", "at last", b"")

    assert alerts.add([own], "me") == [own]
    assert alerts.add([own, HELLO], "me") == [own, NEW, HELLO]


def test_the_bell_rings_once_for_what_is_painted_together() -> None:
    alerts = away()

    alerts.add([MENTION, MENTION], "me")

    assert alerts.take() == BELL
    assert alerts.take() == ""


def test_the_bell_does_not_ring_for_other_messages_or_a_user_who_looks() -> None:
    alerts = away()

    alerts.add([HELLO], "me")
    assert alerts.take() == ""

    alerts.attention.focused(is_focused=True, now=0.0)
    alerts.add([MENTION], "me")
    assert alerts.take() == ""


def test_the_bell_rings_for_all_or_not_at_all() -> None:
    alerts = away()
    alerts.add([SetBell("all"), HELLO], "me")
    assert alerts.take() == BELL

    alerts.add([HELLO], "bob")  # an own message
    assert alerts.take() == ""

    alerts.add([SetBell("off"), MENTION], "me")
    assert alerts.take() == ""


def test_the_terminal_is_told_once_to_report_its_focus() -> None:
    alerts = Alerts()

    assert alerts.report_focus(is_on=False) == ""
    assert alerts.report_focus(is_on=True) == REPORT_FOCUS
    assert alerts.report_focus(is_on=True) == ""
    assert alerts.report_focus(is_on=False) == NO_FOCUS_REPORTS
