"""Keeping order: kicks, mutes, bans, roles, locked and slow rooms, announcements."""

import pytest

from parlour.core.entries import AccountEnabled, Registered, RoleSet
from parlour.core.events import AccountNumber, RoomName, SessionId
from parlour.core.limits import BANNED_TIME, EMPTY_ROOM_TIME
from parlour.core.names.folding import fold_key
from parlour.core.roles import Role
from parlour.core.sessions.connection import ConnectionKind
from parlour.core.state.names import name_keys
from tests.core.account_peers import (
    PASSWORD,
    connect_account,
    connect_guest,
    greet,
    register,
    told,
)
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.order_peers import admin, appoint, ask, owner
from tests.core.session_peers import SOON, read_events

NETWORK = "198.51.100.7"


def guest_from(server: FakeServer, network: str, name: str, **more: object) -> FakePeer:
    """Connect a guest from a network."""
    data = {"version": 1, "rooms": ["lobby"], "name": name, **more}
    return greet(server, data, network=network)


def key_of(peer: FakePeer) -> str:
    """Return the key that a peer has received for its device."""
    events = [each for each in read_events(peer) if each["type"] == "account"]
    key: str = events[-1]["data"]["key"]
    return key


def reasons(peer: FakePeer) -> list[str]:
    """Return the reasons of the errors that a peer received."""
    found = [each for each in read_events(peer) if each["type"] == "error"]
    return [each["data"]["reason"] for each in found]


# -- roles ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "role"), [({}, "owner"), ({"room": "lobby"}, "admin")]
)
def test_a_role_that_does_not_exist_in_that_place_is_refused(
    server: FakeServer, place: dict[str, str], role: str
) -> None:
    ada = admin(server)
    register(server, "Bob")
    told(ada)

    assert ask(server, ada, "role", name="Bob", role=role, **place) == [
        "error bad_data about role"
    ]


def test_whoever_opens_a_room_with_an_account_owns_it(server: FakeServer) -> None:
    ann = owner(server, "Ann", "dev")
    register(server, "Bob").disconnect()
    server.wait(SOON)
    told(ann)

    heard = ask(server, ann, "role", room="dev", name="bob", role="moderator")

    assert heard == ["dev: Ann moderator Bob"]


def test_a_moderator_appoints_nobody(server: FakeServer) -> None:
    ann = owner(server, "Ann", "dev")
    bob, _ = register(server, "Bob"), register(server, "Cat")
    ask(server, ann, "role", room="dev", name="Bob", role="moderator")
    told(bob)

    heard = ask(server, bob, "role", room="dev", name="Cat", role="moderator")

    assert heard == ["error not_allowed about role"]


def test_an_owner_gives_the_room_away(server: FakeServer) -> None:
    ann = owner(server, "Ann", "dev")
    bob = register(server, "Bob")
    ask(server, bob, "join", room="dev")
    told(ann)
    ask(server, ann, "role", room="dev", name="Bob", role="owner")

    heard = ask(server, ann, "role", room="dev", name="Bob", role="member")

    assert heard == ["error not_allowed about role"]
    told(bob)
    heard = ask(server, bob, "role", room="dev", name="Ann", role="member")
    assert heard == ["dev: Bob member Ann", "role"]


def test_nobody_changes_their_own_role(server: FakeServer) -> None:
    ann = owner(server, "Ann", "dev")

    heard = ask(server, ann, "role", room="dev", name="Ann", role="member")

    assert heard == ["error not_allowed about role"]


def test_only_an_administrator_sets_roles_on_the_server(server: FakeServer) -> None:
    ada, ann = admin(server), register(server, "Ann")
    told(ann), told(ada)

    assert ask(server, ann, "role", name="Ada", role="member") == [
        "error not_allowed about role"
    ]
    assert ask(server, ada, "role", name="Ann", role="moderator") == ["role"]
    assert told(ann) == ["account Ann, moderator", "role"]


def test_the_topic_of_a_room_that_belongs_to_somebody(server: FakeServer) -> None:
    ann, bob = owner(server, "Ann", "dev"), connect_guest(server, "Bob")
    ask(server, bob, "join", room="dev")

    heard = ask(server, bob, "topic", room="dev", topic="mine")

    assert heard == ["error not_allowed about topic"]
    told(ann)
    assert ask(server, ann, "topic", room="dev", topic="ours") == ["topic"]


