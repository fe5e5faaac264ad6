"""Erased messages on pages without scripts, and in the API."""

from flask.testing import FlaskClient

from tests.gateways.web.fake_chat import FakeChat, numbers
from tests.gateways.web.parsed_html import GetPage

ERASED = "(erased)"


def test_an_erased_message_is_a_tombstone_on_every_page(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Romeo", "before", "secret", "after")
    chat.erase(2)

    for address in ("/", "/?before=5", "/m/2"):
        page = get(address)
        assert page.texts == ["before", ERASED, "after"]
        assert "secret" not in page.all("html")[0].content


def test_a_permalink_leads_to_the_tombstone(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", "before", "secret", "after")
    chat.erase(2)

    (current,) = [
        each for each in get("/m/2").all("li") if "aria-current" in each.attributes
    ]

    assert ERASED in current.content


def test_only_the_tombstone_looks_erased(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", ERASED, "secret")
    chat.erase(2)

    found = [each.attributes["class"] for each in get("/").all("p", "text")]

    assert found[:2] == ["text", "text erased"]


def test_a_search_does_not_find_it(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", "a secret", "another secret")
    chat.erase(1)

    assert get("/search?q=secret").texts == ["another secret"]


def test_erasures_do_not_shorten_a_page(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", *numbers(1, 60))
    for number in range(11, 61):
        chat.erase(number)

    assert get("/?before=200").texts == [ERASED] * 50


def test_the_api_has_the_message_without_its_text(
    chat: FakeChat, client: FlaskClient
) -> None:
    chat.send("Romeo", "before", "secret")
    chat.erase(2)

    found = client.get("/api/messages").get_json()["messages"]

    assert [each["message"] for each in found] == ["before", ""]
    assert [each.get("erased") for each in found] == [None, True]
