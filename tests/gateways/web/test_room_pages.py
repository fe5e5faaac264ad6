"""The pages of rooms: addresses, links between them, and rooms that are not open."""

import pytest
from flask.testing import FlaskClient

from parlour.gateways.web.rendered_rooms import MAX_ROOMS
from parlour.gateways.web.routes import make_app
from tests.gateways.web.fake_chat import FakeChat, numbers
from tests.gateways.web.page_client import page_client
from tests.gateways.web.parsed_html import GetPage, Html

HOSTILE = "<b>&amp;</b>\u202e</p>{{ 7 * 7 }}"
with_dev = pytest.mark.usefixtures("dev")


@pytest.fixture
def dev(chat: FakeChat) -> FakeChat:
    """A chat with another room, in which 120 messages were sent."""
    chat.open_room("dev", "what we build")
    chat.send("Juliet", "only here")
    chat.send("Romeo", *numbers(1, 120), room="dev")
    return chat


def room_links(page: Html) -> dict[str, str]:
    nav = page.all("nav")[0].content
    links = {a.content.split()[0]: a.attributes["href"] for a in page.all("a", "place")}
    return {name: address for name, address in links.items() if name in nav.split()}


def test_a_room_has_a_page_of_its_own(dev: FakeChat, get: GetPage) -> None:
    dev.set_users(["Nurse"])

    page = get("/r/dev")

    assert page.texts == numbers(71, 120)
    assert page.by_id("title").content == "#dev"
    assert page.by_id("topic").content == "what we build"
    assert page.by_id("names").content.count("Nurse") == 1
    assert page.all("title")[0].content == "#dev \N{EN DASH} Parlour"
    root = page.all("html")[0].attributes
    assert (root["data-room"], root["data-sequence"]) == ("dev", "120")


@with_dev
def test_the_lobby_has_its_old_addresses(get: GetPage) -> None:
    page = get("/")

    assert page.texts == ["only here"]
    assert page.all("html")[0].attributes["data-room"] == "lobby"
    assert page.links["12:00"] == "/m/1#m1"
    assert get("/m/1").texts == ["only here"]
    assert get("/m/1").links["Latest messages"] == "/"


def test_the_pages_of_rooms_link_to_each_other(dev: FakeChat, get: GetPage) -> None:
    dev.open_room("кухня")

    page = get("/r/dev")

    assert room_links(page) == {
        "#lobby": "/",
        "#dev": "/r/dev",
        "#кухня": "/r/%D0%BA%D1%83%D1%85%D0%BD%D1%8F",
    }
    current = [a for a in page.all("a", "place") if "aria-current" in a.attributes]
    assert [a.attributes["href"] for a in current] == ["/r/dev"]
    assert get(room_links(page)["#кухня"]).by_id("title").content == "#кухня"


@with_dev
def test_messages_of_a_room_link_to_their_permalinks(get: GetPage) -> None:
    link = get("/r/dev").all("a", "when")[-2].attributes["href"]

    assert link == "/r/dev/m/120#m120"
    page = get("/r/dev/m/60")
    assert page.texts == numbers(40, 80)
    assert page.links["Older messages"] == "/r/dev?before=40"
    assert page.links["Latest messages"] == "/r/dev"
    assert get("/r/dev/m/121", 404).links["Back to the chat"] == "/r/dev"


@with_dev
def test_older_messages_of_a_room_stay_in_that_room(get: GetPage) -> None:
    older = get("/r/dev").links["Older messages"]

    assert older == "/r/dev?before=71"
    page = get(older)
    assert page.texts == numbers(21, 70)
    assert page.links["Older messages"] == "/r/dev?before=21"
    assert page.links["Newer messages"] == "/r/dev?before=121"
    assert page.links["Latest messages"] == "/r/dev"


@with_dev
@pytest.mark.parametrize(
    ("address", "location"),
    [
        ("/r/Dev", "/r/dev"),
        ("/r/DEV?before=9", "/r/dev?before=9"),
        ("/r/%EF%BC%A4ev/m/3", "/r/dev/m/3"),  # a wide D
        ("/r/lobby", "/"),
        ("/r/LOBBY/m/1", "/m/1"),
        ("/rooms?room=+%23Dev", "/r/dev"),
        ("/rooms?room=lobby", "/"),
    ],
)
def test_a_room_has_exactly_one_address(
    client: FlaskClient, address: str, location: str
) -> None:
    response = client.get(address)

    assert response.status_code in {301, 302}
    assert response.headers["Location"] == location
    assert response.headers["Cache-Control"] == "no-store"
    assert client.get(location).status_code == 200


@with_dev
@pytest.mark.parametrize("address", ["/r/ops", "/r/ops?before=9", "/r/ops/m/1"])
def test_a_room_that_is_not_open_has_a_page_that_says_so(
    get: GetPage, address: str
) -> None:
    page = get(address, 404)

    assert "#ops is not open" in page.by_id("empty").content
    assert page.by_id("title").content == "#ops"
    assert room_links(page) == {"#lobby": "/", "#dev": "/r/dev"}
    root = page.all("html")[0].attributes
    assert root["data-room"] == "ops"
    assert "data-sequence" not in root
    assert not page.messages


