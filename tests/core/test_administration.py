"""What the operator asks for becomes an entry, or is answered from the state."""

import pytest

from parlour.core.admin_acts import Act, TextLookup
from parlour.core.admin_lists import ACCOUNTS_PAGE
from parlour.core.administration import Administration
from parlour.core.entries import (
    AccountEnabled,
    AccountErased,
    Announced,
    DeviceAdded,
    DeviceRevoked,
    Invited,
    Kicked,
    PasswordSet,
    Registered,
    RoleSet,
    RoomSet,
    Said,
    Sanctioned,
    SanctionKind,
    SessionOpened,
    Shut,
    TextsErased,
    TopicSet,
    Uninvited,
)
from parlour.core.events import (
    LOBBY,
    AccountNumber,
    Message,
    Refused,
    RoomName,
    SessionId,
)
from parlour.core.protocol.admin_answers import (
    AccountFacts,
    AccountList,
    DeviceFacts,
    DeviceList,
    Done,
    ErasedTexts,
    InvitationFacts,
    InvitationFactsList,
    SanctionFacts,
    SanctionFactsList,
)
from parlour.core.protocol.admin_requests import (
    CreateAccount,
    EnableAccount,
    EraseAccount,
    EraseTexts,
    ListAccounts,
    ListDevices,
    MakeInvitation,
    Request,
    RevokeDevice,
    SetPassword,
)
from parlour.core.protocol.commands import (
    Announce,
    Ban,
    CloseRoom,
    Kick,
    ListInvitations,
    ListSanctions,
    SetRole,
    SetRoom,
    SetTopic,
    Uninvite,
)
from parlour.core.roles import Role
from parlour.core.sessions import sanction_lists
from parlour.core.state.names import name_keys
from parlour.core.state.state import State
from parlour.core.storage import FOUND_AMONG, FindTexts, Page

NOW = 1_700_000_000.0  # seconds
NOBODY = SessionId(0)
ANN = AccountNumber(1)


@pytest.fixture
def state() -> State:
    return State()


def ask(state: State, request: Request, *, is_serving: bool = True) -> object:
    """Return what the operator gets, or the entry that is proposed."""
    found = Administration(state, is_serving=is_serving).requested(request, NOW)
    return found.entry if isinstance(found, Act) else found


def register(state: State, name: str, role: Role = Role.MEMBER) -> None:
    state.apply(Registered(NOBODY, name, name_keys(name), "hash", role), NOW)


def code(found: object) -> str:
    assert isinstance(found, Refused), found
    return found.code


def test_an_account_gets_the_name_as_users_see_it(state: State) -> None:
    entry = ask(state, CreateAccount("  Ann   Lee ", "hash", "admin"))

    keys = name_keys("Ann Lee")
    assert entry == Registered(NOBODY, "Ann Lee", keys, "hash", Role.ADMIN)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ANN", "there is an account Ann"),
        ("A\u0438n", "that name mixes letters of several scripts"),
        ("admin", "that name is reserved"),
        ("127.0.0.1:7", "a name does not look like an address"),
        ("", "a name has 1 to 32 characters"),
    ],
)
def test_some_names_are_refused(state: State, name: str, why: str) -> None:
    register(state, "Ann")

    refused = ask(state, CreateAccount(name, "hash"))

    assert isinstance(refused, Refused)
    assert refused.reason == why


def test_a_name_that_looks_like_that_of_an_account_is_refused(state: State) -> None:
    register(state, "Paypal")

    refused = ask(state, CreateAccount("PaypaI", "hash"))

    assert refused == Refused("name_registered", "PaypaI looks like the account Paypal")


def test_an_unknown_role_is_refused(state: State) -> None:
    register(state, "Ann")

    assert code(ask(state, CreateAccount("Bob", "hash", "owner"))) == "bad_data"
    assert code(ask(state, SetRole(None, "Ann", Role.OWNER))) == "bad_data"
    assert code(ask(state, SetRole(None, "Ann", Role.OPERATOR))) == "bad_data"


def test_requests_about_an_account_become_entries(state: State) -> None:
    register(state, "Ann")

    assert ask(state, SetPassword("ANN", "new")) == PasswordSet(NOBODY, ANN, 1, "new")
    disabled = AccountEnabled(ANN, is_enabled=False)
    assert ask(state, EnableAccount("ann", enabled=False)) == disabled
    assert ask(state, EraseAccount("ann")) == AccountErased(ANN)
    revoked = DeviceRevoked(ANN, 3, is_by_operator=True)
    assert ask(state, RevokeDevice("ann", 3)) == revoked
    role = RoleSet(NOBODY, "", None, ANN, "Ann", Role.ADMIN)
    assert ask(state, SetRole(None, "ann", Role.ADMIN)) == role


