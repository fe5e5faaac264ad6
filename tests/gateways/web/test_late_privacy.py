"""A room that becomes private while its history is read, and what is said then."""

from collections import Counter
from collections.abc import Collection

import pytest
from flask.testing import FlaskClient

from parlour.core.events import LOBBY, Refused, RoomName, Snapshot
from parlour.core.limits import MAX_ROOMS_EACH
from parlour.core.ports import Peer
from parlour.core.storage import Page, Query
from parlour.gateways.web.routes import make_app
from tests.gateways.web.account_client import AccountClient
from tests.gateways.web.fake_chat import FakeChat
from tests.gateways.web.page_client import page_client
from tests.gateways.web.site import serve
from tests.programs.sandbox import Sandbox

LAST = (1 << 53) - 1  # the largest sequence in an address


class BusyChat(FakeChat):
    """A chat whose room becomes private before the history answers."""

    def read(self, query: Query) -> Page:
        self.make_private("dev")
        self.send("Ann", "a rose in private", room="dev")
        return super().read(query)


@pytest.mark.parametrize(
    "address",
    [
        "/r/dev",
        f"/r/dev?before={LAST}",
        "/r/dev/m/1",
        "/search?q=rose&room=dev",
        f"/search?q=rose&room=dev&before={LAST}",
        "/search?q=rose&room=lobby+dev",
        "/api/messages?room=dev",
        f"/api/messages?room=dev&before={LAST}",
        "/api/messages?room=dev&after=0",
    ],
)
def test_a_stranger_reads_nothing_that_was_said_in_private(address: str) -> None:
    chat = BusyChat()
    chat.open_room("dev")
    chat.send("Ann", "a rose in public", room="dev")
    client = page_client(make_app(chat, mode="read", invitation=""))

    response = client.get(address)

    assert response.status_code == 200
    text = response.get_data(as_text=True).replace("<mark>rose</mark>", "rose")
    assert ("a rose in public" in text, "a rose in private" in text) == (True, False)


def test_a_message_after_the_last_one_does_not_exist(
    chat: FakeChat, client: FlaskClient
) -> None:
    chat.send("Romeo", "hi")

    assert client.get("/m/2").status_code == 404
    assert client.get(f"/m/{LAST + 1}").status_code == 404


class CountingChat(FakeChat):
    """A chat that counts what it is asked about rooms."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = Counter[str]()

    def snapshot(self, room: RoomName, account: str = "") -> Snapshot | None:
        self.asked["snapshot"] += 1
        return super().snapshot(room, account)

    def readable(
        self, rooms: Collection[RoomName], peer: Peer, account: str
    ) -> dict[RoomName, int | Refused]:
        self.asked["readable"] += 1
        return super().readable(rooms, peer, account)

    def ban(
        self, peer: Peer, account: str, room: RoomName | None = None
    ) -> Refused | None:
        self.asked["server" if room is None else "room"] += 1
        return super().ban(peer, account, room)


def test_a_search_in_many_rooms_asks_once_who_may_read_them() -> None:
    chat = CountingChat()
    rooms = [LOBBY, *(f"r{number}" for number in range(1, MAX_ROOMS_EACH))]
    for room in rooms[1:]:
        chat.open_room(room)
    chat.send("Ann", "a rose", room=rooms[-1])
    client = page_client(make_app(chat, mode="read", invitation=""))

    response = client.get(
        "/search", query_string={"q": "rose", "room": " ".join(rooms)}
    )

    assert "1 message with" in response.get_data(as_text=True)
    assert chat.asked == {"server": 1, "readable": 1}


@pytest.mark.parametrize("engine", ["async", "threads"])
def test_a_server_says_which_rooms_may_be_searched(
    sandbox: Sandbox, engine: str
) -> None:
    stranger = AccountClient(serve(sandbox, engine, "--history", "memory").web_port)

    assert "No message" in stranger.get("/search?q=rose&room=dev+lobby").text
    assert stranger.get("/search?q=rose&room=dev+ops").status == 404
