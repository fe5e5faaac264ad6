import re
import time

import pytest
from flask.testing import FlaskClient

from parlour.core.events import User
from parlour.core.storage import StorageError
from parlour.gateways.web.routes import make_app
from tests.gateways.web.fake_chat import EPOCH, FakeChat
from tests.gateways.web.parsed_html import GetPage, Html

FULL = StorageError("history_failed", "the disk went away")
PAGES = ["/", "/?before=9", "/search", "/search?q=a", "/m/1", "/api/messages"]
HOSTILE = "<script>alert(1)</script> <b>&amp;</b> \"q\" 'q' </p></li>{{ 7 * 7 }}"


def count(first: int, last: int) -> list[str]:
    return [f"{number}" for number in range(first, last + 1)]


# -- the front -----------------------------------------------------------------


def test_the_front_says_who_is_here_and_what_was_said(
    chat: FakeChat, get: GetPage
) -> None:
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


def test_the_front_shows_the_newest_50_and_the_cursor_behind_them(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Romeo", *count(1, 70))
    chat.late = ["71", "72"]

    page = get("/")

    (root,) = page.all("html")
    assert page.texts == count(21, 70)
    assert root.attributes["data-epoch"] == EPOCH
    assert root.attributes["data-sequence"] == "70"
    assert root.attributes["data-first"] == "21"
    assert root.attributes["data-mode"] == "write"
    assert page.links["Older messages"] == "/?before=21"


def test_an_empty_room_says_so(get: GetPage) -> None:
    page = get("/")

    assert "hidden" not in page.by_id("empty").attributes
    assert "hidden" in page.by_id("older").attributes
    assert page.by_id("others").content == "Nobody is here."


def test_what_is_not_so_is_not_said_to_those_who_see_what_is_hidden(
    chat: FakeChat, client: FlaskClient
) -> None:
    chat.set_users(["Romeo"])
    chat.send("Romeo", "one")

    assert "Nobody" not in client.get("/").text  # w3m and lynx show what is hidden


def test_who_came_today_is_here_since_an_hour(chat: FakeChat, get: GetPage) -> None:
    now = time.time()
    chat.users = (User("Romeo", now), User("Juliet", now - 48 * 3600))

    before, today = get("/").all("span", "since")[:2]

    assert re.fullmatch(r"since \d\d:\d\d", today.content)
    assert re.fullmatch(r"since \w+day \d+ \w+ 20\d\d, \d\d:\d\d", before.content)


def test_a_crowd_is_counted_and_some_of_it_shown(chat: FakeChat, get: GetPage) -> None:
    chat.set_users([f"user {each:04}" for each in range(5000)])

    page = get("/")

    assert page.by_id("count").content == "5,000"
    assert page.by_id("names").content.count("user") == 300
    assert page.by_id("others").content == "and 4,700 more"


def test_who_goes_on_speaking_is_named_once_to_the_eye(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Romeo", "one", "two")
    chat.send("Juliet", "three")
    chat.send("Romeo", "four")

    page = get("/")

    follows = ["follows" in message.classes for message in page.messages]
    assert follows == [False, True, False, False]
    assert all("Romeo" in page.by_id(f"m{each}").content for each in (1, 2, 4))


@pytest.mark.parametrize("address", ["/", "/?before=2", "/m/1", "/search?q=alert"])
def test_what_people_write_is_text_and_nothing_else(
    address: str, chat: FakeChat, get: GetPage
) -> None:
    chat.send(f"<i>{HOSTILE}", HOSTILE)

    page = get(address)

    assert page.texts == [HOSTILE]
    assert f"<i>{HOSTILE}" in page.by_id("m1").content
    assert not page.all("b")
    assert not page.all("i")


def test_what_would_turn_the_page_around_is_visible(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Eve\u202e", "a\u202eb\x1b[2J\nc")

    page = get("/")

    assert page.texts == ["a<U+202E>b␛[2J\nc"]
    assert "Eve<U+202E>" in page.by_id("m1").content


def test_a_surrogate_does_not_break_the_page(chat: FakeChat, get: GetPage) -> None:
    chat.set_users(["a\ud800b"])

    assert "a<U+D800>b" in get("/").by_id("names").content


def test_only_who_may_write_gets_boxes(chat: FakeChat) -> None:
    invitation = "python3 client.py 127.0.0.1 5555"
    pages = {
        mode: make_app(chat, mode, invitation).test_client().get("/").text
        for mode in ("read", "write")
    }

    assert 'id="box"' in pages["write"]
    assert 'id="box"' not in pages["read"]
    assert "only shows the chat" in pages["read"]
    assert all(invitation in page for page in pages.values())


# -- older pages, search, one message --------------------------------------------


def test_older_pages_lead_both_ways(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", *count(1, 130))

    page = get("/?before=81")

    assert page.texts == count(31, 80)
    assert page.links["Older messages"] == "/?before=31"
    assert page.links["Newer messages"] == "/?before=131"
    assert page.links["Latest messages"] == "/"
    assert "data-sequence" not in page.all("html")[0].attributes


def test_the_first_and_the_last_page_lead_one_way(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", *count(1, 60))

    assert "Older messages" not in get("/?before=11").links
    assert "Newer messages" not in get("/?before=61").links
    assert "There are no older messages." in get("/?before=1").all("main")[0].content


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "٣", "1_0", "9" * 40])
def test_a_bad_number_is_answered_with_what_is_right(number: str, get: GetPage) -> None:
    page = get(f"/?before={number}", 400)

    assert '"before" must be a whole number from 1 to' in page.all("main")[0].content
    assert page.links["Back to the chat"] == "/"


def test_a_search_of_too_many_words_says_so(chat: FakeChat) -> None:
    chat.send("Romeo", "a")
    client = make_app(chat, mode="write", invitation="").test_client()

    response = client.get("/search?q=" + "+".join("abcdefghijklmnopqrstuvwxyzABCDEFG"))

    assert response.status_code == 400
    assert "at most 32 words" in response.get_data(as_text=True)


def test_a_search_finds_messages_and_leads_to_them(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Romeo", "a rose", "a thorn", "Růže and ROSE")

    page = get("/search?q=rose")

    assert page.texts == ["a rose", "Růže and ROSE"]
    assert [a.attributes["href"] for a in page.all("a", "when")] == [
        "/m/1#m1",
        "/m/3#m3",
    ]
    assert page.by_id("words").attributes["value"] == "rose"


def test_a_search_goes_on_from_the_oldest_it_found(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Romeo", *[f"rose & {each}" for each in range(60)])

    older = get("/search?q=rose+%26").links["Older results"]

    assert older == "/search?q=rose+%26&before=11"
    assert len(get(older).messages) == 10


def test_a_search_for_nothing_is_a_form(get: GetPage) -> None:
    assert not get("/search?q=++").messages
    assert "No message has" in get("/search?q=%00%22*").all("main")[0].content
    error = get(f"/search?q={'a' * 201}", 400)
    assert '"q" must have at most' in error.all("main")[0].content


def test_a_message_stands_among_its_neighbours(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", *count(1, 100))

    page = get("/m/50")

    assert page.texts == count(30, 70)
    current = [m for m in page.messages if "aria-current" in m.attributes]
    assert [message.attributes["id"] for message in current] == ["m50"]


def test_a_message_is_shown_where_those_after_it_fill_a_page(
    chat: FakeChat, get: GetPage
) -> None:
    chat.send("Romeo", "before", "the one", *["\x01" * 4096] * 30)

    page = get("/m/2")

    assert page.texts == ["before", "the one"]


def test_the_first_message_has_fewer_neighbours(chat: FakeChat, get: GetPage) -> None:
    chat.send("Romeo", *count(1, 100))

    assert get("/m/1").texts == count(1, 21)
    assert get("/m/100").texts == count(80, 100)


@pytest.mark.parametrize("sequence", ["0", "3", "11", "9" * 40])
def test_a_message_that_is_not_kept_leads_back(sequence: str) -> None:
    chat = FakeChat(max_messages=5)
    chat.send("Romeo", *count(1, 10))
    client = make_app(chat, "read", "").test_client()

    response = client.get(f"/m/{sequence}")

    assert response.status_code == 404
    assert Html(response.text).links["Back to the chat"] == "/"


# -- what goes wrong -----------------------------------------------------------


@pytest.mark.parametrize("address", PAGES)
def test_a_chat_that_fails_is_told_with_its_reason(
    address: str, chat: FakeChat, client: FlaskClient
) -> None:
    chat.failure = FULL

    response = client.get(address)

    is_form = address == "/search"
    assert response.status_code == (200 if is_form else 503)
    assert ("the disk went away" in response.text) is not is_form


def test_an_address_that_leads_nowhere_leads_back(get: GetPage) -> None:
    assert get("/nowhere", 404).links["Back to the chat"] == "/"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_done_but_read(method: str, client: FlaskClient) -> None:
    response = client.open("/", method=method)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert Html(response.text).links["Back to the chat"] == "/"


def test_a_page_can_be_asked_for_its_head(client: FlaskClient) -> None:
    assert client.head("/").status_code == 200
    assert client.head("/").text == ""
    assert client.options("/").status_code == 204
    assert client.options("/").headers["Allow"] == "GET, HEAD, OPTIONS"


# -- headers -------------------------------------------------------------------


@pytest.mark.parametrize("address", [*PAGES, "/nowhere", "/?before=x", "/healthz"])
def test_every_answer_keeps_to_itself(address: str, client: FlaskClient) -> None:
    headers = client.get(address).headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("address", [*PAGES[:-1], "/nowhere"])
def test_no_page_has_a_script_or_a_style_in_it(
    address: str, chat: FakeChat, client: FlaskClient
) -> None:
    chat.send("Romeo", "a")

    page = Html(client.get(address).text)

    assert not page.all("style")
    assert all(
        script.attributes["src"] and not script.text for script in page.all("script")
    )
    names = {name for element in page.elements for name in element.attributes}
    assert not {name for name in names if name == "style" or name.startswith("on")}


def test_static_files_are_kept_by_the_browser_until_they_change(
    client: FlaskClient,
) -> None:
    page = Html(client.get("/").text)
    (sheet,) = [e for e in page.all("link") if e.attributes["rel"] == "stylesheet"]
    address = sheet.attributes["href"]

    with client.get(address) as first:
        tag = first.headers["ETag"]
    with client.get(address, headers={"If-None-Match": tag}) as again:
        pass

    assert first.status_code == 200
    assert again.status_code == 304
    assert first.headers["Cache-Control"] == "public, max-age=31536000"
    assert first.headers["X-Content-Type-Options"] == "nosniff"


def test_a_browser_that_guesses_finds_the_icon(client: FlaskClient) -> None:
    with client.get("/favicon.ico") as response:
        assert response.mimetype == "image/svg+xml"


def test_health_is_told_in_a_word(chat: FakeChat, client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    chat.failure = FULL
    assert client.get("/healthz").status_code == 503
    assert client.get("/healthz").text == "the disk went away\n"


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
def test_a_message_has_one_spelling(
    chat: FakeChat, client: FlaskClient, address: str
) -> None:
    chat.send("Romeo", *count(1, 5))

    assert client.get("/m/3").status_code == 200
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/", "/?before=60", "/search?q=a", "/m/30"])
def test_a_page_is_bounded_by_its_bytes(
    chat: FakeChat, client: FlaskClient, address: str
) -> None:
    chat.send("Romeo", *["a " + "\u0085" * 2000] * 60)

    response = client.get(address)

    assert 200_000 < len(response.data) < 300_000
    assert 'id="m30"' in response.text or address != "/m/30"


def test_people_are_sorted_without_regard_to_case(chat: FakeChat, get: GetPage) -> None:
    chat.set_users(["Zoe", "adam", "Bea"])

    names = [name.content for name in get("/").all("bdi", "name")]

    assert names[:3] == ["adam", "Bea", "Zoe"]
