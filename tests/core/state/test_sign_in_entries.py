"""Signing in: the session of a guest becomes one of an account."""

import pytest

from parlour.core.entries import (
    AccountEnabled,
    AccountIgnored,
    PasswordSet,
    Renamed,
    SessionClosed,
    SessionHeld,
    SignedIn,
)
from parlour.core.events import LOBBY, AccountNumber, Left, SessionId
from parlour.core.limits import MAX_ACCOUNT_SESSIONS
from parlour.core.state.effects import (
    IgnoredChanged,
    NameChanged,
    RoomEnded,
    RoomEntered,
    SessionSignedIn,
    Told,
)
from parlour.core.state.state import State
from tests.core.state.chat import (
    ANN,
    ANNS,
    BOB,
    BOBS,
    CAT,
    DEV,
    LATER,
    ME,
    OPEN_DEV,
    OPEN_ME,
    PHONE,
    TABLET,
    Chat,
    ignores,
    kinds,
    opened,
    registered,
    signed_in,
)


@pytest.fixture
def anns() -> Chat:
    """Return a chat in which Ann has an account with a device, and Bob is a guest."""
    chat = Chat(OPEN_DEV, opened(ANN), registered(ANN, LOBBY, DEV, device="a hash"))
    chat.apply(SessionClosed(ANN, "bye"))
    chat.apply(opened(BOB))
    return chat


def test_a_guest_signs_in_and_gets_the_name_and_the_rooms(anns: Chat) -> None:
    effects = anns.apply(SignedIn(BOB, ANNS, 1, 1))

    assert effects == [
        SessionSignedIn(BOB),
        NameChanged(BOB, "Bob", "Ann", (LOBBY,), is_at_start=True),
        RoomEntered(BOB, DEV, "Ann"),
    ]
    session = anns.state.sessions[BOB]
    assert (session.name, session.account, session.device) == ("Ann", ANNS, 1)
    assert anns.codes(opened(CAT, name="Bob", keys=("bob",))) == [], "it is free"


def test_a_guest_in_rooms_of_the_account_leaves_them_for_the_others(anns: Chat) -> None:
    anns.apply(signed_in(PHONE))

    effects = anns.apply(SignedIn(BOB, ANNS, 1))

    assert effects == [
        SessionSignedIn(BOB),
        Told(LOBBY, Left(LOBBY, "Bob", "signed_in")),
        RoomEntered(BOB, DEV, "Ann", is_first=False),
    ]
    assert anns.names() == anns.names(DEV) == ["Ann"]


def test_a_guest_whose_client_knows_no_rooms_stays_in_the_lobby(anns: Chat) -> None:
    anns.apply(opened(CAT, knows_rooms=False))

    anns.apply(SignedIn(CAT, ANNS, 1))

    assert anns.rooms_of(CAT) == [LOBBY]


def test_the_direct_rooms_of_a_guest_are_over_when_it_signs_in(anns: Chat) -> None:
    anns.apply(opened(CAT))
    anns.apply(OPEN_ME.replace(attachment=CAT))

    effects = anns.apply(SignedIn(BOB, ANNS, 1))

    ended = RoomEnded(ME, (BOB, CAT), "Bob has signed in as Ann")
    assert ended in effects
    assert anns.rooms_of(CAT) == [LOBBY]


def test_a_guest_ignores_whom_the_account_ignores_once_it_signs_in(anns: Chat) -> None:
    anns.apply(ignores(BOB, "Cat"))
    anns.apply(signed_in(PHONE))
    anns.apply(AccountIgnored(PHONE, ANNS, "Eve", "eve"))

    assert IgnoredChanged(BOB) in anns.apply(SignedIn(BOB, ANNS, 1))
    assert anns.state.ignored_by(anns.state.sessions[BOB]) == {"eve": "Eve"}
    anns.apply(opened(CAT))
    assert IgnoredChanged(CAT) in anns.apply(SignedIn(CAT, ANNS, 1))


