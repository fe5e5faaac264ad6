"""The contract of the audit log, for every store."""

from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import (
    AccountEnabled,
    AccountErased,
    Announced,
    DeviceRevoked,
    Entry,
    Kicked,
    Lifted,
    PasswordSet,
    RoomClosed,
    RoomOpened,
    RoomSet,
    SanctionKind,
    Target,
)
from parlour.core.events import Act, RoomName, SessionId
from parlour.core.roles import Role
from parlour.core.storage import Page, ReadActs
from parlour.history.retention import Retention
from parlour.journal import Store, acts
from parlour.journal.memory import acts as memory_acts
from parlour.journal.sqlite import acts as sqlite_acts
from tests.journal.stores import (
    ALL,
    END,
    JULIET,
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    Clocks,
    batch,
    each_store,
    maintain_fully,
    open_store,
    registered,
    role_set,
    said,
    sanctioned,
)

PARIS = Target("Paris", session=SessionId(5))


def read(
    store: Store, room: RoomName | None = None, before: int = END, limit: int = ALL
) -> Page:
    return store.read(ReadActs(room, before, limit))


def kicked(room: RoomName = VERONA, reason: str = "") -> Kicked:
    return Kicked(ROMEO, "Romeo", room, PARIS, reason)


def numbers(page: Page) -> list[int]:
    return [act.number for act in page.acts]


def room_set(*, is_locked: bool | None = None, slow: int | None = None) -> RoomSet:
    return RoomSet(ROMEO, "Romeo", VERONA, is_locked, slow)


def act(action: str, name: str = "", room: RoomName | None = VERONA) -> Act:
    return Act(1, NOW, "Romeo", action, room, name)


ACTS: dict[str, tuple[Entry, Act]] = {
    "kick": (kicked(reason="noise"), act("kick", "Paris").replace(reason="noise")),
    "mute": (
        sanctioned(target=PARIS, until=NOW + 60, reason="noise"),
        act("mute", "Paris").replace(until=NOW + 60, reason="noise"),
    ),
    "ban": (sanctioned(SanctionKind.BAN, None), act("ban", "Paris", None)),
    "moderator": (
        role_set(JULIET, Role.MODERATOR, VERONA),
        act("moderator", "Juliet"),
    ),
    "admin": (role_set(JULIET, Role.ADMIN), act("admin", "Juliet", None)),
    "lock": (room_set(is_locked=True), act("lock")),
    "slow": (room_set(slow=30), act("slow", "30")),
    "announce": (Announced(ROMEO, "Romeo", "secret"), act("announce", "", None)),
    "disable": (
        AccountEnabled(JULIET, is_enabled=False),
        act("disable", "Juliet", None).replace(by=""),
    ),
    "erase-account": (
        AccountErased(JULIET),
        act("erase-account", "", None).replace(by=""),
    ),
    "enable": (
        AccountEnabled(JULIET, is_enabled=True),
        act("enable", "Juliet", None).replace(by=""),
    ),
    "passwd": (
        PasswordSet(SessionId(0), JULIET, 1, "secret"),
        act("passwd", "Juliet", None).replace(by=""),
    ),
    "revoke": (
        DeviceRevoked(JULIET, 1, is_by_operator=True),
        act("revoke", "Juliet", None).replace(by=""),
    ),
    "create": (
        registered("Paris").replace(attachment=SessionId(0)),
        act("create", "Paris", None).replace(by=""),
    ),
    "open": (
        RoomOpened(MANTUA, SessionId(8), owner=JULIET),
        act("open", room=MANTUA).replace(by="Juliet"),
    ),
    "operator": (kicked().replace(by=""), act("kick", "Paris").replace(by="")),
}


def test_an_empty_store_has_no_acts(store: Store) -> None:
    assert read(store) == Page((), has_more=False, total=0)
    assert read(store, VERONA) == Page((), has_more=False, total=0)


