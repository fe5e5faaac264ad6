"""The list of users for completion, which the client requests and does not show."""

import json

from parlour.client.conversation import Conversation
from parlour.client.terminal.formatter import Formatter
from tests.client.conftest import StartTerminal
from tests.client.listener import Listener
from tests.client.server_lines import session_line, welcome

TAB = "\t"


def users(*names: str, more: bool = False) -> bytes:
    listed = [{"name": name, "since": "2026-01-01T00:00:00Z"} for name in names]
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