@pytest.mark.parametrize(
    "request_",
    [
        SetPassword("Bob", "new"),
        EnableAccount("Bob", enabled=True),
        EraseAccount("Bob"),
        RevokeDevice("Bob", 1),
        ListDevices("Bob"),
        SetRole(None, "Bob", Role.ADMIN),
    ],
)
def test_there_must_be_such_an_account(state: State, request_: Request) -> None:
    register(state, "Ann")

    assert code(ask(state, request_)) == "no_such_account"


def test_a_password_that_was_changed_meanwhile_is_explained(state: State) -> None:
    register(state, "Ann")
    act = Administration(state, is_serving=True).requested(
        SetPassword("Ann", "new"), NOW
    )
    assert isinstance(act, Act)

    state.apply(PasswordSet(NOBODY, ANN, 1, "other"), NOW)
    answer = act.outcome(state.judge(act.entry, NOW).why)

    assert answer == Refused(
        "auth_failed", "the password was changed at the same time; try again"
    )
    assert act.outcome(None) == Done("Ann")


def test_the_accounts_are_listed_with_who_is_online(state: State) -> None:
    register(state, "Ann", Role.ADMIN)
    register(state, "Bob")
    state.apply(AccountEnabled(AccountNumber(2), is_enabled=False), NOW)
    sign_in(state)

    assert ask(state, ListAccounts()) == AccountList(
        (
            AccountFacts("Ann", "admin", TIME, 1, disabled=False, online=True),
            AccountFacts("Bob", "member", TIME, 0, disabled=True, online=False),
        )
    )


TIME = "2023-11-14T22:13:20.000000Z"


def sign_in(
    state: State, rooms: tuple[RoomName, ...] = (LOBBY,), *, knows_rooms: bool = False
) -> None:
    """Give the first account a device, with a session."""
    state.apply(DeviceAdded(ANN, 1, "key", "phone"), NOW)
    opened = SessionOpened(
        *(SessionId(7), "192.0.2.1:5"),
        rooms=rooms,
        account=ANN,
        generation=1,
        device=1,
        knows_rooms=knows_rooms,
    )
    state.apply(opened, NOW)


def test_nobody_is_online_or_offline_while_no_server_runs(state: State) -> None:
    register(state, "Ann")

    assert ask(state, ListAccounts(), is_serving=False) == AccountList(
        (AccountFacts("Ann", "member", TIME, 0, disabled=False),)
    )


def test_many_accounts_take_several_answers(state: State) -> None:
    for number in range(ACCOUNTS_PAGE + 1):
        register(state, f"user {number}")

    first, second = ask(state, ListAccounts()), ask(state, ListAccounts(ACCOUNTS_PAGE))

    assert isinstance(first, AccountList)
    assert isinstance(second, AccountList)
    assert (len(first.accounts), first.after) == (500, 500)
    assert [each.name for each in second.accounts] == ["user 500"]
    assert second.after == 0


def test_a_full_page_may_be_the_last(state: State) -> None:
    for number in range(ACCOUNTS_PAGE):
        register(state, f"user {number}")

    page = ask(state, ListAccounts())

    assert isinstance(page, AccountList)
    assert page.after == 0


def test_the_devices_of_an_account_are_listed(state: State) -> None:
    register(state, "Ann")
    sign_in(state)
    state.apply(DeviceAdded(ANN, 1, "other", "laptop"), NOW)

    assert ask(state, ListDevices("ann")) == DeviceList(
        "Ann",
        (
            DeviceFacts(1, "phone", TIME, online=True),
            DeviceFacts(2, "laptop", TIME, online=False),
        ),
    )


def test_the_operator_keeps_order_as_nobody(state: State) -> None:
    register(state, "Ann")

    kicked, banned = (
        ask(state, Kick(LOBBY, "ann", "noise")),
        ask(state, Ban(None, "192.0.2.0/24", 60, "")),
    )
    announced = ask(state, Announce("hello"))

    assert isinstance(kicked, Kicked)
    assert (kicked.attachment, kicked.by, kicked.target.account) == (0, "", ANN)
    assert isinstance(banned, Sanctioned)
    assert (banned.target.network, banned.until) == ("192.0.2.0/24", NOW + 60)
    assert announced == Announced(NOBODY, "", "hello")
    assert code(ask(state, Kick(LOBBY, "nobody", ""))) == "no_such_user"


