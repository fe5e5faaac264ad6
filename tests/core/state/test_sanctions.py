"""The index of sanctions: whose they are, and until when."""

from collections.abc import Sequence

import pytest

from parlour.core import order_rules
from parlour.core.entries import SanctionKind, Target
from parlour.core.events import AccountNumber, RoomName, SessionId
from parlour.core.state.sanctions import Person, Sanctions, is_target
from parlour.core.storage import Sanction
from tests.core.state.chat import DEV, OPS

MUTE, BAN = SanctionKind.MUTE, SanctionKind.BAN
NOBODY = Target("nobody")


def sanction(
    number: int,
    target: Target = NOBODY,
    kind: SanctionKind = BAN,
    room: RoomName | None = None,
    *,
    since: float = 0.0,
    until: float | None = None,
) -> Sanction:
    return Sanction(number, kind, room, target, "Ada", since, until, "")


def guest(session: int = 1, token: str = "", network: str = "") -> Person:
    return Person(0, session, token, network)


def of_network(network: str) -> Target:
    return Target(network, network=network)


def numbers(found: Sequence[Sanction]) -> list[int]:
    return [each.number for each in found]


def with_sanctions(*sanctions: Sanction) -> Sanctions:
    made = Sanctions()
    for each in sanctions:
        made.add(each)
    return made


def number_of(
    sanctions: Sanctions, person: Person, time: float = 1.0, kind: SanctionKind = BAN
) -> int | None:
    """Return the number of the sanction on the server that is found for *person*."""
    found = sanctions.find(kind, None, person, time)
    return None if found is None else found.number


# -- whose they are ---------------------------------------------------------------

BOB = Target("Bob", session=SessionId(7), token="the token", network="198.51.100.7/32")


@pytest.mark.parametrize(
    ("person", "is_found"),
    [
        (guest(7), True),
        (guest(8), False),
        (guest(8, token="the token"), True),
        (guest(8, token="another token"), False),
        (guest(8, network="198.51.100.7"), True),
        (guest(8, network="198.51.100.8"), False),
        (guest(8, network="2001:db8::/64"), False),
        (guest(8, network="/run/parlour.sock"), False),
        (Person(1, 7, "", ""), True),
        (Person(1, 8, "the token", ""), True),
        (Person(1, 8, "another token", "198.51.100.7"), False),
    ],
)
def test_a_guest_is_recognised_by_session_token_or_network(
    person: Person, is_found: bool
) -> None:
    found = number_of(with_sanctions(sanction(1, BOB)), person)

    assert found == (1 if is_found else None)
    assert is_target(BOB, person) == is_found


@pytest.mark.parametrize(
    ("person", "is_found"),
    [
        (Person(1, 7, "", ""), True),
        (Person(1, 8, "a token", "198.51.100.7"), True),
        (Person(2, 7, "", ""), False),
        (guest(1), False),
        (guest(7), False),
    ],
)
def test_an_account_is_recognised_by_its_number_alone(
    person: Person, is_found: bool
) -> None:
    target = Target("Ann", account=AccountNumber(1))

    found = number_of(with_sanctions(sanction(1, target)), person)

    assert found == (1 if is_found else None)
    assert is_target(target, person) == is_found


def test_nobody_is_recognised_by_what_is_unknown() -> None:
    assert number_of(with_sanctions(sanction(1, NOBODY)), guest(0)) is None
    assert not is_target(NOBODY, guest(0))


@pytest.mark.parametrize(
    ("wanted", "network", "is_within"),
    [
        ("198.51.100.7", "198.51.100.7", True),
        ("198.51.100.7/32", "198.51.100.7", True),
        ("198.51.100.0/24", "198.51.100.200", True),
        ("198.51.100.0/24", "198.51.101.1", False),
        ("198.51.0.0/16", "198.51.100.200", True),
        ("198.51.100.9/24", "198.51.100.7", True),
        ("0.0.0.0/0", "2001:db8::/64", False),
        ("::/0", "198.51.100.7", False),
        ("2001:db8::/64", "2001:db8::/64", True),
        ("2001:db8::/48", "2001:db8:0:7::/64", True),
        ("2001:db8::/48", "2001:db8:1::/64", False),
        ("2001:db8::/65", "2001:db8::/64", False),
        ("2001:DB8::/64", "2001:db8::/64", True),
        ("/run/a.sock", "/run/a.sock", True),
        ("/run/a.sock", "/run/b.sock", False),
        ("", "", False),
        ("", "198.51.100.7", False),
        ("198.51.100.0/24", "", False),
    ],
)
def test_networks_within_a_network(wanted: str, network: str, is_within: bool) -> None:
    sanctions = with_sanctions(sanction(1, of_network(wanted)))

    found = number_of(sanctions, guest(network=network))

    assert found == (1 if is_within else None)
    assert is_target(of_network(wanted), guest(network=network)) == is_within


