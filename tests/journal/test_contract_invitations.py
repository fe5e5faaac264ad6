"""The contract of `append` for invitations and private rooms, for every store."""

from contextlib import closing
from pathlib import Path

import pytest

from parlour.core import invitation_rules
from parlour.core.entries import (
    AccountEntered,
    AccountErased,
    AccountIgnored,
    Invited,
    InviteUsed,
    RoomClosed,
    RoomOpened,
    RoomSet,
    Shut,
    Uninvited,
)
from parlour.core.events import AccountNumber, RoomName, SessionId
from parlour.core.names.folding import fold_key
from parlour.core.roles import Role
from parlour.core.storage import Invitation, ReadActs, StoredRoom
from parlour.journal import Store
from parlour.journal.acts import OPENED
from tests.journal.stores import (
    ALL,
    END,
    JULIET,
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    batch,
    open_store,
    registered,
    said,
    stored_account,
    stored_room,
)

LATER = NOW + 60.0
NOBODY, TYBALT = AccountNumber(0), AccountNumber(2)
GUEST = SessionId(5)


def invited(account: AccountNumber = JULIET, room: RoomName = VERONA) -> Invited:
    return Invited(ROMEO, "Romeo", room, LATER, "Juliet", account)


def by_code(code: str, room: RoomName | None = VERONA) -> Invited:
    return Invited(ROMEO, "Romeo", room, LATER, code=code)


def used(code: str, account: AccountNumber = NOBODY) -> InviteUsed:
    return InviteUsed(ROMEO, VERONA, code, account)


def taken_back(number: int, name: str = "Juliet") -> Uninvited:
    return Uninvited(ROMEO, "Romeo", VERONA, number, name)


def keys(store: Store) -> list[tuple[str | None, int, str]]:
    found = store.load().invitations
    return [(each.room, each.account, each.code) for each in found]


def acts(store: Store) -> list[tuple[str, str, str | None, str]]:
    page = store.read(ReadActs(None, END, ALL))
    return [
        (each.by, each.action, each.room, each.name)
        for each in page.acts
        if each.action not in (OPENED, "create")
    ]


@pytest.fixture
def verona(store: Store) -> Store:
    """Return a store with a private room of Juliet's, and two accounts."""
    store.append(batch(registered("Juliet"), registered("Tybalt")))
    store.append(batch(RoomOpened(VERONA, ROMEO, owner=JULIET, is_private=True)))
    return store


# -- private rooms ----------------------------------------------------------------


def test_a_new_room_is_private_if_it_was_opened_so(verona: Store) -> None:
    assert stored_room(verona) == StoredRoom(
        VERONA, 2, 0, roles=((JULIET, Role.OWNER),), is_private=True
    )


def test_a_room_becomes_private_and_public(store: Store) -> None:
    store.append(batch(RoomOpened(VERONA, ROMEO)))
    store.append(batch(RoomSet(ROMEO, "Romeo", VERONA, is_private=True)))
    found = [stored_room(store)]
    store.append(batch(RoomSet(ROMEO, "Romeo", VERONA, is_private=False)))
    found.append(stored_room(store))

    assert [each is not None and each.is_private for each in found] == [True, False]
    assert acts(store) == [
        ("Romeo", "private", VERONA, ""),
        ("Romeo", "public", VERONA, ""),
    ]


def test_a_private_room_stays_so_when_it_is_closed_and_opened(verona: Store) -> None:
    verona.append(batch(said("a")))
    verona.append(batch(Shut(ROMEO, "Romeo", VERONA)))
    closed = stored_room(verona)
    verona.append(batch(RoomOpened(VERONA, ROMEO)))
    opened = stored_room(verona)

    assert closed is not None
    assert opened is not None
    assert (closed.is_open, closed.is_private) == (False, True)
    assert (opened.is_open, opened.is_private) == (True, True)