def test_a_search_in_a_room_that_is_not_open_says_so(get: GetPage) -> None:
    assert "#ops is not open" in get("/search?q=a&room=ops", 404).by_id("empty").content


@pytest.mark.parametrize(
    "name", ["a b", "%3Cb%3E", "admin", "direct:0123456789abcdef", "x" * 33, "%FF"]
)
def test_a_name_that_no_room_can_have_is_explained(get: GetPage, name: str) -> None:
    page = get(f"/r/{name}", 404)

    assert page.by_id("messages").content.strip().startswith("No such room")
    assert page.links["Back to the chat"] == "/"


@with_dev
@pytest.mark.parametrize("address", ["/r/", "/r/dev/", "/r//m/1", "/r/dev/m/03"])
def test_no_other_address_leads_to_a_room(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_search_stays_in_its_room(dev: FakeChat, get: GetPage) -> None:
    dev.send("Romeo", *[f"rose {each}" for each in range(60)], room="dev")
    dev.send("Romeo", "a rose in the lobby")

    field = get("/r/dev").by_id("find-room").attributes
    page = get("/search?q=rose&room=dev")

    assert field["value"] == "dev"
    assert "disabled" not in field
    assert page.texts[-1] == "rose 59"
    assert page.links["Older results"] == "/search?q=rose&before=131&room=dev"
    assert len(get(page.links["Older results"]).texts) == 10
    assert page.links["Back to the chat"] == "/r/dev"
    assert get("/search?q=rose").texts == ["a rose in the lobby"]


def test_several_rooms_can_be_searched_at_once(dev: FakeChat, get: GetPage) -> None:
    dev.send("Romeo", "a rose here", room="dev")
    dev.send("Romeo", "a rose there")

    page = get("/search?q=rose&room=dev+lobby+gone")

    assert page.texts == ["a rose here", "a rose there"]
    links = page.all("a", "when")
    assert [a.attributes["href"] for a in links] == ["/r/dev/m/121#m121", "/m/2#m2"]
    assert [a.content.split(",")[0] for a in links] == ["#dev", "#lobby"]


def test_the_search_form_offers_the_rooms_if_there_are_several(
    chat: FakeChat, get: GetPage
) -> None:
    assert not get("/search").all("select")
    chat.open_room("dev")

    options = get("/search?room=dev").all("option")

    assert [each.content for each in options] == ["#lobby", "#dev"]
    assert [("selected" in each.attributes) for each in options] == [False, True]


@with_dev
@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("room=dev+lobby&before=3", '"before" must not be given with several rooms'),
        (f"room={'+'.join(f'r{n}' for n in range(101))}", "at most 100 rooms"),
        ("room=dev&room=lobby", '"room" must be given only once'),
    ],
)
def test_an_invalid_search_is_refused(get: GetPage, query: str, reason: str) -> None:
    page = get(f"/search?q=a&{query}", 400)

    assert reason in page.by_id("messages").content


def test_the_list_of_rooms_has_topics_and_numbers_of_users(
    chat: FakeChat, get: GetPage
) -> None:
    chat.set_users(["Romeo"])
    chat.open_room("dev", HOSTILE)

    page = get("/rooms")

    text = page.all("ul", "places")[0].content
    assert "#dev 1 user" in text
    assert "<b>&amp;</b><U+202E></p>{{ 7 * 7 }}" in text
    assert not page.all("b")


def test_a_long_list_of_rooms_is_split_into_pages(chat: FakeChat, get: GetPage) -> None:
    names = [f"room-{each:03}" for each in range(250)]
    for name in names:
        chat.open_room(name, "a topic " * 25)
    found: list[str] = []
    address: str | None = "/rooms"

    while address:
        page = get(address)
        items = page.all("ul", "places")[0].content.split("\n")
        found += [item.split()[0][1:] for item in items if item]
        address = page.links.get("More rooms")

    assert found == ["lobby", *names]


def test_the_list_beside_the_chat_is_limited_and_has_the_current_room(
    chat: FakeChat, get: GetPage
) -> None:
    for each in range(150):
        chat.open_room(f"room-{each:03}")

    page = get("/r/room-149")

    links = room_links(page)
    assert len(links) == MAX_ROOMS
    assert [*links][:3] == ["#lobby", "#room-149", "#room-000"]
    assert page.links["51 more rooms"] == "/rooms"


def test_topics_are_escaped_on_the_page_of_a_room(chat: FakeChat, get: GetPage) -> None:
    chat.open_room("dev", HOSTILE)

    page = get("/r/dev")

    assert page.by_id("topic").content == "<b>&amp;</b><U+202E></p>{{ 7 * 7 }}"
    assert not page.all("b")


def test_a_read_only_page_of_a_closed_room_has_no_forms_to_write(
    chat: FakeChat,
) -> None:
    response = page_client(make_app(chat, "read", "")).get("/r/ops")

    assert response.status_code == 404
    assert 'id="box"' not in response.text
