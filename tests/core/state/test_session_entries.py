"""Sessions: opened, resumed, held, closed, renamed, and the names they ignore."""

from parlour.core.entries import (
    NodeLost,
    Renamed,
    Said,
    SessionClosed,
    SessionHeld,
    TopicSet,
    Unignored,
)
from parlour.core.events import LOBBY, SessionId
from parlour.core.limits import MAX_IGNORED
from parlour.core.state.effects import (
    IgnoredChanged,
    NameChanged,
    RoomEntered,
    RoomLeft,
    SessionEnded,
    SessionStarted,
    SessionSuspended,
)
from tests.core.state.chat import (
    ANN,
    BOB,
    DEV,
    LATER,
    OPEN_DEV,
    OPEN_OPS,
    OPS,
    Chat,
    ignores,
    kinds,
    opened,
)

NODE = 1 << 32


# -- opening ----------------------------------------------------------------------


def test_a_new_session_has_its_name_and_is_in_its_rooms() -> None:
    chat = Chat(OPEN_DEV)

    assert chat.apply(opened(ANN, LOBBY, DEV)) == [
        SessionStarted(ANN, ANN, SessionId(0)),
        RoomEntered(ANN, LOBBY, "Ann"),
        RoomEntered(ANN, DEV, "Ann"),
    ]
    assert chat.names() == chat.names(DEV) == ["Ann"]


def test_a_session_without_a_name_is_called_by_its_address() -> None:
    chat = Chat(opened(ANN, name="", keys=()))

    assert chat.names() == ["192.0.2.1:1"]


def test_a_session_whose_name_is_taken_is_called_by_its_address_and_told() -> None:
    chat = Chat(opened(ANN))

    assert chat.codes(opened(BOB, name="ann", keys=("ann",))) == ["name_taken"]
    assert chat.names() == ["192.0.2.1:2", "Ann"]


def test_a_session_that_must_have_its_name_is_not_opened_without_it() -> None:
    chat = Chat(opened(ANN))
    entry = opened(BOB, name="ann", keys=("ann",), must_have_name=True)

    assert chat.codes(entry) == ["name_taken"]
    assert BOB not in chat.state.sessions


def test_a_session_that_must_have_a_name_may_take_that_of_one_it_replaces() -> None:
    chat = Chat(opened(ANN), SessionHeld(ANN))

    assert chat.codes(opened(ANN, attachment=LATER, must_have_name=True)) == []
    assert chat.names() == ["Ann"]


def test_a_room_that_is_not_open_is_refused_and_the_session_opens() -> None:
    chat = Chat()

    assert chat.codes(opened(ANN, DEV, LOBBY)) == ["no_such_room"]
    assert chat.rooms_of(ANN) == [LOBBY]


def test_a_connection_whose_session_is_elsewhere_opens_no_other() -> None:
    chat = Chat(opened(ANN), opened(ANN, attachment=LATER))

    assert chat.apply(opened(ANN, token="another")) == []
    assert len(chat.state.sessions) == 1
    assert chat.state.sessions[ANN].attachment == LATER


# -- resuming ---------------------------------------------------------------------


def test_a_session_with_a_known_token_is_resumed_with_its_name_and_rooms() -> None:
    chat = Chat(OPEN_DEV, opened(ANN, LOBBY, DEV), SessionHeld(ANN))
    entry = opened(ANN, LOBBY, DEV, attachment=LATER, name="", keys=())

    assert chat.apply(entry) == [
        SessionStarted(ANN, LATER, ANN, (LOBBY, DEV)),
        RoomEntered(ANN, LOBBY, "Ann", is_new=False),
        RoomEntered(ANN, DEV, "Ann", is_new=False),
    ]
    session = chat.state.sessions[ANN]
    assert (session.attachment, session.is_held) == (LATER, False)


def test_a_resumed_session_leaves_the_rooms_that_it_does_not_ask_for() -> None:
    chat = Chat(OPEN_DEV, opened(ANN, LOBBY), opened(BOB, DEV))

    effects = chat.apply(opened(ANN, DEV, attachment=LATER))

    assert kinds(effects) == ["SessionStarted", "RoomLeft", "RoomEntered"]
    assert chat.rooms_of(ANN) == [DEV]


