"""What a gateway shows an account: its rooms, what is unread, and its invitations."""

from parlour.core.events import InvitationHeard, Reading, RoomName
from parlour.core.limits import INVITATION_TIME
from parlour.core.sessions.own_rooms import OwnRooms
from parlour.core.state.public_rooms import snapshot_of
from tests.core.account_peers import connect_guest, register
from tests.core.fake_server import WALL, FakeServer, line
from tests.core.invitation_peers import answers, invite, private_owner
from tests.core.order_peers import admin, ask, owner
from tests.core.session_peers import SOON

CELLAR, DEV = RoomName("cellar"), RoomName("dev")


def test_the_rooms_of_an_account_have_what_it_has_not_read(server: FakeServer) -> None:
    ann, bob = owner(server, "Ann", "dev"), connect_guest(server, "Bob")
    ask(server, ann, "set", room="dev", private=True)
    invite(server, ann, "dev", "Bob")
    answers(server, bob, "join", room="dev")
    for text in ("one", "two for Ann"):
        bob.send(line("message", {"room": "dev", "message": text}))
    server.wait(SOON)

    found = server.hub.own_rooms("ann", WALL)

    rooms = {each.listed.room: each for each in found.rooms}
    assert rooms[DEV].listed.is_private
    assert rooms[DEV].listed.users == 2
    assert rooms[DEV].reading == Reading(0, 2, 1)
    assert server.hub.own_rooms("nobody", WALL) == OwnRooms()


def test_an_account_has_its_invitations_until_they_end(server: FakeServer) -> None:
    ann = private_owner(server, "Ann", "cellar")
    register(server, "Bob")
    invite(server, ann, "cellar", "Bob")
    end = WALL + INVITATION_TIME

    found = server.hub.own_rooms("Bob", end - 60)

    (invitation,) = found.invitations
    assert invitation == InvitationHeard(CELLAR, "Ann", invitation.until)
    assert server.hub.own_rooms("Bob", end + 60).invitations == ()


def test_invitations_of_people_whom_an_account_ignores_are_left_out(
    server: FakeServer,
) -> None:
    ann, bob = private_owner(server, "Ann", "cellar"), register(server, "Bob")
    bob.send(line("ignore", {"name": "Ann"}))
    server.wait(SOON)
    invite(server, ann, "cellar", "Bob")

    assert server.hub.own_rooms("Bob", WALL).invitations == ()


def test_a_private_room_is_shown_to_the_accounts_in_it_alone(
    server: FakeServer,
) -> None:
    private_owner(server, "Ann", "cellar")
    register(server, "Bob")
    admin(server)

    found = {
        name: snapshot_of(server.hub.state, CELLAR, name)
        for name in ("", "ann", "Bob", "Ada", "nobody")
    }

    assert [name for name, each in found.items() if each is not None] == ["ann"]
    assert found["ann"] is not None
    assert found["ann"].is_private