def test_the_sanctions_that_hold_are_listed(state: State) -> None:
    for seconds in (60, None):
        entry = ask(state, Ban(None, "192.0.2.0/24", seconds, "noise"))
        assert isinstance(entry, Sanctioned)
        assert entry.kind is SanctionKind.BAN
        state.apply(entry, NOW - 120)

    assert ask(state, ListSanctions(None)) == SanctionFactsList(
        (
            SanctionFacts(
                *(1, "ban", "192.0.2.0/24", "2023-11-14T22:11:20.000000Z"),
                reason="noise",
                until="2023-11-14T22:14:20.000000Z",
            ),
            SanctionFacts(
                *(2, "ban", "192.0.2.0/24", "2023-11-14T22:11:20.000000Z"),
                reason="noise",
            ),
        )
    )


def test_only_the_newest_sanctions_before_a_number_are_listed(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sanction_lists, "LISTED", 2)
    for number in range(3):
        entry = ask(state, Ban(None, f"192.0.{number}.0/24", None, ""))
        assert isinstance(entry, Sanctioned)
        state.apply(entry, NOW)

    newest, older = ask(state, ListSanctions(None)), ask(state, ListSanctions(None, 2))

    assert isinstance(newest, SanctionFactsList)
    assert isinstance(older, SanctionFactsList)
    assert ([each.number for each in newest.sanctions], newest.more) == ([2, 3], True)
    assert ([each.number for each in older.sanctions], older.more) == ([1], False)


# -- invitations to make an account ------------------------------------------------


def test_the_operator_makes_a_code_and_takes_it_back_as_nobody(state: State) -> None:
    invited = ask(state, MakeInvitation(code="a" * 64, seconds=60))

    assert invited == Invited(NOBODY, "", None, NOW + 60, code="a" * 64)


def test_the_codes_that_can_be_used_are_listed_without_the_codes(state: State) -> None:
    register(state, "Ann", Role.ADMIN)
    sign_in(state)
    first = Invited(NOBODY, "", None, NOW + 60, code="a" * 64)
    of_ann = first.replace(attachment=SessionId(7), by="Ann", until=NOW + 120)
    state.apply(first, NOW - 60)
    state.apply(of_ann.replace(code="b" * 64), NOW - 60)
    state.apply(first.replace(until=NOW - 1, code="c" * 64), NOW - 60)

    assert ask(state, ListInvitations(None, 0)) == InvitationFactsList(
        (
            InvitationFacts(1, "2023-11-14T22:14:20.000000Z"),
            InvitationFacts(2, "2023-11-14T22:15:20.000000Z", "Ann"),
        )
    )


def test_codes_to_make_an_account_and_to_a_room_are_listed_apart(state: State) -> None:
    state.apply(Invited(NOBODY, "", LOBBY, NOW + 60, code="a" * 64), NOW)
    fact = InvitationFacts(1, "2023-11-14T22:14:20.000000Z")

    assert ask(state, ListInvitations(None, 0)) == InvitationFactsList(())
    assert code(ask(state, Uninvite(None, "", 1))) == "no_such_invitation"
    assert ask(state, ListInvitations(LOBBY, 0)) == InvitationFactsList((fact,))
    assert ask(state, Uninvite(LOBBY, "", 1)) == Uninvited(NOBODY, "", LOBBY, 1)


def test_the_operator_invites_an_account_to_a_room_and_takes_that_back(
    state: State,
) -> None:
    register(state, "Ann")
    invited = ask(state, MakeInvitation(LOBBY, "ann", seconds=60))

    assert invited == Invited(NOBODY, "", LOBBY, NOW + 60, "Ann", ANN)
    assert isinstance(invited, Invited)
    state.apply(invited, NOW)
    fact = InvitationFacts(1, "2023-11-14T22:14:20.000000Z", name="Ann")
    assert ask(state, ListInvitations(LOBBY, 0)) == InvitationFactsList((fact,))
    taken_back = Uninvited(NOBODY, "", LOBBY, 1, "Ann")
    assert ask(state, Uninvite(LOBBY, "ANN", 0)) == taken_back
    assert ask(state, Uninvite(LOBBY, "", 1)) == taken_back


def test_after_one_of_two_invitations_of_a_user_there_is_more_to_take_back(
    state: State,
) -> None:
    register(state, "Ann")
    sign_in(state, rooms=(), knows_rooms=True)
    state.apply(Invited(NOBODY, "", LOBBY, NOW + 60, session=SessionId(7)), NOW)
    state.apply(Invited(NOBODY, "", LOBBY, NOW + 60, account=ANN), NOW)
    administration = Administration(state, is_serving=True)

    for number, has_more in ((2, True), (1, False)):
        found = administration.requested(Uninvite(LOBBY, "ann", 0), NOW)

        assert isinstance(found, Act)
        assert found.entry == Uninvited(NOBODY, "", LOBBY, number, "Ann")
        assert found.done == Done("Ann", more=has_more)
        state.apply(found.entry, NOW)