def test_networks_of_several_lengths() -> None:
    sanctions = with_sanctions(
        sanction(1, of_network("198.51.0.0/16"), until=10.0),
        sanction(2, of_network("198.51.100.0/24"), until=30.0),
        sanction(3, of_network("198.51.100.7"), until=20.0),
    )

    assert number_of(sanctions, guest(network="198.51.100.7")) == 2
    assert number_of(sanctions, guest(network="198.51.101.7")) == 1
    sanctions.remove(2)
    assert number_of(sanctions, guest(network="198.51.100.7")) == 3


# -- where and until when ---------------------------------------------------------


def test_a_sanction_holds_in_its_place_and_for_its_kind() -> None:
    sanctions = with_sanctions(sanction(1, BOB, MUTE, DEV))

    assert [
        (kind, room)
        for kind in SanctionKind
        for room in (None, DEV, OPS)
        if sanctions.find(kind, room, guest(7), 1.0)
    ] == [(MUTE, DEV)]


def test_a_sanction_ends() -> None:
    sanctions = with_sanctions(sanction(1, BOB, until=10.0))

    assert number_of(sanctions, guest(7), 9.9) == 1
    assert number_of(sanctions, guest(7), 10.0) is None
    assert len(sanctions) == 1
    assert number_of(sanctions, guest(7), 9.9) == 1, "the clock has gone back"


def test_of_several_sanctions_the_one_that_ends_last_is_found() -> None:
    sanctions = with_sanctions(
        sanction(1, BOB, until=10.0),
        sanction(2, Target("", token="the token"), until=30.0),
        sanction(3, of_network("198.51.100.0/24"), until=20.0),
        sanction(4, BOB, until=30.0),
    )
    bob = guest(7, "the token", "198.51.100.7")

    assert number_of(sanctions, bob) == 2, "and of those the first"
    sanctions.remove(2)
    assert number_of(sanctions, bob) == 4
    sanctions.remove(4)
    assert number_of(sanctions, bob) == 3
    assert number_of(sanctions, bob, 20.0) is None
    sanctions.add(sanction(5, BOB))
    assert number_of(sanctions, bob, 1e12) == 5


def test_it_is_known_at_once_whether_anybody_is_muted() -> None:
    sanctions = with_sanctions(
        sanction(1, BOB, MUTE, DEV, until=10.0),
        sanction(2, BOB, MUTE, DEV, until=5.0),
        sanction(3, BOB, BAN, OPS),
    )
    assert not Sanctions().has_mutes(DEV, 1.0)

    assert [sanctions.has_mutes(room, 1.0) for room in (DEV, OPS)] == [True, False]
    assert sanctions.has_mutes(DEV, 9.9)
    assert not sanctions.has_mutes(DEV, 10.0), "it is over"
    sanctions.remove(1)
    assert sanctions.has_mutes(DEV, 4.9)
    assert not sanctions.has_mutes(DEV, 5.0)
    sanctions.remove(2)
    assert not sanctions.has_mutes(DEV, 1.0)
    sanctions.add(sanction(4, BOB, MUTE, until=20.0))
    assert [sanctions.has_mutes(OPS, time) for time in (19.9, 20.0)] == [True, False]


def test_the_sanctions_of_somebody_are_one_in_each_place() -> None:
    sanctions = with_sanctions(
        sanction(1, BOB, MUTE, DEV),
        sanction(2, of_network("203.0.113.0/24")),
        sanction(3, BOB, BAN, OPS),
        sanction(4, BOB, MUTE, DEV, until=10.0),
        sanction(5, BOB, until=10.0),
    )

    assert numbers(sanctions.of(guest(7), 1.0)) == [1, 3, 5]
    assert numbers(sanctions.of(guest(7), 10.0)) == [1, 3]


# -- removal, and a full table ----------------------------------------------------


def test_a_sanction_that_was_removed_is_not_found() -> None:
    one, other = sanction(1, BOB), sanction(2, Target("", token="the token"))
    sanctions = with_sanctions(one, other)

    assert sanctions.remove(1) == one
    assert sanctions.get(1) is None
    assert number_of(sanctions, guest(7)) is None
    assert number_of(sanctions, guest(token="the token")) == 2
    assert list(sanctions) == [other]
    assert sanctions.last_number == 2


def test_sanctions_that_have_ended_reach_no_bound() -> None:
    sanctions = with_sanctions(sanction(1, until=10.0))
    assert not sanctions.reach(2, {None}, 1.0)

    sanctions.add(sanction(2))

    assert sanctions.reach(2, {None}, 9.9)
    assert not sanctions.reach(2, {None}, 10.0)
    assert not sanctions.reach(1, {DEV}, 1.0)


def test_sanctions_that_have_ended_make_room_for_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(order_rules, "MAX_SANCTIONS", 2)
    sanctions = with_sanctions(sanction(1, BOB, until=10.0), sanction(2, until=20.0))

    sanctions.add(sanction(3, since=10.0))

    assert numbers(list(sanctions)) == [2, 3]
    assert number_of(sanctions, guest(7), 1.0) is None
    sanctions.add(sanction(4, since=20.0))
    assert numbers(list(sanctions)) == [3, 4]
    assert sanctions.last_number == 4
