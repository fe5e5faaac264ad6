"""Accounts: registering, signing in, several devices, and what others notice."""

import pytest

from parlour.core.events import Refused
from parlour.core.rules import Rules
from tests.core.account_peers import (
    PASSWORD,
    connect_account,
    connect_guest,
    greet,
    register,
    told,
)
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.session_peers import SOON, read_events

NAME_REGISTERED = (
    "the name ANN is registered, or looks like one that is; sign in if it is yours"
)


def key_of(peer: FakePeer) -> str:
    """Return the key that a peer received."""
    keys = [each["data"].get("key") for each in read_events(peer)]
    (key,) = [each for each in keys if each]
    return str(key)


def test_a_guest_registers_its_name(server: FakeServer) -> None:
    ann = connect_guest(server, "Ann")
    bob = connect_guest(server, "Bob")
    told(ann), told(bob)

    ann.send(line("register", {"password": PASSWORD}))

    assert told(ann) == ["account Ann, member"]
    assert told(bob) == []
    assert server.user_names() == ["Ann", "Bob"]


def test_a_registered_name_is_kept_for_its_owner(server: FakeServer) -> None:
    register(server, "Ann").disconnect()

    guest = connect_guest(server, "ann")

    assert "error name_registered about hello" in told(guest)
    plain = server.connect()
    plain.rename("ANN")
    assert plain.read() == [
        "[Server]: 192.0.2.1:3 has entered the chat",
        f"[Server]: {NAME_REGISTERED}",
    ]


def test_a_name_that_looks_like_a_registered_one_is_refused(server: FakeServer) -> None:
    register(server, "paypal").disconnect()
    guest = connect_guest(server, "Bob")
    told(guest)

    guest.send(line("set-name", {"name": "\u0440\u0430\u0443\u0440\u0430l"}))

    assert told(guest) == ["error bad_name about set-name"]
    guest.send(line("set-name", {"name": "PAYPAI"}))
    assert told(guest) == ["error name_registered about set-name"]


def test_an_account_signs_in_with_its_password(server: FakeServer) -> None:
    register(server, "Ann").disconnect()
    bob = connect_guest(server, "Bob")
    told(bob)

    ann = connect_account(server, "ann")

    assert told(ann) == [
        "welcome Ann",
        "account Ann, member",
        "room lobby",
        "joined lobby Ann",
    ]
    assert told(bob) == ["joined lobby Ann"]


def test_a_device_signs_in_with_its_key(server: FakeServer) -> None:
    key = key_of(register(server, "Ann", device="laptop"))

    ann = connect_account(server, "Ann", key=key)

    assert told(ann)[:2] == ["welcome Ann", "account Ann, member, device 1"]


def test_a_password_with_a_device_makes_a_key(server: FakeServer) -> None:
    register(server, "Ann").disconnect()

    ann = connect_account(server, "Ann", device="phone")

    events = read_events(ann)
    assert events[1]["type"] == "account"
    key = events[1]["data"]["key"]
    other = connect_account(server, "Ann", key=key)
    assert told(other)[1] == "account Ann, member, device 1"


@pytest.mark.parametrize(
    ("account", "how"),
    [
        ("Ann", {"password": "wrong password"}),
        ("Nobody", {"password": PASSWORD}),
        ("Ann", {"key": "x" * 40}),
        ("Nobody", {"key": "x" * 40}),
        ("Ann", {"password": "x" * 300}),
    ],
)
def test_wrong_credentials_admit_nobody(
    server: FakeServer, account: str, how: dict[str, str]
) -> None:
    register(server, "Ann", device="laptop").disconnect()
    bob = connect_guest(server, "Bob")
    told(bob)

    peer = connect_account(server, account, **how)

    (error,) = read_events(peer)
    assert error["data"] == {
        "code": "auth_failed",
        "reason": "the account or the password is wrong",
        "about": "hello",
    }
    assert told(bob) == []
    assert server.user_names() == ["Bob"]


