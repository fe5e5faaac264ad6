"""The list of users for completion, which the client requests and does not show."""

import json
from collections.abc import Mapping, Sequence

import pytest

from parlour.client.conversation import Conversation
from parlour.client.terminal.formatter import Formatter, Widths
from parlour.client.terminal.line_wrapping import TerminalWidth
from parlour.client.terminal.rich.formatter import RichFormatter
from parlour.client.terminal.safe_text import width
from parlour.client.terminal.screen_reader.formatter import SpokenFormatter
from parlour.client.terminal.shown_items import ShownItem
from tests.client.conftest import StartTerminal
from tests.client.listener import Listener
from tests.client.server_lines import session_line, welcome

TAB = "\t"
NO_ROLES: Mapping[str, str] = {}


def users(
    *names: str, more: bool = False, roles: Mapping[str, str] = NO_ROLES
) -> bytes:
    """Return the line with *names*, and then with the names that have *roles*."""
    listed: list[dict[str, object]] = [{"name": name, "since": ""} for name in names]
    listed += [{"name": name, "role": role} for name, role in roles.items()]
    return session_line("users", room="lobby", users=listed, more=more)


def talk(*, completes_names: bool = True) -> Conversation:
    """Return a conversation after the welcome."""
    conversation = Conversation(
        interactive=True, token="t" * 20, completes_names=completes_names
    )
    conversation.data_to_send()
    conversation.receive(welcome(0), 0.0)
    return conversation


def kinds(conversation: Conversation) -> list[str]:
    """Return the types of the lines to send next."""
    lines = conversation.data_to_send().splitlines()
    return [json.loads(line)["type"] for line in lines]


def texts(
    formatter: Formatter | RichFormatter, items: Sequence[ShownItem], columns: int = 0
) -> list[str]:
    """Return the rows of items in a style; with 0 columns, they are not wrapped."""
    is_rich = isinstance(formatter, RichFormatter)
    clock = "2026-11-24T14:02:00+00:00" if is_rich else ""
    widths = Widths(TerminalWidth(columns)) if columns else Widths()
    return [line.text for line in formatter.lines(items, clock, widths)]


def seen(conversation: Conversation) -> list[str]:
    """Return the new items as a person sees them."""
    return [line.text for line in Formatter().lines(conversation.items_to_show())]


def test_tab_completes_users_who_have_sent_nothing(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal("dialect='auto'")
    with listener.accept() as peer:
        peer.read_line()
        peer.sock.sendall(welcome(0))
        assert peer.read_json()["type"] == "users"
        peer.sock.sendall(users("bob", "Zora") + session_line("joined", name="Carol"))
        screen.expect_rows("[Server]: Carol has entered the chat")
        screen.press(f"zo{TAB}")

        screen.expect_rows("[Server]: Carol has entered the chat", "Zora:")


def test_the_list_of_users_is_requested_for_completion_alone() -> None:
    conversation = talk()

    assert kinds(conversation) == ["users"]
    assert kinds(talk(completes_names=False)) == []


def test_only_a_list_that_the_user_requested_is_shown() -> None:
    conversation = talk()
    conversation.receive(users("bob", more=True) + users("Zora"), 0.0)
    assert seen(conversation) == []
    conversation.submit_line("/users", 0.0)
    conversation.receive(users("bob", more=True) + users("Zora"), 0.0)

    assert seen(conversation) == ["[Server]: 2 users: bob, Zora"]


def test_a_list_requested_before_the_welcome_is_shown() -> None:
    conversation = Conversation(interactive=True, token="t" * 20, completes_names=True)
    conversation.submit_line("/users", 0.0)
    conversation.receive(welcome(0), 0.0)
    conversation.receive(users("bob"), 0.0)

    assert seen(conversation) == ["[Server]: 1 user: bob"]


ROLES = {"Ada": "admin", "Ann": "owner", "Meg": "moderator", "Pat": "moderator"}


def test_the_list_says_who_is_more_than_a_member() -> None:
    conversation = talk(completes_names=False)
    conversation.submit_line("/users", 0.0)
    conversation.receive(users("bob", roles=ROLES), 0.0)
    conversation.receive(session_line("role", name="bob", role="moderator"), 0.0)
    items = conversation.items_to_show()

    listed = "5 users: Ada, Ann, bob, Meg, Pat"
    roles = ["admin: Ada", "owner: Ann", "moderators: Meg, Pat"]
    rows = [listed, *roles]
    assert texts(Formatter(), items) == [f"[Server]: {row}" for row in rows]
    assert texts(SpokenFormatter(), items) == [f"Server: {row}" for row in rows]
    rich = texts(RichFormatter(), items, columns=80)[-4:]
    assert [row[20:] for row in rich] == [f" {row}" for row in rows]


def test_roles_fit_a_narrow_terminal() -> None:
    conversation = talk(completes_names=False)
    conversation.submit_line("/users", 0.0)
    conversation.receive(users(roles=ROLES), 0.0)
    items = conversation.items_to_show()

    for formatter in Formatter(), SpokenFormatter(), RichFormatter():
        rows = texts(formatter, items, columns=24)
        assert all(width(row) < 24 for row in rows), rows
        shown = " ".join(" ".join(rows).split())
        assert "owner: Ann" in shown
        assert "Meg, Pat" in shown


@pytest.mark.parametrize("role", ["member", "god", "", "x" * 9999])
def test_a_role_that_is_not_known_is_not_shown(role: str) -> None:
    conversation = talk(completes_names=False)
    conversation.submit_line("/users", 0.0)
    conversation.receive(users("bob", roles={"Eve": role}), 0.0)

    assert seen(conversation) == ["[Server]: 2 users: bob, Eve"]
