"""The names that the client requests on one connection after another."""

import pytest

from tests.client.conversations import (
    TOKEN,
    client,
    hello,
    lose_connection,
    sent,
    texts,
    welcome_client,
)
from tests.client.server_lines import ENTERED, plain_message, session_line, welcome


def test_only_a_client_that_reconnects_reserves_its_name() -> None:
    assert hello(client())["token"] == TOKEN
    assert "token" not in hello(client(reconnects=False))


def test_a_client_without_a_name_requests_none_when_it_reconnects() -> None:
    conversation = client()
    welcome_client(conversation, you="127.0.0.1:57354")

    lose_connection(conversation, 1)
    conversation.connected(2)

    assert "name" not in hello(conversation)


def test_a_refused_initial_name_is_requested_again_on_reconnect() -> None:
    conversation = client(name="Ann")
    welcome_client(conversation, you="127.0.0.1:57354")

    lose_connection(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Ann"


def test_a_new_name_is_requested_on_reconnect() -> None:
    conversation = client(name="Ann")
    welcome_client(conversation)
    conversation.receive(session_line("renamed", name="Ann", to="Anna"), 1)

    lose_connection(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Anna"


def test_a_name_without_an_answer_is_requested_again_on_reconnect() -> None:
    conversation = client(name="Ann")
    welcome_client(conversation)
    for name in ("Anna", "Anne"):
        conversation.submit_line(f"/setname {name}", 1)
    sent(conversation)

    conversation.receive(session_line("renamed", name="Ann", to="Anna"), 1)
    lose_connection(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Anne"


def test_a_refused_new_name_is_not_requested_again() -> None:
    conversation = client(name="Ann")
    welcome_client(conversation)
    for name in ("Anna", "Bob"):
        conversation.submit_line(f"/setname {name}", 1)
    sent(conversation)

    conversation.receive(session_line("renamed", name="Ann", to="Anna"), 1)
    conversation.receive(session_line("error", code="name_taken", reason="taken"), 1)
    lose_connection(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Anna"


def test_after_a_name_is_refused_on_reconnect_the_previous_one_is_requested() -> None:
    conversation = client(name="Ann")
    welcome_client(conversation)
    conversation.submit_line("/setname Bob", 1)
    sent(conversation)
    lose_connection(conversation, 1)
    conversation.connected(99)
    conversation.receive(welcome(5, you="127.0.0.1:57354"), 99)
    assert hello(conversation)["name"] == "Bob"

    conversation.receive(session_line("error", code="name_taken", reason="taken"), 99)

    assert texts(conversation) == ["taken"]
    assert sent(conversation) == [("set-name", "Ann")]


def test_the_answer_to_hello_is_not_mistaken_for_one_to_a_new_name() -> None:
    conversation = client(name="Ann")
    welcome_client(conversation, you="127.0.0.1:57354")
    conversation.submit_line("/setname Anna", 1)
    conversation.receive(
        session_line("error", code="name_taken", reason="Ann is taken"), 1
    )

    lose_connection(conversation, 1)
    conversation.connected(2)

    assert hello(conversation)["name"] == "Anna"


def test_the_name_is_sent_to_a_server_that_ignores_hello() -> None:
    conversation = client(name="Kobzol")
    sent(conversation)

    conversation.receive(ENTERED, 0)

    assert sent(conversation) == [("set-name", "Kobzol")]


def test_the_name_is_sent_before_the_first_line() -> None:
    conversation = client(name="Kobzol")
    sent(conversation)

    conversation.submit_line("hi", 0)
    conversation.receive(ENTERED, 0)
    assert sent(conversation) == [("set-name", "Kobzol")]
    conversation.receive(plain_message("[Server]", "192.0.2.1:9 renamed to Kobzol"), 0)

    assert sent(conversation) == [("message", "hi")]


@pytest.mark.parametrize("codes", [["same_name"], ["name_taken", "name_taken"]])
def test_only_one_answer_to_a_name_is_shown(codes: list[str]) -> None:
    conversation = client(name="Ann")
    conversation.submit_line("hi", 0)
    sent(conversation)
    conversation.receive(welcome(0), 0)

    for code in codes:
        conversation.receive(session_line("error", code=code, reason=code), 0)
    conversation.receive(session_line("error", code="name_taken", reason="another"), 0)

    assert texts(conversation) == [*codes[1:], "another"]