# -- kicks ------------------------------------------------------------------------


def test_a_moderator_removes_somebody_from_a_room(server: FakeServer) -> None:
    ann, bob = owner(server, "Ann", "dev"), connect_guest(server, "Bob")
    ask(server, bob, "join", room="dev")
    told(ann)

    heard = ask(server, ann, "kick", room="dev", name="Bob", reason="enough")

    assert heard == ["dev: Ann kick Bob: enough", "left dev Bob"]
    assert told(bob) == ["dev: Ann kick Bob: enough", "left dev Bob"]
    assert "room dev" in ask(server, bob, "join", room="dev"), "and may return"


def test_other_guests_of_the_same_network_stay_when_one_is_kicked(
    server: FakeServer,
) -> None:
    ann = owner(server, "Ann", "dev")
    bob = guest_from(server, NETWORK, "Bob", rooms=["dev"])
    cat = guest_from(server, NETWORK, "Cat", rooms=["dev"])
    told(bob), told(cat), told(ann)

    heard = ask(server, ann, "kick", room="dev", name="Bob")

    assert heard == ["dev: Ann kick Bob", "left dev Bob"]
    assert told(cat) == heard


def test_a_plain_client_that_is_kicked_is_told_why(server: FakeServer) -> None:
    plain, ada = server.member("Bob"), admin(server)
    plain.read()

    ask(server, ada, "kick", room="lobby", name="Bob", reason="enough")

    assert plain.read() == [
        "[Server]: Ada has removed Bob: enough",
        "[Server]: you were kicked: enough",
    ]
    assert plain.ended is not None


def test_all_devices_of_an_account_leave(server: FakeServer) -> None:
    ann = owner(server, "Ann", "dev")
    one = register(server, "Bob", rooms=("dev",))
    two = connect_account(server, "Bob")
    told(one), told(two), told(ann)

    ask(server, ann, "kick", room="dev", name="Bob")

    assert told(one)[-1] == told(two)[-1] == "left dev Bob"
    three = connect_account(server, "Bob")
    assert "room dev" not in told(three), "the account is no longer in it"


def test_a_guest_removes_nobody(server: FakeServer) -> None:
    bob, _ = connect_guest(server, "Bob"), connect_guest(server, "Cat")
    told(bob)

    heard = ask(server, bob, "kick", room="lobby", name="Cat")

    assert heard == ["error not_allowed about kick"]


def test_a_moderator_does_not_act_on_an_administrator(server: FakeServer) -> None:
    ada, bob = admin(server), register(server, "Bob")
    appoint(server, "Bob", Role.MODERATOR)
    told(bob), told(ada)

    for kind in ("kick", "mute", "ban"):
        heard = ask(server, bob, kind, room="lobby", name="Ada")
        assert heard == [f"error not_allowed about {kind}"]
    assert told(ada) == []


def test_two_moderators_do_not_act_on_each_other(server: FakeServer) -> None:
    one, two = register(server, "Ann"), register(server, "Bob")
    appoint(server, "Ann", Role.MODERATOR)
    appoint(server, "Bob", Role.MODERATOR)
    told(one), told(two)

    one.feed(line("kick", {"room": "lobby", "name": "Bob"}))
    two.feed(line("kick", {"room": "lobby", "name": "Ann"}))
    server.wait(SOON)

    assert told(one) == told(two) == ["error not_allowed about kick"]


# -- mutes ------------------------------------------------------------------------


def test_one_who_is_muted_hears_until_when_and_why(server: FakeServer) -> None:
    ada, bob = admin(server), connect_guest(server, "Bob")
    heard = ask(
        server, ada, "mute", room="lobby", name="Bob", seconds=600, reason="noise"
    )
    assert heard[-1] == "lobby: Ada mute Bob: noise"
    told(bob)

    bob.send(line("message", {"message": "hi", "id": "1"}))

    assert reasons(bob) == [
        "you are muted in #lobby until 2023-11-14 22:23 UTC, by Ada: noise"
    ]


def test_a_plain_client_that_is_muted_is_told_so(server: FakeServer) -> None:
    plain, ada = server.member("Bob"), admin(server)
    plain.read()
    ask(server, ada, "mute", room="lobby", name="Bob", reason="noise")
    plain.read()

    plain.send_text("hi")

    assert plain.read() == [
        "[Server]: you are muted in #lobby until somebody lifts it, by Ada: noise"
    ]
    assert server.recorded_messages() == []