@pytest.mark.parametrize(
    "credentials",
    [
        {"account": None, "password": PASSWORD},
        {"account": "Ann"},
        {"account": "Ann", "password": PASSWORD, "key": "x" * 40},
        {"account": "Ann", "password": 7},
        {"account": "Ann", "password": PASSWORD, "device": "a\nb"},
    ],
)
def test_malformed_credentials_admit_nobody(
    server: FakeServer, credentials: dict[str, object]
) -> None:
    data = {"version": 1, "name": "Cat", "rooms": ["lobby"], **credentials}

    peer = greet(server, data)

    assert told(peer) == ["error bad_data about hello"]
    assert server.user_names() == []
    peer.send(line("set-name", {"name": "Cat"}))
    server.wait(SOON)
    assert told(peer)[0] == "welcome Cat"


def test_the_key_of_another_account_does_not_sign_in(server: FakeServer) -> None:
    key = key_of(register(server, "Ann", device="laptop"))
    register(server, "Bob").disconnect()

    peer = connect_account(server, "Bob", key=key)

    assert told(peer) == ["error auth_failed about hello"]


def test_an_unknown_account_is_checked_like_a_known_one(server: FakeServer) -> None:
    register(server, "Ann").disconnect()
    server.is_checking_paused = True

    known = connect_account(server, "Ann", password="wrong password")
    unknown = connect_account(server, "Nobody", password="wrong password")

    assert [each.connection for each in server.checks] == [
        known.connection,
        unknown.connection,
    ]
    assert server.checks[1].hash == ""
    assert (told(known), told(unknown)) == ([], [])


def test_one_may_try_again(server: FakeServer) -> None:
    register(server, "Ann").disconnect()
    peer = connect_account(server, "Ann", password="wrong password", rooms=["lobby"])
    told(peer)

    peer.send(line("login", {"account": "Ann", "password": PASSWORD}))
    server.wait(SOON)

    assert told(peer) == [
        "welcome Ann",
        "account Ann, member",
        "room lobby",
        "joined lobby Ann",
    ]


def test_one_who_fails_may_go_on_as_a_guest(server: FakeServer) -> None:
    peer = connect_account(server, "Nobody", rooms=["lobby"])
    told(peer)

    peer.send(line("set-name", {"name": "Cat"}))
    server.wait(SOON)

    assert told(peer) == ["welcome Cat", "room lobby", "joined lobby Cat"]


@pytest.mark.parametrize(
    "sent",
    [
        line("message", {"message": "hi"}),
        line("message", "hi"),
        line("join", {"room": "lobby"}),
        line("history", {}),
        line("search", {"words": "hi"}),
        line("users", {}),
        line("rooms", {}),
        line("direct", {"to": "Bob"}),
        line("topic", {"room": "lobby", "topic": "mine"}),
        line("register", {"password": PASSWORD}),
        line("devices", {}),
        line("passwd", {"password": PASSWORD, "new": PASSWORD}),
        line("revoke", {"device": 1}),
        line("ignore", {"name": "Bob"}),
    ],
)
def test_one_who_is_not_signed_in_may_do_nothing_else(
    server: FakeServer, sent: bytes
) -> None:
    bob = connect_guest(server, "Bob")
    bob.send(line("message", {"message": "a secret"}))
    peer = connect_account(server, "Nobody")
    told(bob), told(peer)

    peer.send(sent)

    assert told(peer)[0].startswith("error sign_in_required")
    assert told(bob) == []


def test_three_failures_end_the_connection(server: FakeServer) -> None:
    peer = connect_account(server, "Nobody")
    for _ in range(2):
        peer.send(line("login", {"account": "Nobody", "password": PASSWORD}))

    assert told(peer) == [
        "error auth_failed about hello",
        "error auth_failed about login",
        "error auth_failed about login",
        "bye auth_failed",
    ]
    assert peer.ended is not None


