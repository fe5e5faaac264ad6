"""The pages of older messages, of search results, and of one message."""

import pytest
from flask.testing import FlaskClient

from parlour.gateways.web.routes import make_app
from tests.gateways.web.fake_chat import FakeChat, numbers
from tests.gateways.web.page_client import page_client
from tests.gateways.web.parsed_html import GetPage, Html


def test_a_page_of_older_messages_links_to_older_and_newer_ones(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Romeo", *numbers(1, 130))

    page = get("/?before=81")

    assert page.texts == numbers(31, 80)
    assert page.links["Older messages"] == "/?before=31"
    assert page.links["Newer messages"] == "/?before=131"
    assert page.links["Latest messages"] == "/"
    assert "data-sequence" not in page.all("html")[0].attributes


def test_the_first_and_the_last_page_link_in_one_direction(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Romeo", *numbers(1, 60))

    assert "Older messages" not in get("/?before=11").links
    assert "Newer messages" not in get("/?before=61").links
    assert "There are no older messages." in get("/?before=1").all("main")[0].content


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "٣", "1_0", "9" * 40])
def test_the_error_for_an_invalid_number_has_the_valid_range(
    number: str, get: GetPage
) -> None:
    page = get(f"/?before={number}", 400)

    assert '"before" must be a whole number from 1 to' in page.all("main")[0].content
    assert page.links["Back to the chat"] == "/"


def test_a_search_for_too_many_words_is_refused(chat: FakeChat) -> None:
    chat.send("Romeo", "a")
    client = page_client(make_app(chat, mode="write", invitation=""))

    response = client.get("/search?q=" + "+".join("abcdefghijklmnopqrstuvwxyzABCDEFG"))

    assert response.status_code == 400
    assert "at most 32 words" in response.get_data(as_text=True)


def test_search_results_link_to_their_messages(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", "a rose", "a thorn", "Růže and ROSE")

    page = get("/search?q=rose")

    assert page.texts == ["a rose", "Růže and ROSE"]
    assert [a.attributes["href"] for a in page.all("a", "when")] == [
        "/m/1#m1",
        "/m/3#m3",
    ]
    assert page.by_id("words").attributes["value"] == "rose"


def test_search_results_link_to_older_results(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", *[f"rose & {each}" for each in range(60)])

    older = get("/search?q=rose+%26").links["Older results"]

    assert older == "/search?q=rose+%26&before=11"
    assert len(get(older).messages) == 10


def test_an_empty_search_has_no_results(get: GetPage) -> None:
    assert not get("/search?q=++").messages
    assert "No message has" in get("/search?q=%00%22*").all("main")[0].content
    error = get(f"/search?q={'a' * 201}", 400)
    assert '"q" must have at most' in error.all("main")[0].content


def test_a_message_is_shown_with_its_neighbours(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", *numbers(1, 100))

    page = get("/m/50")

    assert page.texts == numbers(30, 70)
    current = [m for m in page.messages if "aria-current" in m.attributes]
    assert [message.attributes["id"] for message in current] == ["m50"]


def test_a_message_is_shown_even_if_those_after_it_do_not_fit(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Romeo", "before", "the one", *["\x01" * 4096] * 30)

    page = get("/m/2")

    assert page.texts[:2] == ["before", "the one"]
    assert len(page.texts) < 22


def test_the_neighbours_that_are_left_out_are_the_farthest(
    chat: FakeChat, get: GetPage
) -> None:
    long = ["&" * 4096] * 10
    chat.send("Romeo", *long, "a", "the one", "b", *long)

    texts = get("/m/12").texts

    place = texts.index("the one")
    assert (texts[place - 1], texts[place + 1]) == ("a", "b")
    assert 1 < place < 11
    assert 2 < len(texts) - place < 11


def test_newer_messages_skip_none_that_do_not_fit(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", *[f"{n}{'&' * 4000}" for n in range(10, 40)])

    newer = get("/?before=2").links["Newer messages"]

    assert get(newer).texts[0].startswith("11")


def test_the_first_and_the_last_message_have_fewer_neighbours(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Romeo", *numbers(1, 100))

    assert get("/m/1").texts == numbers(1, 21)
    assert get("/m/100").texts == numbers(80, 100)


@pytest.mark.parametrize("sequence", ["0", "3", "11", "9" * 40])
def test_the_page_of_a_missing_message_links_to_the_chat(sequence: str) -> None:
    chat = FakeChat(max_messages=5)
    chat.send("Romeo", *numbers(1, 10))
    client = page_client(make_app(chat, "read", ""))

    response = client.get(f"/m/{sequence}")

    assert response.status_code == 404
    assert Html(response.text).links["Back to the chat"] == "/"


@pytest.mark.parametrize(
    "address",
    [
        "/m/٣",
        "/m/%D9%A3",
        "/m/03",
        "/m/+3",
        "/m/3/",
        "//m/3",
        "/m//3",
        "/m/3e0",
        "/m/ ",
    ],
)
def test_a_message_has_exactly_one_address(
    chat: FakeChat, client: FlaskClient, address: str
) -> None:
    chat.send("Romeo", *numbers(1, 5))

    assert client.get("/m/3").status_code == 200
    assert client.get(address).status_code == 404