def test_a_session_is_resumed_under_another_name_if_that_is_free() -> None:
    chat = Chat(opened(ANN), opened(BOB))
    entry = opened(ANN, attachment=LATER, name="Eve", keys=("eve",))

    renamed = NameChanged(ANN, "Ann", "Eve", (LOBBY,), is_at_start=True)
    assert renamed in chat.apply(entry)
    taken = opened(ANN, attachment=SessionId(10), name="bob", keys=("bob",))
    assert chat.codes(taken) == ["name_taken"]
    assert chat.names() == ["Bob", "Eve"]


def test_only_the_rooms_in_which_it_stays_hear_the_new_name_of_a_session() -> None:
    chat = Chat(OPEN_DEV, OPEN_OPS, opened(ANN, LOBBY, DEV))

    effects = chat.apply(opened(ANN, DEV, OPS, name="Eve", keys=("eve",)))

    assert NameChanged(ANN, "Ann", "Eve", (DEV,)) in effects


def test_the_session_of_a_connection_ends_if_it_resumes_another_one() -> None:
    chat = Chat(opened(ANN), opened(BOB, token=""))

    effects = chat.apply(opened(ANN, attachment=BOB))

    assert effects[:3] == [
        RoomLeft(BOB, LOBBY, "Bob", "came_back"),
        SessionEnded(BOB, BOB, "Bob"),
        SessionStarted(ANN, BOB, ANN, (LOBBY,)),
    ]


def test_a_session_that_is_opened_again_at_its_connection_gets_a_token() -> None:
    chat = Chat(opened(ANN, token=""))

    chat.apply(opened(ANN, token="new"))
    chat.apply(SessionHeld(ANN))
    assert chat.state.sessions[ANN].is_held
    chat.apply(opened(ANN, token="new"))

    assert len(chat.state.sessions) == 1
    assert not chat.state.sessions[ANN].is_held


# -- ending -----------------------------------------------------------------------


def test_a_session_with_a_token_is_held_when_its_connection_is_lost() -> None:
    chat = Chat(opened(ANN))

    assert chat.apply(SessionHeld(ANN)) == [SessionSuspended(ANN, ANN)]
    assert chat.names() == ["Ann"], "the others see no leave"
    assert chat.apply(SessionHeld(ANN)) == []


def test_a_session_without_a_token_ends_when_its_connection_is_lost() -> None:
    chat = Chat(opened(ANN, token=""))

    assert kinds(chat.apply(SessionHeld(ANN))) == ["RoomLeft", "SessionEnded"]


def test_a_closed_session_leaves_its_rooms_in_the_order_of_entering() -> None:
    chat = Chat(OPEN_DEV, opened(ANN, DEV, LOBBY))

    assert chat.apply(SessionClosed(ANN, "bye")) == [
        RoomLeft(ANN, DEV, "Ann", "bye"),
        RoomLeft(ANN, LOBBY, "Ann", "bye"),
        SessionEnded(ANN, ANN, "Ann"),
    ]
    assert chat.codes(opened(BOB, name="Ann", keys=("ann",))) == [], "it is free"


def test_the_end_of_a_connection_does_not_end_a_session_that_was_resumed() -> None:
    chat = Chat(opened(ANN), opened(ANN, attachment=LATER))

    assert chat.apply(SessionClosed(ANN, "lost")) == []
    assert chat.apply(SessionHeld(ANN)) == []
    assert chat.names() == ["Ann"]
    assert kinds(chat.apply(SessionClosed(LATER, "bye")))[-1] == "SessionEnded"


def test_the_sessions_of_a_lost_node_are_held_or_end_in_order_of_their_ids() -> None:
    there = [SessionId(NODE + number) for number in (3, 1, 2)]
    chat = Chat(opened(ANN), *[opened(each, token=f"{each}") for each in there[:2]])
    chat.apply(opened(there[2], token=""))

    effects = chat.apply(NodeLost(1))

    assert kinds(effects) == [
        "SessionSuspended",
        "RoomLeft",
        "SessionEnded",
        "SessionSuspended",
    ]
    held = [each.id for each in chat.state.sessions if each.is_held]
    assert sorted(held) == [NODE + 1, NODE + 3]
    again = chat.apply(NodeLost(1))
    assert again == [each for each in effects if isinstance(each, SessionSuspended)]