def test_a_plain_client_is_told_that_it_is_muted_on_the_server(
    server: FakeServer,
) -> None:
    plain, ada = server.member("Bob"), admin(server)
    plain.read()

    ask(server, ada, "mute", name="Bob", seconds=600, reason="noise")
    muted = plain.read()
    ask(server, ada, "unmute", name="Bob")

    assert muted == [
        "[Server]: you are muted until 2023-11-14 22:23 UTC, by Ada: noise"
    ]
    assert plain.read() == ["[Server]: Ada lets Bob speak again"]


def test_a_plain_client_is_told_which_mute_remains(server: FakeServer) -> None:
    plain, ada = server.member("Bob"), admin(server)
    ask(server, ada, "mute", name="Bob")
    ask(server, ada, "mute", room="lobby", name="Bob", reason="noise")
    plain.read()

    ask(server, ada, "unmute", name="Bob")

    assert plain.read() == [
        "[Server]: you are muted in #lobby until somebody lifts it, by Ada: noise"
    ]


def test_a_user_called_none_is_not_unmuted_instead_of_another(
    server: FakeServer,
) -> None:
    ada = admin(server)
    for name in ("Bob", "None"):
        connect_guest(server, name)
        ask(server, ada, "mute", room="lobby", name=name)

    heard = ask(server, ada, "unmute", room="lobby", name="Bob")

    assert heard == ["lobby: Ada unmute Bob"]


def test_a_mute_in_one_room_leaves_the_others(server: FakeServer) -> None:
    ann, bob = owner(server, "Ann", "dev"), connect_guest(server, "Bob")
    ask(server, bob, "join", room="dev")
    ask(server, ann, "mute", room="dev", name="Bob")
    told(bob)

    assert ask(server, bob, "message", message="hi")[-1] == "lobby Bob: hi"
    assert ask(server, bob, "message", room="dev", message="hi") == [
        "error muted about message"
    ]


def test_a_mute_on_the_server_holds_in_direct_messages(server: FakeServer) -> None:
    ada, bob = admin(server), connect_guest(server, "Bob")
    bob.send(line("direct", {"to": "Ada"}))
    told(bob)
    room = server.hub.state.sessions[SessionId(bob.connection)].rooms[-1]
    ask(server, ada, "mute", name="Bob")
    told(bob)

    heard = ask(server, bob, "message", room=room, message="psst", id="1")

    assert heard == ["error muted about message"]