@pytest.mark.parametrize(
    "last", [line("set-name", {"name": "Ghost"}), line("hello", {"version": 1})]
)
def test_nothing_is_done_after_three_wrong_keys(
    server: FakeServer, last: bytes
) -> None:
    peer = connect_account(server, "Nobody", key="x" * 40)
    told(peer)
    wrong = line("login", {"account": "Nobody", "key": "x" * 40})

    peer.send(wrong + wrong + last + last)
    server.wait(SOON)

    assert told(peer) == ["error auth_failed about login"] * 2 + ["bye auth_failed"]
    assert server.user_names() == []
    assert len(server.hub.state.sessions) == 0


def test_no_password_is_taken_from_an_open_network(server: FakeServer) -> None:
    register(server, "Ann").disconnect()
    data = {"version": 1, "account": "Ann", "password": PASSWORD, "rooms": []}

    peer = greet(server, data, is_secure=False)

    assert told(peer) == ["error tls_required about hello"]
    assert server.user_names() == []
    guest = greet(server, {"version": 1, "name": "Cat", "rooms": []}, is_secure=False)
    told(guest)
    guest.send(line("login", {"account": "Ann", "password": PASSWORD}))
    assert told(guest) == ["error tls_required about login"]


def test_no_key_is_taken_from_an_open_network(server: FakeServer) -> None:
    key = key_of(register(server, "Ann", device="laptop"))
    data = {"version": 1, "account": "Ann", "key": key, "rooms": []}

    peer = greet(server, data, is_secure=False)

    assert told(peer) == ["error tls_required about hello"]


@pytest.mark.parametrize("is_lost", [False, True])
def test_no_session_of_an_account_is_resumed_over_an_open_network(
    server: FakeServer, *, is_lost: bool
) -> None:
    register(server, "Ann").disconnect()
    token = "the token of a client"
    ann = connect_account(server, "Ann", token=token)
    if is_lost:
        ann.disconnect()
    told(ann)

    data = {"version": 1, "token": token, "rooms": []}
    thief = greet(server, data, is_secure=False)

    assert told(thief) == ["welcome 192.0.2.1:3"]
    thief.send(line("devices", {}))
    assert told(thief) == ["error not_signed_in about devices"]
    assert told(ann) == []
    thief.disconnect()
    assert told(connect_guest(server, None, token=token))[0] == "welcome Ann"


def test_a_guest_is_resumed_over_an_open_network(server: FakeServer) -> None:
    data = {"version": 1, "name": "Cat", "token": "the token of a client", "rooms": []}
    greet(server, data, is_secure=False).disconnect()

    del data["name"]

    assert told(greet(server, data, is_secure=False)) == ["welcome Cat"]


def test_nobody_registers_over_an_open_network(server: FakeServer) -> None:
    guest = greet(server, {"version": 1, "name": "Cat", "rooms": []}, is_secure=False)
    told(guest)

    guest.send(line("register", {"password": PASSWORD}))

    assert told(guest) == ["error tls_required about register"]


def test_a_server_may_refuse_to_register() -> None:
    server = FakeServer(rules=Rules(registration="closed"))
    guest = connect_guest(server, "Ann")
    told(guest)

    guest.send(line("register", {"password": PASSWORD}))

    assert told(guest) == ["error registration_closed about register"]


@pytest.mark.parametrize("password", ["short", "ä" * 129, ""])
def test_a_password_has_bounds(server: FakeServer, password: str) -> None:
    guest = connect_guest(server, "Ann")
    told(guest)

    guest.send(line("register", {"password": password}))

    assert told(guest) == ["error bad_password about register"]


def test_one_without_a_name_cannot_register(server: FakeServer) -> None:
    guest = connect_guest(server, None)
    told(guest)

    guest.send(line("register", {"password": PASSWORD}))

    assert told(guest) == ["error no_name about register"]


# -- several devices --------------------------------------------------------------


def test_two_devices_are_one_user(server: FakeServer) -> None:
    one = register(server, "Ann")
    bob = connect_guest(server, "Bob")
    told(one), told(bob)

    two = connect_account(server, "Ann")

    assert server.user_names() == ["Ann", "Bob"]
    assert (told(one), told(bob)) == ([], [])
    two.send(line("message", {"message": "hi"}))
    assert told(one) == told(bob) == ["lobby Ann: hi"]
    one.send(line("bye", {}))
    server.wait(SOON)
    assert told(bob) == []
    two.send(line("bye", {}))
    server.wait(SOON)
    assert told(bob) == ["left lobby Ann"]