def test_all_accounts_leave_a_room_that_is_shut(verona: Store) -> None:
    verona.append(batch(AccountEntered(ROMEO, TYBALT, VERONA), said("a")))

    verona.append(batch(Shut(ROMEO, "Romeo", VERONA)))

    assert stored_account(verona, TYBALT).rooms == ()
    assert acts(verona)[-1] == ("Romeo", "close", VERONA, "")


# -- invitations ------------------------------------------------------------------


def test_an_invitation_is_stored(verona: Store) -> None:
    verona.append(batch(invited(TYBALT)))

    assert verona.load().invitations == (
        Invitation(VERONA, "Romeo", LATER, "Juliet", TYBALT, number=1),
    )
    assert acts(verona) == [("Romeo", "invite", VERONA, "Juliet")]


def test_another_invitation_of_the_same_account_replaces_it(verona: Store) -> None:
    verona.append(batch(invited(TYBALT), by_code("c")))

    verona.append(batch(invited(TYBALT).replace(until=LATER + 5.0)))

    assert keys(verona) == [(VERONA, 0, "c"), (VERONA, TYBALT, "")]
    assert verona.load().invitations[1].until == LATER + 5.0


def test_the_invitation_of_a_guest_is_an_act_and_not_stored(verona: Store) -> None:
    verona.append(batch(Invited(ROMEO, "Romeo", VERONA, LATER, "P", session=GUEST)))

    assert keys(verona) == []
    assert acts(verona) == [("Romeo", "invite", VERONA, "P")]


def test_an_account_that_enters_uses_up_its_invitation(verona: Store) -> None:
    verona.append(batch(invited(TYBALT), invited(JULIET)))

    verona.append(batch(AccountEntered(ROMEO, TYBALT, VERONA)))

    assert keys(verona) == [(VERONA, JULIET, "")]


def test_a_code_that_an_account_used_is_an_invitation_of_the_account(
    verona: Store,
) -> None:
    verona.append(batch(by_code("c")))

    verona.append(batch(used("c", TYBALT)))

    assert keys(verona) == [(VERONA, TYBALT, "")]


def test_a_code_that_a_guest_used_is_gone(verona: Store) -> None:
    verona.append(batch(by_code("c"), by_code("d")))

    verona.append(batch(used("c")))

    assert keys(verona) == [(VERONA, 0, "d")]


def test_a_code_that_nobody_made_cannot_be_used(verona: Store) -> None:
    with pytest.raises(ValueError, match="no such code"):
        verona.append(batch(said("a"), used("c")))

    assert verona.load().rooms[1].sequence == 0, "nothing is stored"


def test_a_code_to_make_an_account_is_used_up(store: Store) -> None:
    store.append(batch(by_code("c", None), by_code("d", None)))

    store.append(batch(registered("Juliet").replace(invite="c")))

    assert keys(store) == [(None, 0, "d")]


def test_a_room_that_is_deleted_has_no_invitations(verona: Store) -> None:
    verona.append(batch(RoomOpened(MANTUA, ROMEO), by_code("c", MANTUA), by_code("d")))

    verona.append(batch(RoomClosed(MANTUA)))

    assert keys(verona) == [(VERONA, 0, "d")]


def test_a_room_that_is_shut_has_no_invitations(verona: Store) -> None:
    verona.append(batch(said("a"), by_code("c"), invited(TYBALT)))

    verona.append(batch(Shut(ROMEO, "Romeo", VERONA)))

    assert keys(verona) == []


def test_those_that_have_ended_make_space_for_others(
    verona: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation_rules, "MAX_INVITATIONS", 2)
    verona.append(batch(by_code("c").replace(until=NOW), by_code("d")))

    verona.append(batch(by_code("e"), time=NOW + 1.0))

    assert [code for _, _, code in keys(verona)] == ["d", "e"]


def test_an_invitation_without_unicode_is_refused(verona: Store) -> None:
    with pytest.raises(UnicodeEncodeError):
        verona.append(batch(invited(TYBALT).replace(by="\ud800")))

    assert keys(verona) == []


