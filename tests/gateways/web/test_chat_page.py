"""The page of the chat: users, messages, forms, and safe text."""

import re
import time

import pytest
from flask.testing import FlaskClient

from parlour.core.events import User
from parlour.core.roles import Role
from parlour.gateways.web.routes import make_app
from tests.gateways.web.fake_chat import EPOCH, FakeChat, numbers
from tests.gateways.web.page_client import page_client
from tests.gateways.web.parsed_html import GetPage

HOSTILE = "<script>alert(1)</script> <b>&amp;</b> \"q\" 'q' </p></li>{{ 7 * 7 }}"


def test_the_chat_page_shows_users_and_messages(chat: FakeChat, get: GetPage) -> None:
    chat.set_users(["Romeo", "Juliet"])
    chat.send("Romeo", "is anyone there?")

    page = get("/")

    assert [name.content for name in page.all("bdi", "name")][:2] == ["Juliet", "Romeo"]
    assert page.by_id("count").content == "2"
    assert "since Wednesday 15 November 2023, 12:00" in page.by_id("names").content
    assert page.texts == ["is anyone there?"]
    assert "12:00" in page.by_id("m1").content
    assert [day.content for day in page.all("li", "day")] == [
        "Wednesday 15 November 2023"
    ]


def test_the_chat_page_has_the_newest_50_messages_and_their_cursor(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Romeo", *numbers(1, 70))
    chat.late = ["71", "72"]

    page = get("/")

    (root,) = page.all("html")
    assert page.texts == numbers(21, 70)
    assert root.attributes["data-epoch"] == EPOCH
    assert root.attributes["data-sequence"] == "70"
    assert root.attributes["data-first"] == "21"
    assert root.attributes["data-mode"] == "write"
    assert page.links["Older messages"] == "/?before=21"


def test_an_empty_room_has_a_note(get: GetPage) -> None:
    page = get("/")

    assert "hidden" not in page.by_id("empty").attributes
    assert "hidden" in page.by_id("older").attributes
    assert page.by_id("others").content == "Nobody is here."


def test_hidden_notes_have_no_text_for_browsers_that_show_hidden_elements(
    chat: FakeChat, client: FlaskClient
) -> None:
    chat.set_users(["Romeo"])
    chat.send("Romeo", "one")

    assert "Nobody" not in client.get("/").text  # such as w3m and lynx


def test_users_who_joined_before_today_have_a_date(
    chat: FakeChat, get: GetPage
) -> None:
    now = time.time()
    chat.users = (User("Romeo", now), User("Juliet", now - 48 * 3600))

    before, today = get("/").all("span", "since")[:2]

    assert re.fullmatch(r"since \d\d:\d\d", today.content)
    assert re.fullmatch(r"since \w+day \d+ \w+ 20\d\d, \d\d:\d\d", before.content)


def test_users_who_are_more_than_members_have_a_role(
    chat: FakeChat, get: GetPage
) -> None:
    roles = ("Ada", Role.ADMIN), ("Ben", Role.MEMBER), ("Gus", Role.GUEST)
    chat.users = tuple(User(name, 0.0, role) for name, role in roles)

    *listed, blank = get("/").all("span", "role")

    assert [each.content for each in listed] == ["admin", "", ""]
    assert blank.content == ""


def test_a_long_list_of_users_is_cut_and_counted(chat: FakeChat, get: GetPage) -> None:
    chat.set_users([f"user {each:04}" for each in range(5000)])

    page = get("/")

    assert page.by_id("count").content == "5,000"
    assert page.by_id("names").content.count("user") == 300
    assert page.by_id("others").content == "and 4,700 more"


def test_consecutive_messages_of_one_author_are_grouped(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Romeo", "one", "two")
    chat.send("Juliet", "three")
    chat.send("Romeo", "four")

    page = get("/")

    follows = ["follows" in message.classes for message in page.messages]
    assert follows == [False, True, False, False]
    assert all("Romeo" in page.by_id(f"m{each}").content for each in (1, 2, 4))


def test_messages_of_one_minute_are_marked(chat: FakeChat, get: GetPage) -> None:
    chat.pace = 20.0
    chat.send("Romeo", "one", "two", "three", "four")

    page = get("/")

    repeats = ["same-minute" in message.classes for message in page.messages]
    assert repeats == [False, True, True, False]


@pytest.mark.parametrize("address", ["/", "/?before=2", "/m/1", "/search?q=alert"])
def test_messages_and_names_are_escaped(
    address: str, chat: FakeChat, get: GetPage
) -> None:
    chat.send(f"<i>{HOSTILE}", HOSTILE)

    page = get(address)

    assert page.texts == [HOSTILE]
    assert f"<i>{HOSTILE}" in page.by_id("m1").content
    assert not page.all("b")
    assert not page.all("i")


def test_characters_that_reorder_text_are_visible(chat: FakeChat, get: GetPage) -> None:
    chat.send("Eve\u202e", "a\u202eb\x1b[2J\nc")

    page = get("/")

    assert page.texts == ["a<U+202E>b␛[2J\nc"]
    assert "Eve<U+202E>" in page.by_id("m1").content


def test_a_surrogate_in_a_name_is_visible(chat: FakeChat, get: GetPage) -> None:
    chat.set_users(["a\ud800b"])

    assert "a<U+D800>b" in get("/").by_id("names").content


def test_a_read_only_page_has_no_forms(chat: FakeChat) -> None:
    invitation = "python3 client.py 127.0.0.1 5555"
    pages = {
        mode: page_client(make_app(chat, mode, invitation)).get("/").text
        for mode in ("read", "write")
    }

    assert 'id="box"' in pages["write"]
    assert 'id="box"' not in pages["read"]
    assert "only shows the chat" in pages["read"]
    assert all(invitation in page for page in pages.values())


def test_users_are_sorted_without_regard_to_case(chat: FakeChat, get: GetPage) -> None:
    chat.set_users(["Zoe", "adam", "Bea"])

    names = [name.content for name in get("/").all("bdi", "name")]

    assert names[:3] == ["adam", "Bea", "Zoe"]