def test_a_room_that_one_device_enters_opens_on_the_other(server: FakeServer) -> None:
    one = register(server, "Ann")
    two = connect_account(server, "Ann")
    told(one), told(two)

    one.send(line("join", {"room": "dev"}))
    server.wait(SOON)

    assert told(one) == ["room dev", "joined dev Ann"]
    assert told(two) == ["room dev", "joined dev Ann"]
    two.send(line("leave", {"room": "dev"}))
    server.wait(SOON)
    assert told(one) == ["left dev Ann"]
    assert told(two) == ["left dev Ann"]


def test_an_account_is_in_its_rooms_again(server: FakeServer) -> None:
    one = register(server, "Ann", rooms=("dev",))
    one.send(line("bye", {}))
    server.wait(SOON)

    two = connect_account(server, "Ann")

    assert [each for each in told(two) if each.startswith("room")] == [
        "room lobby",
        "room dev",
    ]


def test_the_rooms_of_a_hello_become_those_of_the_account(server: FakeServer) -> None:
    register(server, "Ann").disconnect()
    one = connect_account(server, "Ann", rooms=["dev"])
    one.send(line("bye", {}))
    server.wait(SOON)

    two = connect_account(server, "Ann")

    assert [each for each in told(two) if each.startswith("room")] == [
        "room lobby",
        "room dev",
    ]


def test_a_guest_signs_in_and_is_renamed(server: FakeServer) -> None:
    register(server, "Ann").disconnect()
    server.wait(20)
    guest = connect_guest(server, "Cat")
    bob = connect_guest(server, "Bob")
    told(guest), told(bob)

    guest.send(line("login", {"account": "Ann", "password": PASSWORD}))
    server.wait(SOON)

    assert told(guest) == ["account Ann, member", "Cat is Ann in lobby"]
    assert told(bob) == ["Cat is Ann in lobby"]
    assert server.user_names() == ["Ann", "Bob"]
    cat = connect_guest(server, "Cat")
    assert "welcome Cat" in told(cat), "the name of the guest is free"


def test_a_guest_who_is_here_already_leaves_as_one(server: FakeServer) -> None:
    one = register(server, "Ann")
    guest = connect_guest(server, "Cat")
    told(guest), told(one)

    guest.send(line("login", {"account": "Ann", "password": PASSWORD}))
    server.wait(SOON)

    assert told(one) == ["left lobby Cat"]
    assert server.user_names() == ["Ann"]


def test_an_account_keeps_its_name(server: FakeServer) -> None:
    ann = register(server, "Ann")
    told(ann)

    ann.send(line("set-name", {"name": "Zoe"}))

    assert told(ann) == ["error account_name about set-name"]


def test_an_account_ignores_somebody_on_all_devices(server: FakeServer) -> None:
    one = register(server, "Ann")
    two = connect_account(server, "Ann")
    told(one), told(two)

    one.send(line("ignore", {"name": "Bob"}))

    assert told(one) == told(two) == ["ignored Bob"]
    assert "ignored Bob" in told(connect_account(server, "Ann"))


def test_a_direct_message_reaches_all_devices(server: FakeServer) -> None:
    one = register(server, "Ann")
    two = connect_account(server, "Ann")
    bob = connect_guest(server, "Bob")
    for peer in (one, two, bob):
        told(peer)

    bob.send(line("direct", {"to": "Ann"}))
    (opened,) = read_events(bob)
    room = opened["data"]["room"]
    bob.send(line("message", {"room": room, "message": "psst"}))
    server.wait(SOON)

    heard = [f"room {room}", f"{room} Bob: psst"]
    assert told(one) == told(two) == heard
    two.send(line("message", {"room": room, "message": "yes?"}))
    server.wait(SOON)
    assert told(one) == [f"{room} Ann: yes?"]
    assert told(bob)[1:] == [f"{room} Bob: psst", f"{room} Ann: yes?"]
    three = connect_account(server, "Ann")
    assert told(three)[-3:] == [*heard, f"{room} Ann: yes?"]