def test_an_invitation_by_somebody_ignored_replaces_none_that_is_in_force(
    verona: Store,
) -> None:
    verona.append(batch(AccountIgnored(ROMEO, JULIET, "Romeo", fold_key("Romeo"))))
    found = []

    for by in ("Romeo", "Paris", "Romeo"):
        verona.append(batch(invited().replace(by=by)))
        found += [
            (each.by, each.number, each.is_ignored)
            for each in verona.load().invitations
        ]

    assert found == [("Romeo", 1, True), ("Paris", 2, False), ("Paris", 2, False)]
    assert verona.load().last_invitation == 3
    acts = verona.read(ReadActs(None, END, ALL)).acts
    assert [each.action for each in acts].count("invite") == 3


def test_an_invitation_by_somebody_ignored_replaces_one_that_has_ended(
    verona: Store,
) -> None:
    verona.append(batch(invited().replace(by="Paris", until=NOW)))
    verona.append(batch(AccountIgnored(ROMEO, JULIET, "Romeo", fold_key("Romeo"))))

    verona.append(batch(invited()))

    assert [each.by for each in verona.load().invitations] == ["Romeo"]


def test_an_invitation_that_is_taken_back_is_gone(verona: Store) -> None:
    verona.append(batch(invited(TYBALT), by_code("c"), by_code("d", None)))

    verona.append(batch(taken_back(1), taken_back(2, "")))

    assert keys(verona) == [(None, 0, "d")]
    assert acts(verona)[3:] == [
        ("Romeo", "uninvite", VERONA, "Juliet"),
        ("Romeo", "uninvite", VERONA, ""),
    ]


def test_an_invitation_is_taken_back_in_the_batch_that_made_it(verona: Store) -> None:
    verona.append(batch(invited(TYBALT), taken_back(1), by_code("c")))

    assert keys(verona) == [(VERONA, 0, "c")]
    assert verona.load().last_invitation == 2


def test_an_invitation_to_another_room_is_not_taken_back(verona: Store) -> None:
    verona.append(batch(by_code("c", None)))

    verona.append(batch(taken_back(1)))

    assert keys(verona) == [(None, 0, "c")]


def test_no_number_is_used_twice(verona: Store) -> None:
    verona.append(batch(Invited(ROMEO, "Romeo", VERONA, LATER, "P", session=GUEST)))
    verona.append(batch(by_code("c"), used("c")))
    verona.append(batch(by_code("d"), taken_back(4, "")))

    verona.append(batch(by_code("e")))

    assert [each.number for each in verona.load().invitations] == [5]


def test_a_guest_is_invited_no_longer(verona: Store) -> None:
    verona.append(batch(Invited(ROMEO, "Romeo", VERONA, LATER, "P", session=GUEST)))

    verona.append(batch(taken_back(1, "P")))

    assert acts(verona)[-1] == ("Romeo", "uninvite", VERONA, "P")


def test_an_account_that_is_erased_has_and_has_sent_no_invitations(
    verona: Store,
) -> None:
    verona.append(batch(invited()))
    verona.append(batch(invited(TYBALT).replace(by="Juliet")))
    verona.append(batch(by_code("c").replace(by="Juliet")))
    verona.append(batch(by_code("d")))

    verona.append(batch(AccountErased(JULIET)))

    assert keys(verona) == [(VERONA, 0, "d")]


def test_invitations_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        store.append(batch(registered("Juliet"), RoomOpened(VERONA, ROMEO)))
        store.append(batch(by_code("c"), invited(JULIET), by_code("e")))
        store.append(batch(taken_back(3, "")))
        before = store.load().invitations

    with closing(open_store(path)) as store:
        assert store.load().invitations == before
        assert store.load().last_invitation == 3
        store.append(batch(by_code("d")))
        assert [code for _, _, code in keys(store)] == ["c", "", "d"]
        assert [each.number for each in store.load().invitations] == [1, 2, 4]