@pytest.mark.parametrize("kind", ACTS)
def test_an_entry_is_one_act(store: Store, kind: str) -> None:
    entry, expected = ACTS[kind]
    store.append(batch(registered("Juliet"), RoomOpened(VERONA, ROMEO)))

    store.append(batch(entry))

    assert read(store).acts == (expected,)


@pytest.mark.parametrize("kind", SanctionKind)
def test_the_end_of_a_sanction_is_an_act(store: Store, kind: SanctionKind) -> None:
    store.append(batch(sanctioned(kind)))

    store.append(batch(Lifted(ROMEO, "Romeo", kind, VERONA, 1, "Paris"), time=NOW + 1))

    assert read(store).acts[1:] == (
        Act(2, NOW + 1, "Romeo", f"un{kind.value}", VERONA, "Paris"),
    )


def test_each_setting_of_a_room_that_changes_is_an_act(store: Store) -> None:
    store.append(batch(RoomOpened(VERONA, ROMEO)))

    store.append(batch(room_set(is_locked=True, slow=30)))
    store.append(batch(room_set(is_locked=True, slow=0)))
    store.append(batch(room_set(is_locked=False, slow=0)))

    found = [(each.action, each.name) for each in read(store).acts]
    assert found == [("lock", ""), ("slow", "30"), ("slow", "0"), ("unlock", "")]


@pytest.mark.parametrize(
    "entry",
    [
        PasswordSet(ROMEO, JULIET, 1, "hash"),
        DeviceRevoked(JULIET, 1),
        RoomClosed(VERONA),
        RoomOpened(VERONA, ROMEO, owner=JULIET),
        RoomOpened(MANTUA, ROMEO),
        said("a"),
    ],
)
def test_what_people_do_for_themselves_is_no_act(store: Store, entry: Entry) -> None:
    store.append(batch(registered("Juliet", device="a"), RoomOpened(VERONA, ROMEO)))

    store.append(batch(entry))

    assert read(store).acts == ()


def test_a_role_that_the_operator_creates_an_account_with_is_an_act(
    store: Store,
) -> None:
    entry = registered("Juliet", role=Role.ADMIN)

    store.append(batch(entry.replace(attachment=SessionId(0))))

    found = [(each.action, each.name) for each in read(store).acts]
    assert found == [("create", "Juliet"), ("admin", "Juliet")]


def test_the_acts_of_an_earlier_room_of_that_name_are_not_those_of_a_room(
    store: Store,
) -> None:
    opened = RoomOpened(VERONA, ROMEO, owner=JULIET)
    store.append(batch(registered("Juliet"), RoomOpened(VERONA, ROMEO), kicked()))
    store.append(batch(RoomClosed(VERONA)))
    store.append(batch(opened, kicked()))

    page = read(store, VERONA)
    assert [each.action for each in page.acts] == ["open", "kick"]
    assert page.has_more is False
    assert read(store, VERONA, limit=1).has_more is True
    assert len(read(store).acts) == 3


def test_acts_are_numbered_and_read_in_order(store: Store) -> None:
    store.append(batch(kicked(reason="a"), kicked(MANTUA, "b")))
    store.append(batch(kicked(reason="c")))

    found = [(each.number, each.reason) for each in read(store).acts]
    assert found == [(1, "a"), (2, "b"), (3, "c")]


