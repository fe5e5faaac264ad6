"""The contract of erasures, for every store."""

from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import Entry, Erased, Target, TextsErased
from parlour.core.events import Act, Message, RoomName
from parlour.core.events import Erased as ErasedEvent
from parlour.core.storage import (
    FOUND_AMONG,
    After,
    Before,
    FindMessage,
    FindTexts,
    Page,
    ReadActs,
    StorageError,
)
from parlour.history.retention import Retention
from parlour.journal import Store
from tests.journal.stores import (
    ALL,
    DAY,
    END,
    JULIET,
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    Clocks,
    Nth,
    after,
    batch,
    before,
    count,
    each_store,
    head,
    maintain_fully,
    record,
    registered,
    said,
    search,
    sequences,
    stored_keys,
    texts,
)

AUTHOR = Target("Romeo")


def erased(
    target: int, room: RoomName = VERONA, by: str = "Mercutio", *, is_own: bool = False
) -> Erased:
    return Erased(ROMEO, by, room, target, AUTHOR, is_own)


def erase(store: Store, *targets: int, time: float = NOW) -> None:
    """Erase messages of verona."""
    for each in targets:
        store.append(batch(erased(each), time=time))


def replayed(store: Store, sequence: int = 0, limit: int = ALL) -> Page:
    return store.read(After(VERONA, sequence, END, limit, has_erasures=True))


def found(store: Store, sequence: int | None = None, name: str = "") -> list[Message]:
    return list(store.read(FindMessage(VERONA, sequence, name)).messages)


def test_an_erased_message_has_no_text(store: Store, nth: Nth) -> None:
    record(store, "abc")
    erase(store, nth(2))

    page = store.read(before())

    tombstone = Message(VERONA, nth(2), NOW, "Romeo", "", is_erased=True)
    assert texts(page) == ["a", "", "c"]
    assert page.messages[1] == tombstone


def test_an_erasure_takes_the_next_sequence(store: Store, nth: Nth) -> None:
    record(store, "abc")
    erase(store, nth(2))
    assert head(store) == nth(4)

    record(store, "d")

    assert sequences(store.read(before()).messages) == [nth(n) for n in (1, 2, 3, 5)]


def test_pages_have_no_erasures_and_do_not_count_them(store: Store, nth: Nth) -> None:
    record(store, "abc")
    erase(store, nth(2), nth(1))
    record(store, "d")

    assert texts(store.read(before(limit=2))) == ["c", "d"]
    assert texts(store.read(after(nth(2), 2))) == ["c", "d"]
    assert count(store) == 4
    assert store.read(after(nth(3))).total == 1


def test_a_replay_has_erasures_in_their_places(store: Store, nth: Nth) -> None:
    record(store, "ab")
    erase(store, nth(1))
    record(store, "c")

    page = replayed(store, nth(1))

    erasure = ErasedEvent(VERONA, nth(3), NOW, nth(1), "Mercutio", "Romeo")
    assert [each.sequence for each in page.sequenced] == [nth(n) for n in (2, 3, 4)]
    assert page.erasures == (erasure,)
    assert page.total == 3


def test_erasures_count_in_the_limit_of_a_replay(store: Store, nth: Nth) -> None:
    record(store, "ab")
    erase(store, nth(1), nth(2))

    page = replayed(store, limit=3)

    assert [each.sequence for each in page.sequenced] == [nth(n) for n in (1, 2, 3)]
    assert page.has_more


def test_a_page_without_erased_messages_does_not_count_them(
    store: Store, nth: Nth
) -> None:
    record(store, "abcd")
    erase(store, nth(2), nth(4))

    page = store.read(Before(VERONA, END, 1, has_erased=False))

    assert texts(page) == ["c"]
    assert (page.total, page.has_more) == (2, True)


def test_a_page_of_a_room_in_which_all_is_erased_is_empty(
    store: Store, nth: Nth
) -> None:
    record(store, "a")
    erase(store, nth(1))

    page = store.read(Before(VERONA, END, ALL, has_erased=False))

    assert page == Page((), has_more=False, total=0)


@pytest.mark.parametrize("is_indexed", [True, False])
@pytest.mark.parametrize("text", ["balcony", "日本語"])
def test_an_erased_message_is_not_found(
    store: Store, nth: Nth, text: str, *, is_indexed: bool
) -> None:
    record(store, [text, text])
    if is_indexed:
        maintain_fully(store)
    erase(store, nth(1))

    assert sequences(store.read(search(text)).messages) == [nth(2)]
    maintain_fully(store)
    assert sequences(store.read(search(text)).messages) == [nth(2)]


def test_the_names_of_those_who_erase_are_not_found(store: Store, nth: Nth) -> None:
    record(store, "a")
    erase(store, nth(1))
    maintain_fully(store)

    assert texts(store.read(search("Mercutio"))) == []


