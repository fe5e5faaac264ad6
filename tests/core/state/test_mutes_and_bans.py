"""Mutes and bans: what they forbid to whom, and until when."""

from collections.abc import Callable

import pytest

from parlour.core import order_rules
from parlour.core.entries import (
    AccountEntered,
    Announced,
    Entered,
    Left,
    OrderEntry,
    Renamed,
    RoomOpened,
    SessionHeld,
    Target,
    TopicSet,
)
from parlour.core.events import LOBBY, AccountNumber, Acted, Bye, RoomName, SessionId
from parlour.core.state import room_bounds
from parlour.core.state.effects import (
    Banned,
    Restricted,
    RoomLeft,
    SessionEnded,
    SessionExpelled,
    Told,
    Void,
)
from parlour.core.state.sanctions import Person
from parlour.core.storage import Sanction
from tests.core.state.chat import DEV, OPS, Chat
from tests.core.state.order import (
    ADA,
    AT_ADAS,
    AT_GUS,
    AT_MEGS,
    AT_PATS,
    BAN,
    GUS,
    HAL,
    MEG,
    MUTE,
    NETWORK,
    PAT,
    PATS,
    arrived,
    banned,
    kicked,
    lifted,
    muted,
    orderly_chat,
    why_silent,
)

BACK = SessionId(200)  # a further session of somebody


@pytest.fixture
def chat() -> Chat:
    return orderly_chat()


# -- mutes ------------------------------------------------------------------------


@pytest.mark.parametrize("place", [DEV, None])
@pytest.mark.parametrize("act", [kicked, muted, banned])
def test_a_moderator_who_is_muted_says_nothing_as_a_reason(
    chat: Chat, act: Callable[..., OrderEntry], place: RoomName | None
) -> None:
    chat.apply(muted(AT_MEGS, place))

    assert chat.codes(act(AT_PATS, by=MEG, reason="I still speak")) == ["muted"]
    assert chat.codes(act(AT_PATS, by=MEG)) == []


def test_an_administrator_whom_the_operator_has_muted_announces_nothing(
    chat: Chat,
) -> None:
    chat.apply(muted(AT_ADAS, None))

    assert chat.codes(Announced(ADA, "Ada", "I still speak")) == ["muted"]


def test_one_who_must_not_act_hears_that_first(chat: Chat) -> None:
    chat.apply(muted(AT_PATS))

    assert chat.codes(kicked(AT_GUS, by=PAT, reason="noise")) == ["not_allowed"]


def test_one_who_is_muted_in_a_room_speaks_in_others(chat: Chat) -> None:
    effects = chat.apply(muted(AT_GUS, by=MEG, until=500.0, reason="noise"))

    assert effects == [Told(DEV, Acted(DEV, "mute", "Meg", "Gus", 500.0, "noise"))]
    assert list(chat.state.sanctions) == [
        Sanction(1, MUTE, DEV, AT_GUS, "Meg", chat.time, 500.0, "noise")
    ]
    assert (why_silent(chat, GUS), why_silent(chat, GUS, LOBBY)) == ("muted", "")
    assert why_silent(chat, HAL) == ""


def test_a_mute_on_the_server_holds_in_all_rooms_and_only_the_muted_is_told(
    chat: Chat,
) -> None:
    assert chat.apply(muted(AT_GUS, None)) == [Restricted(GUS)]

    assert [why_silent(chat, GUS, room) for room in (LOBBY, DEV)] == ["muted"] * 2
    assert chat.codes(Entered(GUS, LOBBY)) == [], "and may be there"


@pytest.mark.parametrize("is_private", [True, False])
def test_one_who_is_muted_on_the_server_opens_no_room(
    chat: Chat, *, is_private: bool
) -> None:
    """Everybody could read its name, which may be a message."""
    chat.apply(muted(AT_PATS, None))

    entry = RoomOpened(OPS, PAT, ("ops",), PATS, is_private)
    assert chat.codes(entry) == ["muted"]
    assert chat.state.rooms.get(OPS) is None


def test_one_who_is_muted_in_a_room_opens_others(chat: Chat) -> None:
    chat.apply(muted(AT_PATS))

    assert chat.codes(RoomOpened(OPS, PAT, ("ops",))) == []


