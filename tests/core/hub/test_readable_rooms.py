"""Which rooms a visitor of the page may read, and up to which message."""

import pytest

from parlour.core.events import LOBBY, Refused, RoomName
from parlour.core.sessions.readable_rooms import readable_rooms
from tests.core.fake_server import FakeServer
from tests.core.invitation_peers import private_owner
from tests.core.order_peers import ask, owner
from tests.core.room_peers import say
from tests.core.session_peers import SOON

DEV, CELLAR, NOWHERE = RoomName("dev"), RoomName("cellar"), RoomName("nowhere")


@pytest.fixture
def server() -> FakeServer:
    """Ann has a room with a message, from which an address is banned, and Cat one."""
    server = FakeServer()
    ann = owner(server, "Ann", DEV)
    say(ann, DEV, "hi")
    private_owner(server, "Cat", CELLAR)
    server.wait(SOON)
    ask(server, ann, "ban", room=DEV, name="192.0.2.7")
    return server


def readable(
    server: FakeServer, account: str, network: str
) -> dict[RoomName, int | str]:
    """Return the last sequences of the rooms that may be read, or the code why not."""
    rooms = [CELLAR, DEV, NOWHERE, LOBBY]
    found = readable_rooms(server.hub.state, rooms, account, network, server.now)
    return {
        room: head.code if isinstance(head, Refused) else head
        for room, head in found.items()
    }


def test_a_stranger_reads_public_rooms(server: FakeServer) -> None:
    assert readable(server, "", "192.0.2.8") == {DEV: 1, LOBBY: 0}


def test_an_account_reads_private_rooms_in_which_it_is(server: FakeServer) -> None:
    assert readable(server, "cat", "192.0.2.8") == {CELLAR: 0, DEV: 1, LOBBY: 0}


def test_a_banned_stranger_learns_why(server: FakeServer) -> None:
    assert readable(server, "", "192.0.2.7") == {DEV: "banned", LOBBY: 0}


def test_an_account_at_a_banned_address_is_spared(server: FakeServer) -> None:
    assert readable(server, "Cat", "192.0.2.7") == {CELLAR: 0, DEV: 1, LOBBY: 0}
