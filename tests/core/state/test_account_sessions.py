"""Sessions of accounts: opened by credentials, resumed, and lost."""

from parlour.core.entries import SessionHeld
from parlour.core.events import LOBBY, Left, PersonId, SessionId
from parlour.core.state.effects import (
    NameChanged,
    RoomEnded,
    RoomEntered,
    RoomLeft,
    SessionEnded,
    SessionSignedIn,
    SessionStarted,
    Told,
)
from parlour.core.state.state import State
from tests.core.state.chat import (
    ANN,
    ANNS,
    BOB,
    CAT,
    DEV,
    LATER,
    ME,
    OPEN_DEV,
    OPEN_ME,
    OPS,
    PHONE,
    TABLET,
    Chat,
    kinds,
    opened,
    registered,
    signed_in,
)


def anns(*, is_here: bool = False) -> Chat:
    """Return a chat in which Ann has an account in the lobby and in #dev."""
    chat = Chat(OPEN_DEV, opened(ANN, LOBBY, DEV, token=""))
    chat.apply(registered(ANN, LOBBY, DEV, device="a hash"))
    if not is_here:
        chat.apply(SessionHeld(ANN))
    return chat


def anns_and_bobs() -> Chat:
    """Return a chat in which Bob has an account, too, and is in the lobby."""
    chat = anns()
    chat.apply(opened(BOB))
    chat.apply(registered(BOB))
    return chat


def test_a_session_of_an_account_has_its_name_and_is_in_its_rooms() -> None:
    chat = anns()

    assert chat.apply(signed_in(PHONE, device=1)) == [
        SessionStarted(PHONE, PHONE, SessionId(0)),
        SessionSignedIn(PHONE),
        RoomEntered(PHONE, LOBBY, "Ann"),
        RoomEntered(PHONE, DEV, "Ann"),
    ]
    assert chat.state.sessions[PHONE].device == 1


def test_a_further_session_of_an_account_is_not_a_further_user() -> None:
    chat = anns(is_here=True)

    assert chat.apply(signed_in(PHONE))[2:] == [
        RoomEntered(PHONE, LOBBY, "Ann", is_first=False),
        RoomEntered(PHONE, DEV, "Ann", is_first=False),
    ]
    assert chat.names() == ["Ann"]


def test_a_session_enters_what_it_asks_for_before_the_rooms_of_its_account() -> None:
    chat = anns()

    codes = chat.codes(signed_in(PHONE, rooms=(OPS, DEV)))

    assert codes == ["no_such_room"]
    assert chat.rooms_of(PHONE) == [DEV, LOBBY]


def test_a_client_that_knows_no_rooms_is_only_where_it_asks_to_be() -> None:
    chat = anns()

    chat.apply(signed_in(PHONE, rooms=(LOBBY,), knows_rooms=False))

    assert chat.rooms_of(PHONE) == [LOBBY]


def test_the_wanted_name_of_one_who_signs_in_does_not_matter() -> None:
    chat = anns()
    entry = signed_in(PHONE, name="Zoe", keys=("zoe",), must_have_name=True)

    assert chat.codes(entry) == []
    assert chat.names() == ["Ann"]


def test_a_session_of_an_account_is_resumed_by_its_token() -> None:
    chat = anns()
    chat.apply(signed_in(PHONE, device=1))
    chat.apply(SessionHeld(PHONE))

    effects = chat.apply(opened(LATER, token=f"token {PHONE}", knows_rooms=True))

    assert effects == [
        SessionStarted(PHONE, LATER, PHONE, (LOBBY, DEV)),
        SessionSignedIn(PHONE),
        RoomEntered(PHONE, LOBBY, "Ann", is_new=False),
        RoomEntered(PHONE, DEV, "Ann", is_new=False),
    ]
    assert chat.state.sessions[PHONE].device == 1


def test_a_session_of_an_account_is_not_resumed_if_it_must_have_another_name() -> None:
    chat = anns()
    chat.apply(signed_in(PHONE))
    chat.apply(SessionHeld(PHONE))
    back = opened(LATER, name="Zoe", keys=("zoe",), must_have_name=True)

    codes = chat.codes(back.replace(token=f"token {PHONE}"))

    assert codes == ["account_name"]
    assert chat.state.sessions[PHONE].is_held
    own = back.replace(token=f"token {PHONE}", name="Ann", keys=("ann",))
    assert chat.codes(own) == []