def test_a_mute_ends_by_itself(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = admin(server), connect_guest(server, "Bob")
    ask(server, ada, "mute", room="lobby", name="Bob", seconds=60)
    told(bob)
    assert ask(server, bob, "message", message="hi") == ["error muted about message"]

    monkeypatch.setattr("tests.core.fake_server.WALL", 1_700_000_061.0)

    assert ask(server, bob, "message", message="hi")[-1] == "lobby Bob: hi"


def test_a_mute_is_lifted(server: FakeServer) -> None:
    ada, bob = admin(server), connect_guest(server, "Bob")
    ask(server, ada, "mute", room="lobby", name="Bob")

    assert ask(server, ada, "unmute", room="lobby", name="bob") == [
        "lobby: Ada unmute Bob"
    ]
    told(bob)
    assert ask(server, bob, "message", message="hi")[-1] == "lobby Bob: hi"
    heard = ask(server, ada, "unmute", room="lobby", name="bob")
    assert heard[-1] == "error no_such_sanction about unmute"


def test_an_account_stays_muted_on_another_device(server: FakeServer) -> None:
    ada, one = admin(server), register(server, "Bob")
    ask(server, ada, "mute", room="lobby", name="Bob")

    two = connect_account(server, "Bob")
    told(two)

    assert ask(server, two, "message", message="hi") == ["error muted about message"]
    one.disconnect()


def test_messages_that_wait_while_a_mute_is_stored_are_refused(
    server: FakeServer,
) -> None:
    ada, bob = admin(server), connect_guest(server, "Bob")
    told(bob)
    server.is_storage_paused = True
    ada.send(line("mute", {"room": "lobby", "name": "Bob"}))
    bob.send(line("message", {"message": "quick", "id": "1"}))

    server.commit()
    server.is_storage_paused = False
    server.wait(SOON)

    assert told(bob) == ["lobby: Ada mute Bob", "error muted about message"]
    assert server.recorded_messages() == []


# -- bans -------------------------------------------------------------------------


def test_a_ban_ends_all_sessions_of_an_account(server: FakeServer) -> None:
    ada, one = admin(server), register(server, "Bob", device="laptop")
    two = connect_account(server, "Bob")
    key = next(
        each["data"]["key"] for each in read_events(one) if "key" in each["data"]
    )
    told(two)

    ask(server, ada, "ban", name="Bob", reason="spam")

    assert (told(one), told(two)) == (["bye banned"], ["bye banned"])
    assert told(connect_account(server, "Bob", key=key)) == ["error banned about hello"]
    assert told(connect_account(server, "Bob")) == ["error banned about hello"]


WAYS_BACK = {
    "another name": {"name": "Harmless"},
    "no name": {"name": ""},
    "watching": {"watch": True},
}


@pytest.mark.parametrize("hello", WAYS_BACK.values(), ids=WAYS_BACK)
def test_a_banned_guest_does_not_come_back(
    server: FakeServer, hello: dict[str, object]
) -> None:
    ada, bob = admin(server), guest_from(server, NETWORK, "Bob")
    ask(server, ada, "ban", name="Bob", reason="spam")
    assert told(bob)[-1] == "bye banned"

    data = {"version": 1, "rooms": ["lobby"], **hello}
    back = greet(server, data, network=NETWORK)

    assert told(back) == ["bye banned"]


def test_a_banned_guest_does_not_come_back_with_its_token(server: FakeServer) -> None:
    token = "the token of a client"
    ada, bob = admin(server), guest_from(server, NETWORK, "Bob", token=token)
    ask(server, ada, "ban", name="Bob")
    assert told(bob)[-1] == "bye banned"

    back = guest_from(server, "203.0.113.9", "Bob", token=token)

    assert told(back) == ["bye banned"]


def test_a_banned_guest_does_not_come_back_with_a_plain_client(
    server: FakeServer,
) -> None:
    ada = admin(server)
    guest_from(server, NETWORK, "Bob")
    ask(server, ada, "ban", name="Bob", seconds=600, reason="spam")
    reason = "you are banned until 2023-11-14 22:23 UTC, by Ada: spam"

    silent, hasty = server.connect(network=NETWORK), server.connect(network=NETWORK)
    hasty.send(line("message", "hi"))
    server.wait(1)
    assert hasty.read() == [f"[Server]: {reason}"]
    assert silent.read() == []
    server.wait(BANNED_TIME)

    assert silent.read() == [f"[Server]: {reason}"]
    assert silent.ended is not None


def test_a_ban_of_an_address_spares_accounts(server: FakeServer) -> None:
    ada = admin(server)
    register(server, "Ann").disconnect()
    ask(server, ada, "ban", name=NETWORK)
    data = {"version": 1, "rooms": [], "account": "Ann", "password": PASSWORD}

    ann = greet(server, data, network=NETWORK)

    assert told(ann)[0] == "welcome Ann"


def test_a_ban_of_an_address_spares_accounts_whose_hello_comes_late(
    server: FakeServer,
) -> None:
    ada = admin(server)
    register(server, "Ann").disconnect()
    ask(server, ada, "ban", name=NETWORK)
    data = {"version": 1, "rooms": ["lobby"], "late": True}
    signs_in = {**data, "account": "Ann", "password": PASSWORD}

    ann, guest = server.connect(network=NETWORK), server.connect(network=NETWORK)
    server.wait(1)
    ann.send(line("hello", signs_in))
    guest.send(line("hello", {**data, "name": "Bob"}))
    server.wait(BANNED_TIME)

    assert told(ann)[0] == "welcome Ann"
    assert told(guest) == ["bye banned"]
    assert ann.ended is None


def test_a_silent_guest_is_admitted_if_the_ban_is_lifted_meanwhile(
    server: FakeServer,
) -> None:
    ada = admin(server)
    ask(server, ada, "ban", name=NETWORK)
    silent = server.connect(network=NETWORK)
    server.wait(1)
    assert ask(server, ada, "unban", number=1) == []
    server.wait(BANNED_TIME)

    assert "has entered the chat" in silent.read()[-1]


def test_a_read_only_page_of_an_account_survives_a_ban_of_its_address(
    server: FakeServer,
) -> None:
    ada = admin(server)
    key = key_of(register(server, "Ann", device="a laptop"))
    ask(server, ada, "ban", name=NETWORK)
    data = {"version": 1, "rooms": ["lobby"]}
    pages = []
    for more in ({"account": "Ann", "key": key}, {}):
        page = server.connect(network=NETWORK, kind=ConnectionKind.READ_ONLY_PAGE)
        page.send(line("hello", {**data, **more}))
        pages.append(page)
    server.wait(SOON)

    assert told(pages[0])[-1] == "room lobby"
    assert told(pages[1]) == ["bye banned"]


def test_a_ban_of_an_address_spares_accounts_that_resume_their_session(
    server: FakeServer,
) -> None:
    ada, token = admin(server), "the token of a client"
    register(server, "Ann").disconnect()
    data = {"version": 1, "rooms": ["lobby"], "token": token}
    signs_in = {**data, "account": "Ann", "password": PASSWORD}
    greet(server, signs_in, network=NETWORK).disconnect()
    ask(server, ada, "ban", name=NETWORK)

    ann = greet(server, data, network=NETWORK)

    assert told(ann)[0] == "welcome Ann"


def test_somebody_next_door_is_not_banned(server: FakeServer) -> None:
    ada = admin(server)
    ask(server, ada, "ban", name=NETWORK)

    assert told(guest_from(server, "198.51.100.8", "Cat"))[0] == "welcome Cat"


def test_a_prefix_is_banned(server: FakeServer) -> None:
    ada = admin(server)
    bob = guest_from(server, "198.51.100.8", "Bob")
    told(bob)

    ask(server, ada, "ban", name="198.51.100.0/24")

    assert told(bob)[-1] == "bye banned"
    assert told(guest_from(server, "198.51.100.200", "Cat")) == ["bye banned"]
    assert told(guest_from(server, "198.51.101.1", "Dan"))[0] == "welcome Dan"


def test_one_ipv6_address_means_its_network(server: FakeServer) -> None:
    ada = admin(server)
    ask(server, ada, "ban", name="2001:db8::1")

    assert told(guest_from(server, "2001:db8::/64", "Cat")) == ["bye banned"]


@pytest.mark.parametrize(
    "name", ["127.0.0.1", "::1", "10.0.0.0/8", "2001:db8::/16", "::ffff:127.0.0.1"]
)
def test_what_cannot_be_banned(server: FakeServer, name: str) -> None:
    ada = admin(server)

    assert ask(server, ada, "ban", name=name) == ["error cannot_ban about ban"]


def test_a_guest_of_this_machine_can_only_be_banned_by_its_token(
    server: FakeServer,
) -> None:
    ada = admin(server)
    connect_guest(server, "Bob")

    assert ask(server, ada, "ban", name="Bob")[-1] == "error cannot_ban about ban"


def test_a_ban_from_a_room(server: FakeServer) -> None:
    ann, bob = owner(server, "Ann", "dev"), register(server, "Bob", rooms=("dev",))
    told(bob)

    ask(server, ann, "ban", room="dev", name="Bob")

    assert told(bob) == ["dev: Ann ban Bob", "left dev Bob"]
    assert ask(server, bob, "join", room="dev") == ["error banned about join"]
    assert ask(server, bob, "message", message="hi")[-1] == "lobby Bob: hi"


def test_a_guest_who_watches_a_room_is_removed_with_a_ban(server: FakeServer) -> None:
    ann = owner(server, "Ann", "dev")
    guest_from(server, NETWORK, "Bob", rooms=["dev"])
    data = {"version": 1, "rooms": ["dev"], "watch": True}
    watcher = greet(server, data, network=NETWORK)
    told(watcher)

    ask(server, ann, "ban", room="dev", name="Bob")

    assert told(watcher) == ["dev: Ann ban Bob", "left dev Bob", "closed"]
    again = greet(server, data, network=NETWORK)
    assert told(again)[1:] == ["error banned about hello"]


def test_a_banned_guest_cannot_join_by_another_name(server: FakeServer) -> None:
    ann = owner(server, "Ann", "dev")
    guest_from(server, NETWORK, "Bob", rooms=["dev"])
    ask(server, ann, "ban", room="dev", name="Bob")

    cat = guest_from(server, NETWORK, "Cat")
    told(cat)

    assert ask(server, cat, "join", room="dev") == ["error banned about join"]


def test_a_ban_survives_a_guest_who_signs_in_meanwhile(server: FakeServer) -> None:
    ada = admin(server)
    register(server, "Ann").disconnect()
    server.wait(20)
    bob = guest_from(server, NETWORK, "Bob")
    ask(server, ada, "ban", name="Ann")
    told(bob)

    heard = ask(server, bob, "login", account="Ann", password=PASSWORD)

    assert heard == ["error banned about login"]


def test_a_ban_is_lifted_by_its_address(server: FakeServer) -> None:
    ada = admin(server)
    ask(server, ada, "ban", name="198.51.100.0/24")

    ask(server, ada, "unban", name="198.51.100.0/24")

    assert told(guest_from(server, NETWORK, "Cat"))[0] == "welcome Cat"


def test_sanctions_are_listed_for_those_who_may_lift_them(server: FakeServer) -> None:
    ada, bob = admin(server), connect_guest(server, "Bob")
    ask(server, ada, "ban", name=NETWORK, seconds=60, reason="spam")

    ada.send(line("sanctions", {}))

    (found,) = read_events(ada)
    (ban,) = found["data"]["sanctions"]
    assert ban.pop("until").startswith("2023-11-14T22:14:20")
    assert ban == (
        {
            "number": 1,
            "kind": "ban",
            "name": "198.51.100.7/32",
            "since": "2023-11-14T22:13:20.000000Z",
            "by": "Ada",
            "reason": "spam",
        }
    )
    told(bob)
    assert ask(server, bob, "sanctions") == ["error not_allowed about sanctions"]


def test_why_tells_somebody_what_holds_for_them(server: FakeServer) -> None:
    ada, bob = admin(server), connect_guest(server, "Bob")
    ask(server, ada, "mute", room="lobby", name="Bob", reason="noise")
    ask(server, ada, "ban", name=NETWORK)
    told(bob)

    bob.send(line("why", {}))

    (found,) = read_events(bob)
    assert found["type"] == "why"
    (mute,) = found["data"]["sanctions"]
    assert (mute["kind"], mute["room"], mute["reason"]) == ("mute", "lobby", "noise")


# -- settings of rooms ------------------------------------------------------------


def test_in_a_locked_room_only_moderators_speak(server: FakeServer) -> None:
    ann, bob = owner(server, "Ann", "dev"), connect_guest(server, "Bob")
    ask(server, bob, "join", room="dev")

    ask(server, ann, "set", room="dev", locked=True)

    assert told(bob)[-1] == "dev: Ann lock"
    assert ask(server, bob, "message", room="dev", message="hi") == [
        "error locked about message"
    ]
    assert ask(server, ann, "message", room="dev", message="hi")[-1] == "dev Ann: hi"
    ask(server, ann, "set", room="dev", locked=False)
    told(bob)
    assert ask(server, bob, "message", room="dev", message="yo")[-1] == "dev Bob: yo"


def test_in_a_slow_room_everybody_waits_between_messages(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = owner(server, "Ann", "dev"), connect_guest(server, "Bob")
    ask(server, bob, "join", room="dev")
    ask(server, ann, "set", room="dev", slow=30)
    told(bob)

    bob.feed(line("message", {"room": "dev", "message": "one", "id": "1"}))
    bob.feed(line("message", {"room": "dev", "message": "two", "id": "2"}))
    server.wait(SOON)

    assert told(bob) == ["stored", "dev Bob: one", "error too_fast about message"]
    monkeypatch.setattr("tests.core.fake_server.WALL", 1_700_000_030.0)
    assert ask(server, bob, "message", room="dev", message="three")[-1] == (
        "dev Bob: three"
    )
    for text in ("four", "five"):
        heard = ask(server, ann, "message", room="dev", message=text)
        assert heard[-1] == f"dev Ann: {text}", "a moderator need not wait"


def test_a_retry_in_a_slow_room_is_acknowledged(server: FakeServer) -> None:
    token = "the token of a client"
    ann = owner(server, "Ann", "dev")
    ask(server, ann, "set", room="dev", slow=30)
    bob = connect_guest(server, "Bob", token=token, rooms=["dev"])
    told(bob)

    for _ in range(2):
        bob.send(line("message", {"room": "dev", "message": "one", "id": "1"}))
    server.wait(SOON)

    assert told(bob) == ["stored", "dev Bob: one", "stored"]


@pytest.mark.parametrize("settings", [{"locked": True}, {"slow": 5}])
def test_only_moderators_change_a_room(
    server: FakeServer, settings: dict[str, object]
) -> None:
    owner(server, "Ann", "dev")
    bob = connect_guest(server, "Bob")
    ask(server, bob, "join", room="dev")

    heard = ask(server, bob, "set", room="dev", **settings)

    assert heard == ["error not_allowed about set"]


# -- announcements ----------------------------------------------------------------


def test_an_announcement_is_heard_in_all_rooms(server: FakeServer) -> None:
    plain, ada = server.member("Bob"), admin(server)
    plain.read()
    ask(server, ada, "join", room="dev")

    heard = ask(server, ada, "announce", text="back at noon")

    assert sorted(heard) == ["announcement", "announcement"]
    assert plain.read() == ["[Server]: announcement by Ada: back at noon"]


def test_a_member_announces_nothing(server: FakeServer) -> None:
    ann = register(server, "Ann")
    told(ann)

    heard = ask(server, ann, "announce", text="buy this")

    assert heard == ["error not_allowed about announce"]


# -- the operator -----------------------------------------------------------------


def test_the_operator_hears_what_became_of_an_entry(server: FakeServer) -> None:
    register(server, "Ann")
    account = server.hub.state.accounts.named(fold_key("Ann"))
    assert account is not None
    number = account.number
    made = server.hub.operate(
        RoleSet(SessionId(0), "", None, number, "Ann", Role.ADMIN)
    )
    unknown = server.hub.operate(AccountEnabled(AccountNumber(9), is_enabled=False))

    server.wait(SOON)

    (first, why), (second, reason) = server.hub.operated()
    assert (first, why, second) == (made, None, unknown)
    assert reason is not None
    assert reason.code == "no_such_account"
    assert server.hub.operated() == []


def test_what_a_guest_has_said_is_not_recorded_under_the_name_of_a_new_account(
    server: FakeServer,
) -> None:
    bob = connect_guest(server, "Bob")
    told(bob)
    server.is_storage_paused = True
    server.hub.operate(Registered(SessionId(0), "Bob", name_keys("Bob"), "hash"))
    bob.send(line("message", {"message": "it was me", "id": "1"}))

    server.commit()
    server.is_storage_paused = False
    server.wait(SOON)

    (message,) = server.recorded_messages()
    assert message.source == "192.0.2.1:1"
    assert told(bob)[0] == "Bob is 192.0.2.1:1 in lobby"


# -- rooms that stay ----------------------------------------------------------------


def is_open(server: FakeServer, room: str) -> bool:
    return server.hub.state.rooms.get_open(RoomName(room)) is not None


def test_an_empty_room_stays_open_as_long_as_it_has_an_owner(
    server: FakeServer,
) -> None:
    bob = owner(server, "Bob", "dev")
    ask(server, bob, "leave", room="dev")
    ask(server, bob, "bye")

    server.wait(2 * EMPTY_ROOM_TIME)

    assert is_open(server, "dev")


def test_an_empty_room_of_nobody_closes(server: FakeServer) -> None:
    eve = connect_guest(server, "Eve")
    ask(server, eve, "join", room="dev")
    ask(server, eve, "leave", room="dev")

    server.wait(EMPTY_ROOM_TIME + 10)

    assert not is_open(server, "dev")


@pytest.mark.parametrize("name", ["198.51.100.7", "198.51.100.7/32", "2001:db8::7"])
def test_a_banned_address_is_named_as_it_was_banned(name: str) -> None:
    server = FakeServer()
    ada = admin(server)
    ask(server, ada, "ban", name=name)

    ask(server, ada, "unban", name=name)

    assert not list(server.hub.state.sanctions)


@pytest.mark.parametrize(("act", "end"), [("mute", "unmute"), ("ban", "unban")])
def test_a_name_of_digits_is_no_number(server: FakeServer, act: str, end: str) -> None:
    ada = admin(server)
    connect_guest(server, "Bob")
    ask(server, ada, act, room="lobby", name="Bob")

    heard = ask(server, ada, end, room="lobby", name="1")

    assert heard == [f"error no_such_sanction about {end}"]