def test_the_sessions_that_a_lost_node_held_are_orphans_too() -> None:
    there = SessionId(NODE + 1)
    chat = Chat(opened(there, token="t"), SessionHeld(there))

    assert chat.apply(NodeLost(1)) == [SessionSuspended(there, there, is_orphan=True)]


# -- names ------------------------------------------------------------------------


def test_a_rename_is_seen_in_every_room() -> None:
    chat = Chat(OPEN_DEV, opened(ANN, LOBBY, DEV))

    assert chat.apply(Renamed(ANN, "Eve", ("eve",))) == [
        NameChanged(ANN, "Ann", "Eve", (LOBBY, DEV))
    ]
    assert chat.names() == chat.names(DEV) == ["Eve"]


def test_of_two_rivals_for_a_name_the_first_one_gets_it() -> None:
    chat = Chat(opened(ANN), opened(BOB))

    assert chat.codes(Renamed(BOB, "Eve", ("eve",))) == []
    assert chat.codes(Renamed(ANN, "eve", ("eve",))) == ["name_taken"]
    assert chat.names() == ["Ann", "Eve"]


def test_a_rename_of_nobody_or_to_the_same_name_changes_nothing() -> None:
    chat = Chat(opened(ANN))

    assert chat.apply(Renamed(BOB, "Eve", ("eve",))) == []
    assert chat.apply(Renamed(ANN, "Ann", ("ann",))) == []


def test_a_message_has_the_name_of_its_entry_and_a_topic_that_of_its_session() -> None:
    chat = Chat(OPEN_DEV, opened(ANN, LOBBY, DEV), Renamed(ANN, "Eve", ("eve",)))

    (said,) = chat.apply(Said(LOBBY, "Ann", "hi", ANN))
    (told,) = chat.apply(TopicSet(DEV, ANN, "gardens"))

    assert "source='Ann'" in repr(said), "which is what the journal stores"
    assert "by='Eve'" in repr(told)


# -- ignoring ---------------------------------------------------------------------


def ignored_by(chat: Chat, session: SessionId) -> list[str]:
    """Return the names that a session ignores."""
    return list((chat.state.sessions[session].ignored or {}).values())


def test_a_session_ignores_names_until_it_no_longer_does() -> None:
    chat = Chat(opened(ANN))

    for name in ("Bob", "BOB", "Cat"):
        assert chat.apply(ignores(ANN, name)) == [IgnoredChanged(ANN)]
    assert ignored_by(chat, ANN) == ["BOB", "Cat"], "two of them are one name"
    chat.apply(Unignored(ANN, "bob"))
    chat.apply(Unignored(ANN, "eve"))
    assert ignored_by(chat, ANN) == ["Cat"]
    chat.apply(Unignored(ANN, "cat"))
    assert chat.state.sessions[ANN].ignored is None


def test_a_session_ignores_at_most_200_names() -> None:
    chat = Chat(opened(ANN), *[ignores(ANN, f"{n}") for n in range(MAX_IGNORED)])

    assert MAX_IGNORED == 200
    assert chat.codes(ignores(ANN, "one more")) == ["too_many_ignored"]
    assert chat.codes(ignores(ANN, "0")) == [], "it is one of them"


def test_a_resumed_session_still_ignores_the_same_names() -> None:
    chat = Chat(opened(ANN), ignores(ANN, "Cat"), SessionHeld(ANN))

    chat.apply(opened(ANN, attachment=LATER))

    assert ignored_by(chat, ANN) == ["Cat"]


def test_nobody_ignores_nothing() -> None:
    chat = Chat(opened(ANN))

    assert chat.apply(ignores(BOB, "Ann")) == []
    assert chat.apply(Unignored(BOB, "ann")) == []