def test_a_mute_ends_by_the_time_of_entries(chat: Chat) -> None:
    chat.apply(muted(AT_GUS, until=200.0))

    chat.time = 199.0
    assert why_silent(chat, GUS) == "muted"
    chat.time = 200.0
    assert why_silent(chat, GUS) == ""
    assert not chat.state.restrictions.restricts(chat.state.rooms[DEV], 200.0)
    chat.time = 150.0
    assert why_silent(chat, GUS) == "muted", "the clock has gone back"


@pytest.mark.parametrize("until", [0.0, 100.0, float("nan"), float("inf"), 1e300])
def test_a_sanction_that_ends_at_no_time_to_come_changes_nothing(
    chat: Chat, until: float
) -> None:
    assert chat.apply(muted(AT_GUS, until=until)) == []
    assert list(chat.state.sanctions) == []


def test_a_mute_is_lifted_by_its_number(chat: Chat) -> None:
    chat.apply(muted(AT_GUS))

    assert chat.codes(lifted(2)) == ["no_such_sanction"]
    assert chat.codes(lifted(1, BAN)) == ["no_such_sanction"]
    assert chat.codes(lifted(1, room=LOBBY)) == ["no_such_sanction"]
    assert chat.codes(lifted(1, by=GUS)) == ["not_allowed"]
    assert chat.apply(lifted(1, by=MEG)) == [
        Told(DEV, Acted(DEV, "unmute", "Meg", "Gus"))
    ]
    assert chat.codes(lifted(1)) == ["no_such_sanction"]
    assert why_silent(chat, GUS) == ""


def test_what_is_over_is_not_lifted(chat: Chat) -> None:
    chat.apply(muted(AT_GUS, until=200.0))
    chat.time = 200.0

    assert chat.codes(lifted(1)) == ["no_such_sanction"]


def test_nobody_lifts_what_holds_for_themselves(chat: Chat) -> None:
    chat.apply(muted(Target("Meg", account=chat.state.sessions[MEG].account)))

    assert chat.codes(lifted(1, by=MEG)) == ["not_allowed"]


def test_the_number_of_a_sanction_is_not_used_again(chat: Chat) -> None:
    chat.apply(muted(AT_GUS))
    chat.apply(lifted(1))

    chat.apply(muted(AT_PATS))

    assert [each.number for each in chat.state.sanctions] == [2]


