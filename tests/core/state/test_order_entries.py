"""Entries that keep order: who may do what, and announcements."""

from collections.abc import Callable

import pytest

from parlour.core.entries import (
    AccountEnabled,
    Announced,
    OrderEntry,
    RoomClosed,
    RoomOpened,
    SessionClosed,
)
from parlour.core.events import (
    LOBBY,
    AccountNumber,
    Announcement,
    RoomName,
    SessionId,
)
from parlour.core.roles import Role
from parlour.core.state.effects import (
    Told,
)
from tests.core.state.chat import DEV, ME, NOBODY, OPS, Chat, role_set
from tests.core.state.order import (
    ADA,
    ADAS,
    AT_ADAS,
    AT_GUS,
    AT_MEGS,
    AT_OWENS,
    AT_PATS,
    BAN,
    GUS,
    HAL,
    MEG,
    OWEN,
    OWENS,
    PAT,
    PATS,
    banned,
    kicked,
    lifted,
    muted,
    orderly_chat,
    room_set,
)


@pytest.fixture
def chat() -> Chat:
    return orderly_chat()


# -- who --------------------------------------------------------------------------

IN_A_ROOM: dict[str, OrderEntry] = {
    "kick": kicked(AT_PATS),
    "mute": muted(AT_PATS),
    "ban": banned(AT_PATS),
    "lock": room_set(is_locked=True),
    "slow": room_set(slow=5),
}
ON_THE_SERVER: dict[str, OrderEntry] = {
    "mute on server": muted(AT_PATS, None),
    "ban on server": banned(AT_PATS, None),
    "role on server": role_set(PATS, Role.MODERATOR),
    "announcement": Announced(NOBODY, "", "hi"),
}
APPOINTMENT: dict[str, OrderEntry] = {"role": role_set(PATS, Role.MODERATOR, DEV)}
ALL = IN_A_ROOM | APPOINTMENT | ON_THE_SERVER
ALLOWED = {
    GUS: {},
    PAT: {},
    MEG: IN_A_ROOM,
    OWEN: IN_A_ROOM | APPOINTMENT,
    ADA: ALL,
    NOBODY: ALL,
}
NAMES_OF_ROLES = ["guest", "member", "moderator", "owner", "admin", "operator"]


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("actor", ALLOWED, ids=NAMES_OF_ROLES)
def test_who_may_keep_order(chat: Chat, actor: SessionId, kind: str) -> None:
    # Pat is done to what others do; what Pat does is done to a guest.
    entry = ALL[kind].replace(attachment=actor)
    if actor == PAT and hasattr(entry, "target"):
        entry = entry.replace(target=AT_GUS)
    before = chat.state.snapshot()

    codes = chat.codes(entry)

    if kind in ALLOWED[actor]:
        assert codes == []
    else:
        assert codes == ["not_allowed"]
        chat.state.passed_time.seconds -= 1.0
        chat.state.passed_time.last = chat.time - 1.0
        assert chat.state.snapshot() == before


@pytest.mark.parametrize("kind", ALL)
def test_an_entry_of_somebody_who_has_gone_changes_nothing(
    chat: Chat, kind: str
) -> None:
    chat.apply(SessionClosed(ADA, "bye"))

    assert chat.apply(ALL[kind].replace(attachment=ADA)) == []


@pytest.mark.parametrize("make", [kicked, muted, banned])
def test_a_moderator_acts_on_nobody_of_the_same_or_a_higher_role(
    chat: Chat, make: Callable[..., OrderEntry]
) -> None:
    for target in (AT_MEGS, AT_OWENS, AT_ADAS):
        assert chat.codes(make(target, by=MEG)) == ["not_allowed"]


def test_a_moderator_of_one_room_is_none_of_another(chat: Chat) -> None:
    assert chat.codes(muted(AT_PATS, LOBBY, by=MEG)) == ["not_allowed"]


def test_a_moderator_of_the_server_keeps_order_in_all_rooms(chat: Chat) -> None:
    chat.apply(role_set(PATS, Role.MODERATOR))

    assert chat.codes(muted(AT_GUS, LOBBY, by=PAT)) == []
    assert chat.codes(muted(AT_GUS, DEV, by=PAT)) == []
    assert chat.codes(muted(AT_GUS, None, by=PAT)) == ["not_allowed"]
    assert chat.codes(kicked(AT_MEGS, by=PAT)) == ["not_allowed"]


@pytest.mark.parametrize("room", [OPS, ME, RoomName("")])
@pytest.mark.parametrize(
    "entry",
    [
        kicked(AT_PATS),
        muted(AT_PATS),
        banned(AT_PATS),
        lifted(1, BAN),
        room_set(slow=5),
        role_set(PATS, Role.MODERATOR, DEV),
    ],
    ids=["kick", "mute", "ban", "lift", "set", "role"],
)
def test_there_is_no_order_in_a_room_that_is_not_open(
    chat: Chat, entry: OrderEntry, room: RoomName
) -> None:
    assert chat.codes(entry.replace(room=room)) == ["no_such_room"]


def test_the_rooms_of_a_disabled_account_stay_its_own(chat: Chat) -> None:
    chat.apply(AccountEnabled(OWENS, is_enabled=False))

    assert chat.state.rooms[DEV].is_owned
    assert chat.codes(banned(AT_OWENS, by=MEG)) == ["not_allowed"]
    assert chat.codes(role_set(PATS, Role.OWNER, DEV, by=ADA)) == []
    assert chat.state.rooms[DEV].roles[OWENS] is Role.MODERATOR


def test_a_new_room_belongs_to_the_account_that_opens_it(chat: Chat) -> None:
    chat.apply(RoomOpened(OPS, PAT, ("ops",), owner=PATS))

    assert chat.state.rooms[OPS].roles == {PATS: Role.OWNER}


def test_a_new_room_of_a_guest_belongs_to_nobody(chat: Chat) -> None:
    chat.apply(RoomOpened(OPS, GUS, ("ops",)))

    assert chat.state.rooms[OPS].roles == {}


def test_no_room_opens_for_an_account_that_does_not_exist(chat: Chat) -> None:
    entry = RoomOpened(OPS, GUS, ("ops",), owner=AccountNumber(9))

    assert chat.codes(entry) == ["no_such_account"]
    assert chat.state.rooms.get(OPS) is None


# -- announcements ----------------------------------------------------------------


def test_an_announcement_is_told_in_all_open_rooms_by_name(chat: Chat) -> None:
    chat.apply(role_set(ADAS, Role.ADMIN))

    effects = chat.apply(Announced(ADA, "Ada", "back at noon"))

    assert effects == [
        Told(DEV, Announcement(DEV, "Ada", "back at noon")),
        Told(LOBBY, Announcement(LOBBY, "Ada", "back at noon")),
    ]


def test_a_closed_room_hears_no_announcement(chat: Chat) -> None:
    chat.say(HAL, "hi", DEV)
    for each in (ADA, OWEN, MEG, PAT, GUS, HAL):
        chat.apply(SessionClosed(each, "bye"))
    chat.apply(role_set(OWENS, Role.MEMBER, DEV))
    chat.apply(RoomClosed(DEV))

    effects = chat.apply(Announced(NOBODY, "", "hi"))

    assert effects == [Told(LOBBY, Announcement(LOBBY, "", "hi"))]