# -- passwords and devices --------------------------------------------------------


def test_another_password_ends_all_other_sessions(server: FakeServer) -> None:
    one = register(server, "Ann", device="laptop")
    key = key_of(one)
    two = connect_account(server, "Ann", device="phone")
    told(two)

    two.send(line("passwd", {"password": PASSWORD, "new": "battery staple"}))
    server.wait(SOON)

    assert told(one) == ["bye revoked"]
    assert told(two) == ["account Ann, member, device 2"]
    assert told(connect_account(server, "Ann", key=key)) == [
        "error auth_failed about hello"
    ]
    assert "welcome Ann" in told(
        connect_account(server, "Ann", password="battery staple")
    )


def test_the_old_password_is_needed_for_another(server: FakeServer) -> None:
    ann = register(server, "Ann")
    told(ann)

    ann.send(line("passwd", {"password": "wrong one", "new": "battery staple"}))

    assert told(ann) == ["error auth_failed about passwd"]
    assert "welcome Ann" in told(connect_account(server, "Ann"))


def test_devices_are_listed_and_revoked(server: FakeServer) -> None:
    one = register(server, "Ann", device="laptop")
    two = connect_account(server, "Ann", device="phone")
    told(one), told(two)

    two.send(line("devices", {}))
    two.send(line("revoke", {"device": 1}))
    server.wait(SOON)

    assert told(two) == ["devices 1 laptop, 2 phone *", "devices 2 phone *"]
    assert told(one) == ["bye revoked"]
    two.send(line("revoke", {"device": 1}))
    assert told(two) == ["error no_such_device about revoke"]


@pytest.mark.parametrize("kind", ["register", "login"])
def test_the_label_of_a_device_can_be_printed(server: FakeServer, kind: str) -> None:
    ann = connect_guest(server, "Ann")
    told(ann)

    data = {"account": "Ann", "password": PASSWORD, "device": "\x1b[2J"}
    ann.send(line(kind, data))

    assert told(ann) == [f"error bad_data about {kind}"]


def test_a_key_of_a_registration_that_failed_is_not_sent_later(
    server: FakeServer,
) -> None:
    register(server, "Ann").disconnect()
    bob = connect_guest(server, "Bob")
    server.is_storage_paused = True
    bob.send(line("register", {"password": PASSWORD, "device": "laptop"}))
    server.refuse(Refused("disk_full", "the disk is full"))
    server.is_storage_paused = False
    told(bob)

    bob.send(line("login", {"account": "Ann", "password": PASSWORD}))

    assert told(bob)[0] == "account Ann, member"


def test_logging_out_revokes_the_device(server: FakeServer) -> None:
    one = register(server, "Ann", device="laptop")
    key = key_of(one)

    one.send(line("logout", {}))
    server.wait(SOON)

    assert told(one) == ["bye bye"]
    assert server.user_names() == []
    assert told(connect_account(server, "Ann", key=key)) == [
        "error auth_failed about hello"
    ]


def test_a_session_that_is_expelled_cannot_be_resumed(server: FakeServer) -> None:
    token = "the token of a client"
    register(server, "Ann").disconnect()
    one = connect_account(server, "Ann", token=token)
    two = connect_account(server, "Ann")

    two.send(line("passwd", {"password": PASSWORD, "new": "battery staple"}))
    server.wait(SOON)

    assert told(one)[-1] == "bye revoked"
    back = connect_guest(server, None, token=token)
    assert told(back)[0] == f"welcome 192.0.2.1:{len(server.peers) + 1}"


def test_a_lost_session_of_an_account_is_resumed_by_its_token(
    server: FakeServer,
) -> None:
    token = "the token of a client"
    register(server, "Ann").disconnect()
    server.wait(20)
    connect_account(server, "Ann", token=token).disconnect()

    back = connect_guest(server, None, token=token)

    assert told(back)[:2] == ["welcome Ann", "account Ann, member"]