def test_the_table_of_sanctions_is_bounded(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (order_rules, room_bounds):
        monkeypatch.setattr(module, "MAX_SANCTIONS", 2)
    chat.apply(muted(AT_GUS, None, until=200.0))
    chat.apply(muted(AT_PATS, None))

    assert chat.codes(banned(AT_GUS, None)) == ["too_many_sanctions"]
    chat.time = 199.0
    assert chat.codes(banned(AT_GUS, None)) == []
    assert [each.number for each in chat.state.sanctions] == [2, 3]


def test_one_who_is_muted_does_not_speak_by_a_topic(chat: Chat) -> None:
    topic = TopicSet(LOBBY, GUS, "spam")
    chat.apply(muted(AT_GUS, LOBBY))

    assert chat.codes(topic) == ["muted"]
    assert chat.codes(topic.replace(attachment=HAL)) == []


@pytest.mark.parametrize("place", [DEV, None])
def test_a_guest_who_is_muted_does_not_speak_by_a_name(
    chat: Chat, place: RoomName | None
) -> None:
    renamed = Renamed(GUS, "spam", ("spam",))
    chat.apply(muted(AT_GUS, place, until=500.0))

    assert chat.codes(renamed) == ["muted"]
    assert chat.codes(renamed.replace(attachment=HAL, name="Hal2")) == []
    chat.time = 500.0
    assert chat.codes(renamed.replace(name="Gus2", keys=("gus2",))) == []


def test_a_guest_who_is_muted_in_a_room_takes_another_name_outside_of_it(
    chat: Chat,
) -> None:
    chat.apply(muted(AT_GUS, DEV))
    chat.apply(Left(GUS, DEV, "left"))

    assert chat.codes(Renamed(GUS, "Gus2", ("gus2",))) == []


def test_a_guest_who_is_muted_keeps_the_name_when_it_resumes(chat: Chat) -> None:
    chat.apply(muted(AT_GUS, DEV))
    back = arrived(GUS, attachment=BACK, name="spam", keys=("spam",))

    assert chat.codes(back) == ["muted"]
    assert chat.state.sessions[GUS].name == "Gus"


@pytest.mark.parametrize(("address", "name"), [("192.0.2.1:5", ""), ("", "guest1")])
def test_a_guest_who_is_muted_takes_a_first_name_once(
    chat: Chat, address: str, name: str
) -> None:
    network = Target(NETWORK, network=NETWORK)
    chat.apply(muted(network, LOBBY))
    plain = arrived(GUS, LOBBY, attachment=BACK, name="", keys=(), token="")
    chat.apply(plain.replace(network=NETWORK, address=address))
    assert chat.state.sessions[BACK].name == (name or address)

    assert chat.codes(Renamed(BACK, "Gina", ("gina",))) == []
    assert chat.codes(Renamed(BACK, "spam", ("spam",))) == ["muted"]


def test_a_late_hello_gives_a_guest_who_is_muted_its_name(chat: Chat) -> None:
    chat.apply(muted(Target(NETWORK, network=NETWORK), LOBBY))
    plain = arrived(GUS, LOBBY, attachment=BACK, name="", keys=(), token="")
    chat.apply(plain.replace(network=NETWORK))
    late = plain.replace(name="Gina", keys=("gina",), token="g", network=NETWORK)

    assert chat.codes(late) == []
    assert chat.state.sessions[BACK].name == "Gina"


@pytest.mark.parametrize("make", [muted, banned])
@pytest.mark.parametrize(
    ("target", "code"),
    [
        (Target("nobody"), "no_such_user"),
        (Target("later", account=AccountNumber(9)), "no_such_account"),
    ],
)
def test_a_sanction_of_nobody_is_void(
    chat: Chat, make: Callable[..., OrderEntry], target: Target, code: str
) -> None:
    assert chat.codes(make(target)) == [code]


# -- bans -------------------------------------------------------------------------


def test_one_who_is_banned_from_a_room_leaves_it_for_good(chat: Chat) -> None:
    effects = chat.apply(banned(AT_GUS, by=MEG, until=500.0, reason="spam"))

    sanction = Sanction(1, BAN, DEV, AT_GUS, "Meg", chat.time, 500.0, "spam")
    assert effects == [
        Told(DEV, Acted(DEV, "ban", "Meg", "Gus", 500.0, "spam")),
        RoomLeft(GUS, DEV, "Gus", "banned"),
        Banned(sanction),
    ]
    assert chat.codes(Entered(GUS, DEV)) == ["banned"]
    assert chat.codes(arrived(GUS, LOBBY, DEV)) == ["banned"]
    assert chat.rooms_of(GUS) == [LOBBY]


def test_an_account_that_is_banned_from_a_room_cannot_return(chat: Chat) -> None:
    chat.apply(banned(AT_PATS))

    assert chat.codes(AccountEntered(PAT, PATS, DEV)) == ["banned"]
    back = arrived(PAT, DEV, attachment=BACK, token="t", account=PATS, generation=1)
    assert chat.codes(back) == ["banned"]
    assert chat.rooms_of(BACK) == [LOBBY]


def test_a_ban_from_the_server_ends_all_sessions_also_those_that_are_held(
    chat: Chat,
) -> None:
    rooms = (LOBBY,)
    chat.apply(
        arrived(PAT, *rooms, attachment=BACK, token="t", account=PATS, generation=1)
    )
    chat.apply(SessionHeld(PAT))

    effects = chat.apply(banned(AT_PATS, None, reason="spam"))

    bye = Bye("banned", "you are banned until somebody lifts it, by the operator: spam")
    assert [each for each in effects if not isinstance(each, RoomLeft | Banned)] == [
        SessionExpelled(PAT, PAT, bye),
        SessionEnded(PAT, PAT, "Pat"),
        SessionExpelled(BACK, BACK, bye),
        SessionEnded(BACK, BACK, "Pat"),
    ]
    back = arrived(PAT, *rooms, account=PATS, generation=1)
    assert chat.codes(back) == ["banned"]
    pat = chat.state.accounts.get(PATS)
    assert pat is not None
    assert pat.rooms == (LOBBY, DEV), "for the time after the ban"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"name": "Hugo", "keys": ("hugo",)}, ["banned"]),
        ({"token": "t"}, ["banned"]),
        ({"network": ""}, ["banned"]),
        ({"network": "203.0.113.9", "token": "t"}, []),
    ],
)
def test_a_guest_who_is_banned_returns_neither_with_its_token_nor_its_network(
    chat: Chat, changes: dict[str, object], codes: list[str]
) -> None:
    chat.apply(banned(AT_GUS, None))

    back = arrived(GUS, LOBBY, attachment=BACK, network=NETWORK)

    assert chat.codes(back.replace(**changes)) == codes