def test_a_message_is_erased_once(store: Store, nth: Nth) -> None:
    record(store, ["a" * 30])
    erase(store, nth(1), nth(1))

    assert texts(store.read(before())) == [""]
    assert [each.target for each in replayed(store).erasures] == [nth(1)] * 2


def test_an_erasure_cannot_be_erased(store: Store, nth: Nth) -> None:
    record(store, "a")
    erase(store, nth(1), nth(2))

    assert [each.by for each in replayed(store).erasures] == ["Mercutio"] * 2


def test_only_the_room_of_the_erasure_is_changed(store: Store, nth: Nth) -> None:
    record(store, "a", VERONA)
    record(store, "b", MANTUA)
    store.append(batch(erased(nth(1), MANTUA)))

    assert texts(store.read(before())) == ["a"]
    assert texts(store.read(before(room=MANTUA))) == [""]


def test_a_message_and_its_erasure_may_be_in_one_batch(store: Store, nth: Nth) -> None:
    store.append(batch(said("a"), said("b"), erased(nth(1)), said("c")))

    assert texts(store.read(before())) == ["", "b", "c"]
    assert head(store) == nth(4)


def test_the_key_of_an_erased_message_remains(store: Store, nth: Nth) -> None:
    store.append(batch(said("a", key="k", token="t")))
    erase(store, nth(1))

    assert stored_keys(store) == ["k"]
    assert store.load().keys[0].sequence == nth(1)


def test_the_audit_log_has_the_erasure_without_the_text(store: Store, nth: Nth) -> None:
    record(store, "a")
    erase(store, nth(1))

    (act,) = store.read(ReadActs(VERONA, END, ALL)).acts

    reason = f"message {nth(1)}"
    assert act == Act(1, NOW, "Mercutio", "erase", VERONA, "Romeo", None, reason)


def test_what_authors_erase_themselves_keeps_no_order(store: Store, nth: Nth) -> None:
    record(store, "a")
    store.append(batch(erased(nth(1), is_own=True)))

    assert store.read(ReadActs(None, END, ALL)).acts == ()
    assert texts(store.read(before())) == [""]


def test_a_lone_surrogate_is_not_stored(store: Store, nth: Nth) -> None:
    record(store, "a")

    with pytest.raises(ValueError, match="surrogates"):
        store.append(batch(erased(nth(1), by="\ud800")))

    assert texts(store.read(before())) == ["a"]
    assert head(store) == nth(1)


def test_a_message_is_found_by_its_sequence(store: Store, nth: Nth) -> None:
    record(store, "ab")
    erase(store, nth(2))

    assert found(store, nth(1)) == [Message(VERONA, nth(1), NOW, "Romeo", "a")]
    assert [each.is_erased for each in found(store, nth(2))] == [True]


@pytest.mark.parametrize("number", [-1, 0, 3, 4, END])
def test_nothing_else_is_found_by_a_sequence(
    store: Store, nth: Nth, number: int
) -> None:
    record(store, "ab")
    erase(store, nth(2))

    assert found(store, nth(number)) == []


def test_the_last_message_of_somebody_is_found_by_name(store: Store, nth: Nth) -> None:
    record(store, "abc")
    store.append(batch(said("d").replace(source="Juliet")))
    erase(store, nth(3))

    assert texts(Page(tuple(found(store, None, "romeo")), False, 0)) == ["b"]
    assert found(store, None, "Paris") == []