def test_a_guest_signs_in_while_it_is_held(anns: Chat) -> None:
    anns.apply(SessionHeld(BOB))
    anns.apply(SignedIn(BOB, ANNS, 1))

    effects = anns.apply(opened(BOB, attachment=LATER, name="", keys=()))

    assert kinds(effects)[:2] == ["SessionStarted", "SessionSignedIn"]
    assert anns.state.sessions[BOB].account == ANNS


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (SignedIn(BOB, BOBS, 1), "auth_failed"),
        (SignedIn(BOB, AccountNumber(0), 0), "auth_failed"),
        (SignedIn(BOB, ANNS, 2), "auth_failed"),
        (SignedIn(BOB, ANNS, 0), "auth_failed"),
        (SignedIn(BOB, ANNS, 1, 2), "auth_failed"),
    ],
    ids=["unknown", "none", "later password", "old password", "unknown device"],
)
def test_nobody_signs_in_whose_credentials_are_no_longer_right(
    anns: Chat, entry: SignedIn, code: str
) -> None:
    assert anns.codes(entry) == [code]
    session = {"attachment": CAT, "token": "new"}
    opening = signed_in(CAT, entry.account).replace(**session)
    more = {"generation": entry.generation, "device": entry.device}
    if entry.account:
        assert anns.codes(opening.replace(**more)) == [code]
    assert anns.names() == ["Bob"]


def test_nobody_signs_in_to_an_account_that_is_disabled(anns: Chat) -> None:
    anns.apply(AccountEnabled(ANNS, is_enabled=False))

    assert anns.codes(SignedIn(BOB, ANNS, 1)) == ["account_disabled"]
    assert anns.codes(signed_in(PHONE)) == ["account_disabled"]
    anns.apply(AccountEnabled(ANNS, is_enabled=True))
    assert anns.codes(signed_in(PHONE)) == []


def test_a_session_signs_in_once(anns: Chat) -> None:
    anns.apply(SignedIn(BOB, ANNS, 1))

    assert anns.codes(SignedIn(BOB, ANNS, 1)) == ["already_signed_in"]
    assert anns.apply(SignedIn(CAT, ANNS, 1)) == [], "there is no such session"


def test_an_account_has_at_most_10_sessions(anns: Chat) -> None:
    sessions = [SessionId(100 + number) for number in range(10)]
    for each in sessions:
        assert anns.codes(signed_in(each)) == []

    assert MAX_ACCOUNT_SESSIONS == 10
    assert anns.codes(SignedIn(BOB, ANNS, 1)) == ["too_many_sessions"]
    assert anns.codes(signed_in(TABLET)) == ["too_many_sessions"]
    anns.apply(SessionHeld(sessions[0]))
    returns = signed_in(LATER, token=f"token {sessions[0]}")
    assert anns.codes(returns) == [], "it is one of them"


def test_the_sessions_of_forms_do_not_count_and_are_in_no_room_of_the_account(
    anns: Chat,
) -> None:
    form = signed_in(TABLET, token="a form").replace(is_brief=True)
    forms = [form.replace(attachment=each, token="") for each in map(SessionId, (7, 8))]
    assert [anns.codes(each) for each in (form, *forms)] == [[], [], []]

    sessions = [SessionId(100 + number) for number in range(10)]
    assert [anns.codes(signed_in(each)) for each in sessions] == [[]] * 10

    assert anns.codes(form) == []
    assert anns.state.sessions[TABLET].rooms == form.rooms
    restored = State.restore(anns.state.snapshot())
    assert restored.sessions[TABLET].is_brief


@pytest.mark.parametrize("has_account", [True, False])
def test_the_session_of_a_form_is_not_continued_by_a_client(
    anns: Chat, *, has_account: bool
) -> None:
    anns.apply(signed_in(TABLET, token="a form").replace(is_brief=True))
    taken = signed_in(LATER, token="a form")
    if not has_account:
        taken = taken.replace(account=AccountNumber(0), must_resume=True)

    codes = anns.codes(taken)

    assert codes == ([] if has_account else ["sign_in_required"])
    if has_account:
        assert TABLET not in anns.state.sessions
        assert not anns.state.sessions[LATER].is_brief


def test_an_account_keeps_its_name(anns: Chat) -> None:
    anns.apply(signed_in(PHONE))

    assert anns.codes(Renamed(PHONE, "Zoe", ("zoe",))) == ["account_name"]
    assert anns.apply(Renamed(PHONE, "Ann", ("ann",))) == []
    assert anns.apply(ignores(PHONE, "Bob")) == [], "that is of guests"


def test_a_device_that_a_new_password_spares_signs_in_while_it_is_recorded(
    anns: Chat,
) -> None:
    anns.apply(PasswordSet(SessionId(0), ANNS, 1, "another hash", device=1))

    assert anns.codes(signed_in(PHONE, device=1)) == []
    assert anns.codes(signed_in(TABLET)) == ["auth_failed"], "with the old password"
