"""The rooms of an account, and the names that it ignores."""

import pytest

from parlour.core.entries import (
    AccountEntered,
    AccountEntry,
    AccountIgnored,
    AccountLeft,
    AccountUnignored,
    DirectOpened,
    Entered,
    Left,
    RoomClosed,
    RoomOpened,
    SessionClosed,
    TopicSet,
)
from parlour.core.events import LOBBY, RoomName, SessionId, TopicChanged
from parlour.core.limits import MAX_IGNORED, MAX_ROOMS_EACH
from parlour.core.state.effects import (
    IgnoredChanged,
    RoomEntered,
    RoomLeft,
    Told,
)
from tests.core.state.chat import (
    ANN,
    ANN_PERSON,
    ANNS,
    BOB,
    DEV,
    LATER,
    ME,
    OPEN_DEV,
    OPS,
    PHONE,
    TABLET,
    Chat,
    opened,
    registered,
    signed_in,
)

DIRECT_TO_ANN = DirectOpened(ME, BOB, ANN_PERSON)
ENTER_DEV = AccountEntered(ANN, ANNS, DEV)
LEAVE_DEV = AccountLeft(ANN, ANNS, DEV, "left")


@pytest.fixture
def chat() -> Chat:
    """Return a chat in which Ann is in the lobby, here and on a phone, and Bob, too."""
    chat = Chat(OPEN_DEV, opened(ANN), opened(BOB), registered(ANN))
    chat.apply(signed_in(PHONE))
    return chat


def rooms_of_account(chat: Chat) -> tuple[RoomName, ...]:
    account = chat.state.accounts.get(ANNS)
    assert account is not None
    return account.rooms


# -- rooms ------------------------------------------------------------------------


def test_an_account_enters_a_room_with_all_of_its_sessions(chat: Chat) -> None:
    assert chat.apply(ENTER_DEV) == [
        RoomEntered(ANN, DEV, "Ann"),
        RoomEntered(PHONE, DEV, "Ann", is_first=False),
    ]
    assert rooms_of_account(chat) == (LOBBY, DEV)
    assert chat.names(DEV) == ["Ann"]
    assert chat.apply(ENTER_DEV) == [], "it is in it already"


def test_a_session_whose_client_knows_no_rooms_does_not_enter(chat: Chat) -> None:
    chat.apply(signed_in(TABLET, knows_rooms=False, rooms=(LOBBY,)))

    chat.apply(ENTER_DEV)

    assert chat.rooms_of(TABLET) == [LOBBY]


def test_a_session_that_asks_to_enter_does_so_whatever_its_client_knows(
    chat: Chat,
) -> None:
    chat.apply(signed_in(TABLET, knows_rooms=False, rooms=(LOBBY,)))

    chat.apply(ENTER_DEV.replace(attachment=TABLET))

    assert chat.rooms_of(TABLET) == chat.rooms_of(PHONE) == [LOBBY, DEV]


def test_a_form_sets_the_topic_of_a_room_of_its_account(chat: Chat) -> None:
    topic = TopicSet(DEV, TABLET, "gardens")
    chat.apply(signed_in(TABLET, is_brief=True))
    assert chat.codes(topic) == ["not_in_room"]
    chat.apply(SessionClosed(TABLET, "left"))
    chat.apply(ENTER_DEV)

    chat.apply(signed_in(TABLET, is_brief=True))

    assert chat.rooms_of(TABLET) == [], "others do not see it come and go"
    assert chat.apply(topic) == [Told(DEV, TopicChanged(DEV, "gardens", "Ann"))]


def test_a_session_is_not_told_that_another_one_is_in_too_many_rooms(
    chat: Chat,
) -> None:
    for number in range(1, 100):
        chat.apply(RoomOpened(RoomName(f"{number}"), ANN, (f"{number}",)))
        chat.apply(Entered(PHONE, RoomName(f"{number}")))

    assert chat.apply(ENTER_DEV) == [RoomEntered(ANN, DEV, "Ann")]
    chat.apply(OPEN_DEV.replace(room=OPS, keys=("ops",)))
    codes = chat.codes(AccountEntered(PHONE, ANNS, OPS))
    assert codes == ["too_many_rooms"], "about its own rooms"


@pytest.mark.parametrize("room", [OPS, ME, RoomName("")])
def test_an_account_enters_no_room_that_is_not_open(chat: Chat, room: RoomName) -> None:
    chat.apply(DIRECT_TO_ANN)

    assert chat.codes(ENTER_DEV.replace(room=room)) == ["no_such_room"]


def test_an_account_is_in_at_most_100_rooms(chat: Chat) -> None:
    for number in range(1, 100):
        room = RoomName(f"{number}")
        chat.apply(RoomOpened(room, ANN, (f"{number}",)))
        chat.apply(AccountEntered(ANN, ANNS, room))

    assert MAX_ROOMS_EACH == len(rooms_of_account(chat)) == 100
    assert chat.codes(ENTER_DEV) == ["too_many_rooms"]


