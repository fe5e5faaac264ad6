"""The pages if sequences have holes: retention and erasure leave some, and journals may
count by more than one.
"""

import pytest

from tests.gateways.web.fake_chat import FakeChat, numbers, sparse
from tests.gateways.web.parsed_html import GetPage


@pytest.fixture
def chat() -> FakeChat:
    return FakeChat(numbering=sparse)


def test_a_message_is_shown_with_as_many_neighbours(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Romeo", *numbers(1, 100))

    assert get("/m/5000").texts == numbers(30, 70)


def test_a_sequence_without_a_message_has_no_page(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", *numbers(1, 100))

    get("/m/5001", 404)


def test_newer_messages_are_the_next_page(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", *numbers(1, 130))

    newer = get("/?before=3101").links["Newer messages"]

    assert get(newer).texts == numbers(32, 81)


def test_the_last_page_has_no_newer_messages(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", *numbers(1, 60))

    assert "Newer messages" not in get("/?before=6001").links