def test_a_ban_of_a_network_ends_the_sessions_of_its_guests_alone(chat: Chat) -> None:
    chat.apply(arrived(PAT, network=NETWORK))
    chat.apply(arrived(HAL, network="198.51.100.8"))

    chat.apply(banned(Target("a network", network=NETWORK), None))

    assert GUS not in chat.state.sessions
    assert PAT in chat.state.sessions
    assert HAL in chat.state.sessions


def test_a_ban_is_valid_for_one_who_is_not_there(chat: Chat) -> None:
    chat.apply(banned(AT_PATS))
    eve = Target("Eve", session=SessionId(300), token="the token of Eve")

    assert chat.codes(banned(eve)) == []
    back = arrived(HAL, DEV, attachment=BACK, token="the token of Eve", name="Eve")
    assert chat.codes(back.replace(keys=("eve",))) == ["banned"]


def test_somebody_is_banned_in_a_room_and_not_where_its_ban_does_not_hold(
    chat: Chat,
) -> None:
    chat.apply(banned(AT_GUS))

    ban = chat.state.restrictions.ban
    guest, pat = Person(0, 0, "", NETWORK), Person(PATS, 0, "", NETWORK)
    assert ban(guest, chat.time, None, DEV) is not None
    assert ban(guest, chat.time, None, OPS) is None
    assert ban(pat, chat.time, None, DEV) is None


def test_somebody_hears_of_all_sanctions_that_hold(chat: Chat) -> None:
    for entry in (
        muted(AT_GUS, until=500.0),
        banned(Target("", network="198.51.100.0/24"), LOBBY),
        muted(AT_PATS),
        muted(AT_GUS, None, until=110.0),
    ):
        chat.apply(entry)

    chat.time = 500.0
    found = chat.state.restrictions.all_of(chat.state.sessions[GUS], 499.0)

    assert [each.number for each in found] == [1, 2]


def test_a_guest_who_resumes_from_a_network_that_is_banned_from_a_room_leaves_it(
    chat: Chat,
) -> None:
    chat.apply(arrived(GUS, attachment=BACK, network="203.0.113.5"))
    chat.apply(banned(Target(NETWORK, network=NETWORK)))

    effects = chat.apply(arrived(GUS, attachment=BACK, network=NETWORK))

    assert RoomLeft(GUS, DEV, "Gus", "banned") in effects
    assert [each.why.code for each in effects if isinstance(each, Void)] == ["banned"]
    assert chat.rooms_of(GUS) == [LOBBY]


def test_a_guest_does_not_resume_from_a_network_that_is_banned_from_the_server(
    chat: Chat,
) -> None:
    chat.apply(arrived(GUS, attachment=BACK, network="203.0.113.5"))
    chat.apply(banned(Target(NETWORK, network=NETWORK), None))

    back = arrived(GUS, attachment=BACK, network=NETWORK)

    assert GUS in chat.state.sessions
    assert chat.codes(back) == ["banned"]


def test_an_account_that_resumes_from_a_banned_network_stays(chat: Chat) -> None:
    chat.apply(banned(Target(NETWORK, network=NETWORK)))

    chat.apply(arrived(PAT, attachment=BACK, network=NETWORK))

    assert DEV in chat.rooms_of(PAT)