def test_a_password_that_changed_meanwhile_signs_nobody_in(server: FakeServer) -> None:
    ann = register(server, "Ann")
    server.is_storage_paused = True
    ann.send(line("passwd", {"password": PASSWORD, "new": "battery staple"}))
    thief = connect_account(server, "Ann")

    server.commit()
    server.is_storage_paused = False
    server.wait(SOON)

    assert told(thief) == ["error auth_failed about hello"]


def test_a_sign_in_that_is_one_too_many_adds_no_device(server: FakeServer) -> None:
    one = register(server, "Ann", device="laptop")
    for _ in range(9):
        connect_account(server, "Ann")
    told(one)

    peer = connect_account(server, "Ann", device="phone")

    assert told(peer) == ["error too_many_sessions about hello"]
    one.send(line("devices", {}))
    assert told(one) == ["devices 1 laptop *"]


def test_a_check_for_one_who_has_gone_is_forgotten(server: FakeServer) -> None:
    server.is_checking_paused = True
    for _ in range(3):
        connect_account(server, "Ann").disconnect()

    assert [server.hub.is_check_awaited(each) for each in server.checks] == [False] * 3
    server.check_passwords()


# -- limits on guesses ------------------------------------------------------------


def guess(server: FakeServer, network: str, name: str = "Ann") -> str:
    """Try a wrong password; return the code of the answer."""
    data = {"version": 1, "account": name, "password": "wrong one", "rooms": []}
    peer = greet(server, data, network=network)
    (error,) = read_events(peer)
    peer.disconnect()
    return str(error["data"]["code"])


def test_guesses_of_one_network_are_limited(server: FakeServer) -> None:
    codes = [guess(server, "192.0.2.0", name) for name in "abcdefg"]

    assert codes == ["auth_failed"] * 5 + ["too_many_tries"] * 2
    assert guess(server, "198.51.100.0", "z") == "auth_failed"


def test_guesses_of_one_account_are_limited_over_all_networks(
    server: FakeServer,
) -> None:
    codes = [guess(server, f"192.0.2.{n}") for n in range(7)]

    assert codes == ["auth_failed"] * 5 + ["too_many_tries"] * 2


def test_the_delay_doubles_with_each_failure(server: FakeServer) -> None:
    for _ in range(5):
        guess(server, "192.0.2.0")

    waited = []
    for _ in range(3):
        start = server.now
        while guess(server, "192.0.2.0") == "too_many_tries":
            server.wait(1.0)
        waited.append(round(server.now - start))

    assert waited == [12, 24, 48]


def test_guesses_at_the_same_time_are_limited_as_well(server: FakeServer) -> None:
    register(server, "Ann").disconnect()
    server.is_checking_paused = True
    guesses = [f"wrong one {number}" for number in range(6)]
    peers = [
        connect_account(server, "Ann", password=each) for each in [*guesses, PASSWORD]
    ]

    server.check_passwords()
    server.turn()

    codes = [told(each)[0].split()[1] for each in peers]
    assert codes == ["auth_failed"] * 5 + ["too_many_tries"] * 2