def test_an_account_leaves_a_room_with_all_of_its_sessions(chat: Chat) -> None:
    chat.apply(ENTER_DEV)

    assert chat.apply(LEAVE_DEV) == [
        RoomLeft(ANN, DEV, "Ann", "left", is_last=False),
        RoomLeft(PHONE, DEV, "Ann", "left"),
    ]
    assert rooms_of_account(chat) == (LOBBY,)
    assert chat.codes(LEAVE_DEV) == ["not_in_room"]


def test_a_session_that_leaves_alone_is_not_the_account(chat: Chat) -> None:
    chat.apply(ENTER_DEV)

    left = chat.apply(Left(PHONE, DEV, "left"))

    assert left == [RoomLeft(PHONE, DEV, "Ann", "left", is_last=False)]
    assert rooms_of_account(chat) == (LOBBY, DEV)


@pytest.mark.parametrize(
    "entry",
    [
        ENTER_DEV,
        AccountLeft(ANN, ANNS, LOBBY, "left"),
        AccountIgnored(ANN, ANNS, "Eve", "eve"),
        AccountUnignored(ANN, ANNS, "cat"),
    ],
)
@pytest.mark.parametrize("attachment", [BOB, SessionId(77), SessionId(0)])
def test_only_a_session_of_an_account_acts_for_it(
    chat: Chat, entry: AccountEntry, attachment: SessionId
) -> None:
    chat.apply(AccountIgnored(ANN, ANNS, "Cat", "cat"))
    before = chat.state.accounts.get(ANNS)

    assert chat.apply(entry.replace(attachment=attachment)) == []
    assert chat.state.accounts.get(ANNS) == before


def test_a_connection_that_was_left_no_longer_acts_for_the_account(chat: Chat) -> None:
    chat.apply(opened(ANN, attachment=LATER))

    assert chat.apply(ENTER_DEV) == []
    assert chat.codes(ENTER_DEV.replace(attachment=LATER)) == []
    assert rooms_of_account(chat) == (LOBBY, DEV)


def test_a_room_that_closed_stays_one_of_the_account(chat: Chat) -> None:
    chat.apply(ENTER_DEV)
    chat.say(ANN, "hi", DEV)
    for each in (ANN, PHONE):
        chat.apply(SessionClosed(each, "bye"))
    chat.apply(RoomClosed(DEV))

    assert chat.codes(signed_in(TABLET)) == ["no_such_room"]
    assert chat.rooms_of(TABLET) == [LOBBY]
    assert rooms_of_account(chat) == (LOBBY, DEV)
    assert chat.codes(ENTER_DEV.replace(attachment=TABLET)) == ["no_such_room"]
    assert chat.codes(LEAVE_DEV.replace(attachment=TABLET)) == []
    assert rooms_of_account(chat) == (LOBBY,)


def test_somebody_is_in_a_room_since_the_first_session_entered(chat: Chat) -> None:
    assert [(each.name, each.since) for each in chat.users()] == [
        ("Ann", 102.0),
        ("Bob", 103.0),
    ]


def test_a_room_of_100_people_has_one_page_and_each_person_once() -> None:
    chat = Chat(OPEN_DEV, opened(ANN), registered(ANN, DEV))
    chat.apply(signed_in(PHONE))
    people = [SessionId(100 + number) for number in range(99)]
    for each in people:
        chat.apply(opened(each, DEV, token=f"{each}"))

    room, sessions = chat.state.rooms[DEV], chat.state.sessions
    role_of = chat.state.roles.of_account

    def counts() -> tuple[int, int]:
        return room.count_users(sessions), len(room.user_pages(sessions, role_of))

    assert len(room.members) == 100
    assert counts() == (100, 1)
    chat.apply(signed_in(TABLET))
    assert counts() == (100, 1)
    chat.apply(opened(BOB, DEV))
    assert counts() == (101, 2)


# -- ignored names ----------------------------------------------------------------


def test_all_sessions_of_an_account_ignore_the_same_names(chat: Chat) -> None:
    effects = chat.apply(AccountIgnored(ANN, ANNS, "Eve", "eve"))

    assert effects == [IgnoredChanged(ANN), IgnoredChanged(PHONE)]
    for each in (ANN, PHONE):
        assert chat.state.ignored_by(chat.state.sessions[each]) == {"eve": "Eve"}
    assert chat.apply(AccountIgnored(ANN, ANNS, "Eve", "eve")) == []
    assert chat.apply(AccountIgnored(ANN, ANNS, "EVE", "eve")) == effects


def test_an_account_no_longer_ignores_a_name(chat: Chat) -> None:
    chat.apply(AccountIgnored(ANN, ANNS, "Eve", "eve"))
    entry = AccountUnignored(PHONE, ANNS, "eve")

    assert chat.apply(entry) == [IgnoredChanged(ANN), IgnoredChanged(PHONE)]
    assert chat.apply(entry) == []


def test_an_account_ignores_at_most_200_names(chat: Chat) -> None:
    for number in range(200):
        chat.apply(AccountIgnored(ANN, ANNS, f"{number}", f"{number}"))

    assert MAX_IGNORED == 200
    assert chat.codes(AccountIgnored(ANN, ANNS, "x", "x")) == ["too_many_ignored"]
    assert chat.codes(AccountIgnored(ANN, ANNS, "Zero", "0")) == []