def test_a_message_before_too_many_others_is_not_found_by_name(
    store: Store, nth: Nth, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert FOUND_AMONG == 10_000
    for each in ("memory.message_pages", "sqlite.message_pages"):
        monkeypatch.setattr(f"parlour.journal.{each}.FOUND_AMONG", nth(2))
    record(store, "a")
    store.append(batch(*(said(each).replace(source="Juliet") for each in "bc")))

    assert found(store, None, "Romeo") == []
    assert sequences(found(store, None, "Juliet")) == [nth(3)]


def test_a_room_that_is_not_known_has_no_message(store: Store) -> None:
    assert found(store, 1) == []
    assert found(store, None, "Romeo") == []


@each_store
def test_an_erasure_of_an_expired_message_names_no_author(
    kind: str, tmp_path: Path
) -> None:
    clocks = Clocks()
    retention = Retention(max_age=2 * DAY)
    with closing(clocks.open(kind, tmp_path / "chat.db", retention)) as store:
        record(store, "a", time=clocks.wall)
        maintain_fully(store)
        clocks.advance(DAY)
        erase(store, 1, time=clocks.wall)
        clocks.advance(1.5 * DAY)
        maintain_fully(store)

        page = replayed(store)

        assert page.messages == ()
        assert [(each.target, each.name) for each in page.erasures] == [(1, "")]


@each_store
def test_an_expired_message_can_still_be_named(kind: str, tmp_path: Path) -> None:
    clocks = Clocks()
    with closing(
        clocks.open(kind, tmp_path / "chat.db", Retention(max_messages=1))
    ) as store:
        record(store, "ab")
        maintain_fully(store)

        erase(store, 1)
        maintain_fully(store)

        assert head(store) == 3
        assert sequences(replayed(store).sequenced) == [3]  # type: ignore[arg-type]


@each_store
def test_an_erased_message_counts_for_the_retention_as_before(
    kind: str, tmp_path: Path
) -> None:
    clocks, retention = Clocks(), Retention(max_bytes=55)
    with closing(clocks.open(kind, tmp_path / "chat.db", retention)) as store:
        record(store, ["a" * 20, "b" * 20])
        erase(store, 1)
        maintain_fully(store)

        assert texts(store.read(before())) == ["b" * 20]


# -- the texts of an account ----------------------------------------------------------


def by_juliet(text: str, room: RoomName = VERONA) -> Entry:
    return said(text, room).replace(source="Juliet", account=JULIET)


@pytest.fixture
def of_juliet(store: Store) -> Store:
    """Return a store with messages of Juliet, 1, 3 and 5, and of others."""
    store.append(batch(registered("Juliet")))
    store.append(batch(by_juliet("a"), said("b"), by_juliet("c"), said("d")))
    store.append(batch(by_juliet("e"), by_juliet("f", MANTUA)))
    return store


def texts_erased(*targets: int, room: RoomName = VERONA) -> TextsErased:
    return TextsErased(JULIET, "Juliet", room, targets)


def texts_of(store: Store, sequence: int = 0, room: RoomName = VERONA) -> Page:
    return store.read(FindTexts(room, JULIET, sequence))


def test_each_of_several_texts_becomes_a_tombstone(of_juliet: Store, nth: Nth) -> None:
    of_juliet.append(batch(texts_erased(nth(1), nth(5))))

    assert texts(of_juliet.read(before())) == ["", "b", "c", "d", ""]
    erasures = replayed(of_juliet).erasures
    assert [(each.sequence, each.target, each.by, each.name) for each in erasures] == [
        (nth(6), nth(1), "", "Juliet"),
        (nth(7), nth(5), "", "Juliet"),
    ]
    assert texts(of_juliet.read(before(room=MANTUA))) == ["f"]


def test_erased_texts_are_not_in_the_audit_log(of_juliet: Store, nth: Nth) -> None:
    of_juliet.append(batch(texts_erased(nth(1))))

    assert of_juliet.read(ReadActs(None, END, ALL)).acts == ()


def test_texts_of_nobody_are_not_erased(store: Store, nth: Nth) -> None:
    record(store, "a")

    with pytest.raises(ValueError, match="no account"):
        store.append(batch(texts_erased(nth(1))))

    assert texts(store.read(before())) == ["a"]


def test_the_texts_of_an_account_are_found(of_juliet: Store, nth: Nth) -> None:
    assert texts(texts_of(of_juliet)) == ["a", "c", "e"]
    assert texts(texts_of(of_juliet, nth(1))) == ["c", "e"]
    assert texts(texts_of(of_juliet, room=MANTUA)) == ["f"]
    assert texts_of(of_juliet, nth(5)) == Page((), has_more=False, total=0)
    assert texts_of(of_juliet, room=RoomName("nowhere")).messages == ()


def test_erased_texts_are_not_found(of_juliet: Store, nth: Nth) -> None:
    of_juliet.append(batch(texts_erased(nth(1), nth(3))))

    assert texts(texts_of(of_juliet)) == ["e"]


def test_only_some_texts_are_found_at_once(
    of_juliet: Store, nth: Nth, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in ("memory.message_pages", "sqlite.message_pages"):
        monkeypatch.setattr(f"parlour.journal.{each}.MAX_TEXTS_ERASED", 2)

    assert texts(texts_of(of_juliet)) == ["a", "c"]
    assert texts(texts_of(of_juliet, nth(3))) == ["e"]


def test_texts_are_found_among_some_sequences(
    of_juliet: Store, nth: Nth, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in ("memory.message_pages", "sqlite.message_pages"):
        monkeypatch.setattr(f"parlour.journal.{each}.FOUND_AMONG", nth(3))

    first, later = texts_of(of_juliet), texts_of(of_juliet, nth(3))

    assert (texts(first), first.has_more) == (["a", "c"], True)
    assert (texts(later), later.has_more) == (["e"], False)


def test_an_error_stores_nothing(store: Store) -> None:
    with pytest.raises((StorageError, ValueError)):
        store.append(batch(said("\ud800"), erased(1)))

    assert head(store) == 0
