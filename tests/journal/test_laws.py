"""Compares each store with a model: a list that deletes from its beginning."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parlour.core.events import Message, SessionId
from parlour.core.storage import Draft, Duplicate, Outcome
from parlour.history.retention import Retention
from parlour.history.search_terms import text_matcher
from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from tests.journal.stores import (
    DEFAULT_RETENTION,
    MANTUA,
    NOW,
    VERONA,
    after,
    before,
    drafts,
    maintain_fully,
    open_store,
    search,
    stored_texts,
)

ROOMS = (VERONA, MANTUA)
KEYS = ("", "", "", "k", "l", "m")

Open = Callable[[], Store]


@contextmanager
def memory(retention: Retention) -> Iterator[Open]:
    store = MemoryStore(retention)
    yield lambda: store


@contextmanager
def sqlite(retention: Retention) -> Iterator[Open]:
    """Yield a function that reopens a store in the same file."""
    with tempfile.TemporaryDirectory() as directory:
        opened: list[Store] = []

        def reopen() -> Store:
            if opened:
                opened.pop().close()
            opened.append(open_store(Path(directory) / "chat.db", retention))
            return opened[0]

        try:
            yield reopen
        finally:
            opened.pop().close()


STORES = {"memory": memory, "sqlite": sqlite}


@dataclass
class Model:
    """A store as a list of messages per room and a table of keys."""

    retention: Retention
    recorded: dict[str, list[Message]] = field(default_factory=dict)
    keys: dict[str, Duplicate] = field(default_factory=dict)

    def append(self, batch: list[Draft]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for each in batch:
            room = self.recorded.setdefault(each.room, [])
            if each.key and each.key in self.keys:
                outcomes.append(self.keys[each.key])
                continue
            message = Message(each.room, len(room) + 1, NOW, each.source, each.text)
            room.append(message)
            outcomes.append(message)
            if each.key:
                self.keys[each.key] = Duplicate(each.room, message.sequence)
        return outcomes

    def stored(self, room: str) -> list[Message]:
        found = self.recorded.get(room, [])
        found = found[max(len(found) - self.retention.max_messages, 0) :]
        while sum(_size(each) for each in found) > self.retention.max_bytes:
            found = found[1:]
        return found


def _size(message: Message) -> int:
    return len(message.source.encode()) + len(message.text.encode())


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
DRAFT = st.builds(
    Draft,
    room=st.sampled_from(ROOMS),
    source=TEXT,
    text=TEXT,
    session=st.just(SessionId(1)),
    key=st.sampled_from(KEYS),
)
STEP = st.one_of(st.lists(DRAFT, max_size=6), st.sampled_from(["maintain", "reopen"]))
RETENTION = st.builds(
    Retention,
    max_messages=st.sampled_from([0, 1, 5, 1000]),
    max_bytes=st.sampled_from([0, 20, 1 << 30]),
)


@pytest.mark.parametrize("kind", STORES)
@settings(deadline=None, max_examples=60)
@given(retention=RETENTION, steps=st.lists(STEP, max_size=10))
def test_a_store_behaves_like_the_model(
    kind: str, retention: Retention, steps: list[list[Draft] | str]
) -> None:
    model = Model(retention)
    with STORES[kind](retention) as reopen:
        store = reopen()
        for step in steps:
            if step == "maintain":
                maintain_fully(store)
            elif step == "reopen":
                store = reopen()
            else:
                assert isinstance(step, list)
                assert store.append(step, NOW) == model.append(step)
        maintain_fully(store)

        for room in ROOMS:
            found = store.read(before(room=room))
            extent = store.extent(room)
            expected = model.stored(room)
            assert list(found.messages) == expected
            assert extent.head == len(model.recorded.get(room, []))
            assert extent.first == extent.head - len(expected) + 1


@pytest.mark.parametrize("kind", STORES)
@settings(deadline=None, max_examples=40)
@given(
    indexed=st.integers(0, 12),
    reads=st.lists(
        st.tuples(st.integers(-2, 15), st.integers(-1, 15), st.integers(-2, 15)),
        max_size=8,
    ),
)
def test_a_page_is_a_slice_of_the_messages(
    kind: str, indexed: int, reads: list[tuple[int, int, int]]
) -> None:
    with STORES[kind](Retention(max_messages=10)) as reopen:
        store = reopen()
        sent = list(range(1, 13))
        store.append(drafts([str(each) for each in sent[:indexed]]), NOW)
        maintain_fully(store)
        store.append(drafts([str(each) for each in sent[indexed:]]), NOW)
        maintain_fully(store)

        for sequence, limit, head in reads:
            most = max(limit, 0)
            older = [each for each in sent[2:] if each < sequence]
            newer = [each for each in sent[2:] if sequence < each <= head]
            back = store.read(before(sequence, limit))
            forth = store.read(after(sequence, limit, head=head))

            last = older[max(len(older) - most, 0) :]
            assert [each.sequence for each in back.messages] == last
            assert [each.sequence for each in forth.messages] == newer[:most]
            assert (back.total, back.has_more) == (len(older), len(older) > most)
            assert (forth.total, forth.has_more) == (len(newer), len(newer) > most)


# Letters that both tables contain, and separators.
LETTERS = "abcAB čČéÉñ ß øØ łŁ ΑαΣσς жЖ é 日本ガカ\u3099ｶﾞＡ한ก็ี🎉 12 ٣ _-.,'\"*():^ \n"  # noqa: RUF001
WORDS = st.text(st.sampled_from(LETTERS), max_size=12)


@settings(deadline=None, max_examples=150)
@given(sent=st.lists(WORDS, max_size=8), words=WORDS, indexed=st.integers(0, 8))
def test_the_index_and_the_matcher_find_the_same_messages(
    sent: list[str], words: str, indexed: int
) -> None:
    with sqlite(DEFAULT_RETENTION) as reopen:
        store = reopen()
        store.append(drafts(sent[:indexed]), NOW)
        maintain_fully(store)
        store.append(drafts(sent[indexed:]), NOW)
        matches = text_matcher(words)

        found = [message.text for message in store.read(search(words)).messages]

        assert found == [text for text in sent if matches(text)]


@settings(deadline=None, max_examples=150)
@given(sent=TEXT, words=st.text(max_size=30))
def test_any_search_text_is_accepted(sent: str, words: str) -> None:
    with sqlite(DEFAULT_RETENTION) as reopen:
        store = reopen()
        store.append(drafts([sent]), NOW)

        before_indexing = store.read(search(words))
        maintain_fully(store)

        assert store.read(search(words)) == before_indexing


@pytest.mark.parametrize("kind", STORES)
@pytest.mark.parametrize("max_messages", [0, 1, 999, 1000, 1001, 2500])
def test_deletion_in_chunks_leaves_the_newest_messages(
    kind: str, max_messages: int
) -> None:
    sent = [str(number) for number in range(3500)]
    with STORES[kind](Retention(max_messages=max_messages)) as reopen:
        store = reopen()
        store.append(drafts(sent[:2000]), NOW)
        maintain_fully(store)
        store.append(drafts(sent[2000:]), NOW)
        maintain_fully(store)

        assert stored_texts(store) == sent[3500 - max_messages :]