def test_what_the_operator_asks_of_a_room_becomes_an_entry(state: State) -> None:
    register(state, "Ann")

    locked = ask(state, SetRoom(LOBBY, is_locked=True, slow=None))
    slow = ask(state, SetRoom(LOBBY, is_locked=None, slow=30))
    appointed = ask(state, SetRole(LOBBY, "ann", Role.OWNER))

    assert locked == RoomSet(NOBODY, "", LOBBY, True, None)
    assert slow == RoomSet(NOBODY, "", LOBBY, None, 30)
    assert appointed == RoleSet(NOBODY, "", LOBBY, ANN, "Ann", Role.OWNER)
    assert ask(state, CloseRoom(RoomName("dev"))) == Shut(NOBODY, "", RoomName("dev"))
    assert code(ask(state, SetRole(LOBBY, "ann", Role.ADMIN))) == "bad_data"


@pytest.mark.parametrize("topic", ["", "gardens", "x" * 200])
def test_the_operator_sets_a_topic_as_nobody(state: State, topic: str) -> None:
    dev = RoomName("dev")

    assert ask(state, SetTopic(dev, topic)) == TopicSet(dev, NOBODY, topic)


@pytest.mark.parametrize("topic", ["one\ntwo", "\u202e", "x" * 201])
def test_a_topic_that_no_room_can_have_is_refused(state: State, topic: str) -> None:
    assert code(ask(state, SetTopic(LOBBY, topic))) == "bad_topic"


def test_what_invites_nobody_is_refused(state: State) -> None:
    register(state, "Ann")

    for request in (
        MakeInvitation("dev", "Ann"),
        Uninvite(RoomName("dev"), "Ann", 0),
        ListInvitations(RoomName("dev"), 0),
    ):
        assert code(ask(state, request)) == "no_such_room"
    assert code(ask(state, MakeInvitation(LOBBY, "bob"))) == "no_such_user"
    assert code(ask(state, Uninvite(LOBBY, "Ann", 0))) == "no_such_invitation"


# -- the texts of an account ------------------------------------------------------


def texts_page(*sequences: int, has_more: bool = False) -> Page:
    messages = tuple(Message(LOBBY, each, NOW, "Ann", "hi") for each in sequences)
    return Page(messages, has_more=has_more, total=len(sequences))


def look_up(state: State, room: int = 0, after: int = 0) -> TextLookup:
    found = ask(state, EraseTexts("ann", room, after))
    assert isinstance(found, TextLookup), found
    return found


@pytest.fixture
def talkative(state: State) -> State:
    """Return a state with the account Ann, and a message in the lobby."""
    register(state, "Ann")
    state.apply(SessionOpened(SessionId(1), "192.0.2.1:1", rooms=(LOBBY,)), NOW)
    state.apply(Said(LOBBY, "guest", "hi", SessionId(1)), NOW)
    return state


def test_texts_are_looked_up_in_the_first_room_with_messages(talkative: State) -> None:
    assert look_up(talkative).query == FindTexts(LOBBY, ANN, 0)
    assert look_up(talkative, 1, 7).query == FindTexts(LOBBY, ANN, 7)


def test_after_the_last_room_no_texts_are_left(talkative: State) -> None:
    found = ask(talkative, EraseTexts("ann", 2, 0))

    assert found == ErasedTexts(0, 2, 0, more=False)


def test_texts_that_are_found_are_erased(talkative: State) -> None:
    lookup = look_up(talkative)

    found = Administration(talkative, is_serving=True).found(lookup, texts_page(1))

    assert isinstance(found, Act)
    assert found.entry == TextsErased(ANN, "Ann", LOBBY, (1,))
    assert found.done == ErasedTexts(1, 2, 0, more=True)


def test_if_there_may_be_more_texts_in_the_room_it_goes_on_there(
    talkative: State,
) -> None:
    lookup = look_up(talkative, 1, 5)
    administration = Administration(talkative, is_serving=True)

    full = administration.found(lookup, texts_page(*range(6, 70)))
    rare = administration.found(lookup, texts_page(has_more=True))

    assert isinstance(full, Act)
    assert full.done == ErasedTexts(64, 1, 69, more=True)
    assert rare == ErasedTexts(0, 1, 5 + FOUND_AMONG, more=True)


def test_a_history_that_cannot_be_read_erases_no_texts(talkative: State) -> None:
    why = Refused("history_damaged", "the history is damaged")
    lookup = look_up(talkative)

    assert Administration(talkative, is_serving=True).found(lookup, why) == why
