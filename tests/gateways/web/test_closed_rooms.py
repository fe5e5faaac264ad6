"""The pages of rooms that are closed: their history stays, and its links too."""

import pytest
from flask.testing import FlaskClient

from tests.gateways.web.fake_chat import FakeChat, numbers
from tests.gateways.web.parsed_html import GetPage


@pytest.fixture(autouse=True)
def dev(chat: FakeChat) -> None:
    """Close a room in which 120 messages were sent."""
    chat.set_users(["Nurse"])
    chat.open_room("dev", "what we build")
    chat.send("Romeo", *numbers(1, 120), room="dev")
    chat.close_room("dev")


def test_the_page_of_a_closed_room_shows_its_history(get: GetPage) -> None:
    page = get("/r/dev")

    assert page.texts == numbers(71, 120)
    assert page.by_id("topic").content == "what we build"
    assert page.links["Older messages"] == "/r/dev?before=71"


def test_the_page_of_a_closed_room_says_that_it_is_closed(get: GetPage) -> None:
    note = get("/r/dev").by_id("closed")

    assert note.content == "#dev is not open. It opens when somebody joins it."
    assert "hidden" not in note.attributes


def test_the_page_of_an_open_room_does_not(chat: FakeChat, get: GetPage) -> None:
    chat.open_room("ops")

    assert "hidden" in get("/r/ops").by_id("closed").attributes


def test_the_script_is_told_that_a_room_is_closed(get: GetPage) -> None:
    closed, lobby = get("/r/dev"), get("/")

    assert "data-closed" in closed.all("html")[0].attributes
    assert "data-closed" not in lobby.all("html")[0].attributes


def test_a_closed_room_has_no_users(get: GetPage) -> None:
    page = get("/r/dev")

    assert page.by_id("count").content == "0"
    assert "Nurse" not in page.by_id("names").content


def test_a_closed_room_is_not_listed(get: GetPage) -> None:
    assert "#dev" not in get("/rooms").by_id("messages").content


def test_a_permalink_to_a_closed_room_still_works(get: GetPage) -> None:
    assert get("/r/dev/m/60").texts == numbers(40, 80)


def test_older_messages_of_a_closed_room_can_be_read(get: GetPage) -> None:
    assert get("/r/dev?before=71").texts == numbers(21, 70)


def test_a_closed_room_can_be_searched(get: GetPage) -> None:
    page = get("/search?q=120&room=dev")

    assert page.texts == ["120"]


def test_the_search_form_offers_the_closed_room_that_is_searched(get: GetPage) -> None:
    options = get("/search?room=dev").all("option")

    assert [each.content for each in options] == ["#lobby", "#dev"]
    assert [("selected" in each.attributes) for each in options] == [False, True]


def test_the_api_has_the_messages_of_a_closed_room(client: FlaskClient) -> None:
    body = client.get("/api/messages?room=dev&limit=2").json

    assert body is not None
    assert [each["message"] for each in body["messages"]] == ["119", "120"]


def test_the_api_has_no_users_of_a_closed_room(client: FlaskClient) -> None:
    body = client.get("/api/users?room=dev").json

    assert body == {"room": "dev", "users": [], "more": False}