def test_the_acts_of_a_room_are_read_alone(store: Store) -> None:
    store.append(batch(kicked(), kicked(MANTUA), sanctioned(room=None), kicked()))

    assert numbers(read(store, VERONA)) == [1, 4]
    assert numbers(read(store, MANTUA)) == [2]
    assert numbers(read(store)) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("room", "before", "limit", "expected", "has_more"),
    [
        (None, END, 2, [5, 6], True),
        (None, 5, 2, [3, 4], True),
        (None, 3, 2, [1, 2], False),
        (None, 1, 2, [], False),
        (None, -1, 2, [], False),
        (None, END, 0, [], True),
        (None, END, -1, [], True),
        (None, 1, 0, [], False),
        (VERONA, END, 2, [3, 5], True),
        (VERONA, 5, 2, [1, 3], False),
        (VERONA, 4, 9, [1, 3], False),
        (VERONA, END, 0, [], True),
        (VERONA, 1, 0, [], False),
    ],
)
def test_a_page_has_the_last_acts_before_a_number(
    store: Store,
    room: RoomName | None,
    before: int,
    limit: int,
    expected: list[int],
    has_more: bool,
) -> None:
    store.append(batch(*[kicked(VERONA), kicked(MANTUA)] * 3))

    page = read(store, room, before, limit)

    assert (numbers(page), page.has_more) == (expected, has_more)


@pytest.mark.parametrize("room", [None, VERONA])
def test_a_page_of_acts_has_a_bounded_size(store: Store, room: RoomName | None) -> None:
    store.append(batch(*[kicked(reason="x" * 100_000)] * 5))

    page = read(store, room)

    assert (numbers(page), page.has_more) == ([4, 5], True)


@each_store
def test_acts_remain_when_messages_are_deleted(kind: str, tmp_path: Path) -> None:
    with closing(Clocks().open(kind, tmp_path / "chat.db", Retention(0))) as store:
        store.append(batch(said("a"), kicked()))
        store.append(batch(RoomClosed(VERONA)))
        maintain_fully(store)

        assert numbers(read(store, VERONA)) == [1]


def test_the_oldest_of_very_many_acts_are_deleted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_acts, "MAX_ACTS", 3)
    monkeypatch.setattr(sqlite_acts, "MAX_ACTS", 3)

    store.append(batch(*[kicked()] * 4))
    assert numbers(read(store)) == [2, 3, 4]
    for _ in range(2):
        store.append(batch(kicked(), kicked()))

    assert numbers(read(store)) == [6, 7, 8]
    assert read(store, limit=3).has_more is False
    store.append(batch(*[kicked()] * 5))
    assert numbers(read(store)) == [11, 12, 13]


def test_very_many_acts_of_a_room_push_out_no_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "MAX_ROOM_ACTS", 2)
    ours = sanctioned().replace(room=None)
    store.append(batch(ours, RoomOpened(MANTUA, ROMEO), kicked().replace(room=MANTUA)))

    store.append(batch(*[kicked()] * 4))
    store.append(batch(kicked()))

    assert numbers(read(store)) == [1, 2, 6, 7]
    assert numbers(read(store, MANTUA)) == [2]
    assert numbers(read(store, limit=2)) == [6, 7]


def test_the_acts_of_the_whole_server_are_bounded_apart(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "MAX_SERVER_ACTS", 2)
    for module in (memory_acts, sqlite_acts):
        monkeypatch.setattr(module, "MAX_ACTS", 3)
    ours = sanctioned().replace(room=None)
    store.append(batch(*[ours] * 3))
    assert numbers(read(store)) == [2, 3]

    store.append(batch(*[kicked()] * 3))

    assert numbers(read(store)) == [2, 3, 6], "the oldest of rooms made space"
    store.append(batch(ours))
    assert numbers(read(store)) == [3, 6, 7]


def test_acts_are_stored_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        store.append(batch(kicked(), sanctioned(until=NOW + 1.5, reason="é\0")))
        old = read(store)

    with closing(open_store(path)) as store:
        assert read(store) == old
        store.append(batch(kicked()))
        assert numbers(read(store)) == [1, 2, 3]


def test_a_batch_that_is_not_stored_is_no_act(store: Store) -> None:
    lifted = Lifted(ROMEO, "Romeo", SanctionKind.MUTE, VERONA, 9, "Paris")
    with pytest.raises(ValueError, match="there is no sanction 9"):
        store.append(batch(kicked(), lifted))

    assert read(store).acts == ()