def test_what_is_refused_unchecked_does_not_displace_what_is_counted(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parlour.core.sessions.sign_in_limits.MAX_COUNTED", 10)
    for number in range(5):
        guess(server, f"192.0.2.{number}")

    for number in range(20):
        connect_account(server, f"x{number}", password="x" * 300).disconnect()

    assert guess(server, "198.51.100.0") == "too_many_tries"


def test_others_cannot_lock_the_owner_out(server: FakeServer) -> None:
    register(server, "Ann").disconnect()
    data = {"version": 1, "account": "Ann", "password": PASSWORD, "rooms": []}
    greet(server, data, network="203.0.113.1").disconnect()
    for number in range(9):
        guess(server, f"192.0.2.{number}")

    owner = greet(server, data, network="203.0.113.1")

    assert told(owner)[0] == "welcome Ann"


def test_others_cannot_lock_a_device_out(server: FakeServer) -> None:
    key = key_of(register(server, "Ann", device="laptop"))
    for number in range(9):
        guess(server, f"192.0.2.{number}")
    data = {"version": 1, "account": "Ann", "rooms": []}
    with_password = data | {"password": PASSWORD}

    unknown = greet(server, with_password, network="203.0.113.1")
    device = greet(server, data | {"key": key}, network="203.0.113.1")
    known = greet(server, with_password, network="203.0.113.1")

    assert told(unknown) == ["error too_many_tries about hello"]
    assert told(device)[0] == "welcome Ann"
    assert told(known)[0] == "welcome Ann"


@pytest.mark.parametrize("network", ["", "203.0.113.1"])
def test_guesses_are_limited_where_the_owner_has_signed_in(
    server: FakeServer, network: str
) -> None:
    register(server, "Ann").disconnect()
    data = {"version": 1, "account": "Ann", "password": PASSWORD, "rooms": []}
    greet(server, data, network=network).disconnect()

    codes = [guess(server, network) for _ in range(7)]

    assert codes == ["auth_failed"] * 5 + ["too_many_tries"] * 2


# -- after a restart --------------------------------------------------------------


def test_accounts_and_their_devices_rooms_and_names_survive_a_restart(
    server: FakeServer,
) -> None:
    ann = register(server, "Ann", device="laptop", rooms=("dev",))
    key = key_of(ann)
    ann.send(line("message", {"room": "dev", "message": "hi"}))
    ann.send(line("ignore", {"name": "Bob"}))

    server.restart()

    back = connect_account(server, "Ann", key=key)
    assert told(back) == [
        "welcome Ann",
        "ignored Bob",
        "account Ann, member, device 1",
        "room lobby",
        "joined lobby Ann",
        "room dev",
        "joined dev Ann",
    ]
    guest = connect_guest(server, "ann")
    assert "error name_registered about hello" in told(guest)


def test_a_room_that_is_gone_is_not_among_those_of_an_account(
    server: FakeServer,
) -> None:
    register(server, "Ann", rooms=("dev",)).disconnect()
    server.wait(700)

    back = connect_account(server, "Ann")

    assert [each for each in told(back) if each.startswith("room")] == ["room lobby"]


def test_a_closed_room_with_a_history_is_opened_again(server: FakeServer) -> None:
    ann = register(server, "Ann", rooms=("dev",))
    ann.send(line("message", {"room": "dev", "message": "hi"}))
    ann.disconnect()
    server.wait(700)

    back = connect_account(server, "Ann")

    assert "room dev" in told(back)


def test_one_who_logs_out_leaves_when_that_is_recorded(server: FakeServer) -> None:
    one = register(server, "Ann", device="laptop")
    told(one)
    server.is_storage_paused = True

    one.send(line("logout", {}))
    server.wait(SOON)
    assert told(one) == []
    server.commit()
    server.wait(SOON)

    assert told(one) == ["bye bye"]


def test_one_whose_logout_is_not_recorded_is_told_and_stays(server: FakeServer) -> None:
    one = register(server, "Ann", device="laptop")
    key = key_of(one)
    server.is_storage_paused = True

    one.send(line("logout", {}))
    server.refuse(Refused("disk_full", "the disk is full"))
    server.is_storage_paused = False
    server.wait(SOON)

    assert "error disk_full about logout" in told(one)
    assert told(connect_account(server, "Ann", key=key))[0] == "welcome Ann"
    one.send(line("logout", {}))
    server.wait(SOON)
    assert told(one)[-1] == "bye bye"


def test_one_without_a_device_leaves_at_once(server: FakeServer) -> None:
    one = register(server, "Ann")
    told(one)

    one.send(line("logout", {}))
    server.wait(SOON)

    assert told(one) == ["bye bye"]


def test_a_guest_who_registers_ignores_the_same_names(server: FakeServer) -> None:
    ann = connect_guest(server, "Ann")
    ann.send(line("ignore", {"name": "Eve"}))
    told(ann)

    ann.send(line("register", {"password": PASSWORD}))
    server.wait(SOON)

    assert told(ann)[-1] == "ignored Eve"
    server.restart()
    again = connect_account(server, "Ann")
    assert "ignored Eve" in told(again)