def test_the_session_of_a_guest_becomes_one_of_an_account_by_its_token() -> None:
    chat = anns()
    chat.apply(opened(BOB, LOBBY))

    effects = chat.apply(signed_in(LATER, token="token of Bob", rooms=(LOBBY,)))

    assert effects == [
        SessionStarted(BOB, LATER, BOB, (LOBBY,)),
        SessionSignedIn(BOB),
        NameChanged(BOB, "Bob", "Ann", (LOBBY,), is_at_start=True),
        RoomEntered(BOB, LOBBY, "Ann", is_new=False),
        RoomEntered(BOB, DEV, "Ann"),
    ]
    assert chat.names() == ["Ann"]


def test_a_guest_that_becomes_somebody_who_is_here_leaves_for_the_others() -> None:
    chat = anns(is_here=True)
    chat.apply(opened(BOB, LOBBY))

    effects = chat.apply(signed_in(LATER, token="token of Bob", rooms=(LOBBY,)))

    assert Told(LOBBY, Left(LOBBY, "Bob", "signed_in")) in effects
    assert chat.names() == ["Ann"]


def test_a_guest_that_returns_as_somebody_else_hears_of_no_direct_room() -> None:
    chat = anns()
    chat.apply(opened(BOB))
    chat.apply(opened(CAT))
    chat.apply(OPEN_ME.replace(attachment=BOB, other=PersonId(CAT)))

    effects = chat.apply(signed_in(LATER, token="token of Bob", rooms=(LOBBY,)))

    ended = RoomEnded(ME, (BOB, CAT), "Bob has signed in as Ann")
    assert effects[1:3] == [SessionSignedIn(BOB), ended]
    assert "RoomShown" not in kinds(effects)
    assert chat.rooms_of(BOB) == [LOBBY, DEV]


def test_the_token_of_one_account_does_not_resume_a_session_of_another() -> None:
    chat = anns_and_bobs()

    effects = chat.apply(signed_in(LATER, ANNS, token="token of Bob"))

    assert effects[:3] == [
        RoomLeft(BOB, LOBBY, "Bob", "came_back"),
        SessionEnded(BOB, BOB, "Bob"),
        SessionStarted(LATER, LATER, SessionId(0)),
    ]
    assert chat.names() == ["Ann"]
    assert chat.state.sessions[LATER].account == ANNS


def test_the_connection_of_one_account_opens_another_session_for_another() -> None:
    chat = anns_and_bobs()

    effects = chat.apply(signed_in(BOB, ANNS, token="new"))

    assert kinds(effects)[:3] == ["RoomLeft", "SessionEnded", "SessionStarted"]
    session = chat.state.sessions[BOB]
    assert (session.name, session.account, session.token) == ("Ann", ANNS, "new")
    assert chat.state.sessions.with_token("token of Bob") is None
    assert chat.names() == chat.names(DEV) == ["Ann"]


def test_a_void_opening_does_not_end_the_session_of_another_account() -> None:
    """The session that its connection opened is elsewhere, so it gets no other one."""
    chat = anns_and_bobs()
    chat.apply(opened(CAT))
    chat.apply(opened(CAT, attachment=LATER))

    assert chat.apply(signed_in(CAT, ANNS, token="token of Bob")) == []
    assert chat.names() == ["Bob", "Cat"]


def test_a_session_that_opens_again_at_its_connection_is_another_one_of_it() -> None:
    chat = anns(is_here=True)
    chat.apply(opened(BOB, token=""))

    effects = chat.apply(signed_in(BOB))

    assert kinds(effects)[:2] == ["SessionStarted", "SessionSignedIn"]
    assert {each.account for each in chat.state.sessions} == {ANNS}
    assert chat.names() == ["Ann"]


def test_each_session_of_an_account_is_held_alone() -> None:
    chat = anns()
    chat.apply(signed_in(PHONE))
    chat.apply(signed_in(TABLET))

    chat.apply(SessionHeld(PHONE))

    held = {each.id: each.is_held for each in chat.state.sessions}
    assert held == {PHONE: True, TABLET: False}


def test_a_session_never_has_the_id_of_a_person_with_an_account() -> None:
    chat = anns()

    for number in (-1, 0):
        assert chat.apply(opened(SessionId(number), token="t")) == []
    assert len(chat.state.sessions) == 0
    assert chat.codes(registered(BOB, attachment=SessionId(0))) == []
    assert State.restore(chat.state.snapshot()).snapshot() == chat.state.snapshot()
