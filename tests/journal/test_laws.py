"""Compares each store with a model: a list that deletes from its beginning."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeGuard

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parlour.core.entries import (
    AccountDirectOpened,
    AccountErased,
    DirectShown,
    Entry,
    Erased,
    RoleSet,
    RoomClosed,
    RoomOpened,
    RoomSet,
    Said,
    Shut,
    Target,
    TextsErased,
    TopicSet,
)
from parlour.core.events import (
    LOBBY,
    AccountNumber,
    Message,
    RoomName,
    SequencedEvent,
)
from parlour.core.events import Erased as ErasedEvent
from parlour.core.roles import Role
from parlour.core.storage import (
    After,
    Before,
    Numbering,
    Page,
    StoredKey,
    StoredRoom,
    StoredState,
    consecutive,
)
from parlour.history.retention import Retention
from parlour.history.search_terms import text_matcher
from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from parlour.journal.sqlite.rows import MAX_SEQUENCE
from tests.journal.account_model import AccountModel, account_entries
from tests.journal.invitation_model import InvitationModel, invitation_entries
from tests.journal.order_model import SanctionModel, Settings, order_entries
from tests.journal.stores import (
    ALL,
    DEFAULT_RETENTION,
    END,
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    Nth,
    after,
    batch,
    before,
    maintain_fully,
    open_store,
    record,
    search,
    search_rooms,
    sparse,
    stored_texts,
)

ROOMS = (LOBBY, VERONA, MANTUA)
KEYS = ("", "", "", "k", "l", "m")

Open = Callable[[], Store]


@contextmanager
def memory(retention: Retention, numbering: Numbering = consecutive) -> Iterator[Open]:
    store = MemoryStore(retention, numbering=numbering)
    yield lambda: store


@contextmanager
def sqlite(retention: Retention, numbering: Numbering = consecutive) -> Iterator[Open]:
    """Yield a function that reopens a store in the same file."""
    with tempfile.TemporaryDirectory() as directory:
        opened: list[Store] = []
        path = Path(directory) / "chat.db"

        def reopen() -> Store:
            if opened:
                opened.pop().close()
            opened.append(open_store(path, retention, numbering=numbering))
            return opened[0]

        try:
            yield reopen
        finally:
            opened.pop().close()


STORES = {"memory": memory, "sqlite": sqlite}
each_kind = pytest.mark.parametrize("kind", STORES)
each_numbering = pytest.mark.parametrize("numbering", [consecutive, sparse])


@dataclass
class Room:
    """A room of the model, with all that was ever recorded, and the size of each."""

    number: int
    topic: str = ""
    is_open: bool = True
    settings: Settings = field(default_factory=Settings)
    pair: tuple[AccountNumber, AccountNumber] | None = None
    recorded: list[SequencedEvent] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    @property
    def head(self) -> int:
        return self.recorded[-1].sequence if self.recorded else 0

    def add(self, event: SequencedEvent, size: int) -> None:
        self.recorded.append(event)
        self.sizes.append(size)

    def erase(self, target: int) -> None:
        """Remove the text of a message, which counts with its size as before."""
        self.recorded = [
            each.erased()
            if isinstance(each, Message) and each.sequence == target
            else each
            for each in self.recorded
        ]


@dataclass
class Model:
    """A store as a list of messages per room and a list of keys."""

    retention: Retention
    numbering: Numbering
    rooms: dict[RoomName, Room] = field(default_factory=lambda: {LOBBY: Room(1)})
    last_number: int = 1
    keys: list[StoredKey] = field(default_factory=list)
    accounts: AccountModel = field(default_factory=AccountModel)
    sanctions: SanctionModel = field(default_factory=SanctionModel)
    invitations: InvitationModel = field(default_factory=InvitationModel)

    def knows(self, entry: Entry) -> bool:
        if isinstance(entry, DirectShown) and entry.room not in self.rooms:
            return False  # it was not opened
        if isinstance(entry, Shut) and entry.room == LOBBY:
            return False  # nobody closes it
        if isinstance(entry, Erased | TextsErased):
            targets = [entry.target] if isinstance(entry, Erased) else entry.targets
            head = self.rooms[entry.room].head if entry.room in self.rooms else 0
            if any(target > head for target in targets):
                return False  # no message has such a sequence yet
        knows = self.accounts.knows(entry) and self.sanctions.knows(entry)
        return knows and self.invitations.knows(entry)

    def append(  # noqa: C901 -- a row per entry
        self, entry: Entry, time: float
    ) -> None:
        known = set(self.rooms)
        erased, is_ignored = (
            self.accounts.erased_by(entry),
            self.accounts.ignores(entry),
        )
        if isinstance(entry, RoleSet) and self.accounts.ends_admin(entry):
            for name, room in self.rooms.items():
                roles, is_private = dict(room.settings.roles), room.settings.is_private
                if is_private and entry.account not in roles:
                    self.accounts.leave(entry.account, name)
        for name in self.accounts.append(entry, time):
            self._room(name)
        self.sanctions.append(entry, time)
        self.invitations.append(entry, erased, time, is_ignored=is_ignored)
        match entry:
            case Said():
                self._say(entry, time)
            case Erased():
                self._erase(entry, time)
            case TextsErased(room=name, targets=targets):
                for target in targets:
                    erasure = Erased(ROMEO, "", name, target, Target(""))
                    self._erase(erasure, time)
            case RoomOpened():
                is_new = entry.room not in self.rooms
                room = self._room(entry.room)
                room.is_open = True
                if is_new and entry.room != LOBBY:
                    room.settings.is_private = entry.is_private
                if is_new and entry.owner:
                    room.settings.set_role(entry.owner, Role.OWNER)
            case AccountErased():
                for room in self.rooms.values():
                    room.settings.erase_role(entry.account)
            case RoomSet():
                self._room(entry.room).settings.change(entry)
            case RoleSet(room=place) if place is not None:
                self._room(place).settings.set_role(entry.account, entry.role)
            case TopicSet():
                self._room(entry.room).topic = entry.topic
            case AccountDirectOpened():
                room = self._room(entry.room)
                room.is_open = True
                if entry.room not in known:
                    one, other = sorted((entry.account, entry.other))
                    room.pair = one, other
            case RoomClosed(room=name):
                self._close(name)
            case Shut(room=name):
                shut = self.rooms.get(name)
                owner = shut.settings.owner if shut else AccountNumber(0)
                self.sanctions.shut(name, owner)
                self._close(name)

    def _close(self, name: RoomName) -> None:
        if name == LOBBY or name not in self.rooms:
            return
        room = self.rooms[name]
        room.is_open = False
        if not room.recorded:
            self._delete(name)

    def reopen(self) -> None:
        """Delete the closed rooms without stored messages, as opening a file does."""
        for name, room in list(self.rooms.items()):
            if not room.is_open and not self.stored(name):
                self._delete(name)
                self.keys = [key for key in self.keys if key.room != name]

    def state(self, epoch: str) -> StoredState:
        rooms = tuple(
            StoredRoom(
                name,
                room.number,
                room.head,
                room.topic,
                room.is_open,
                tuple(room.settings.roles),
                room.settings.is_locked,
                room.settings.slow,
                room.settings.is_private,
                room.pair,
            )
            for name, room in sorted(self.rooms.items(), key=lambda i: i[1].number)
        )
        accounts = self.accounts.stored()
        keys = tuple(self.keys)
        return StoredState(
            epoch,
            rooms,
            keys,
            self.last_number,
            accounts,
            self.accounts.last_number,
            tuple(self.sanctions.sanctions),
            self.sanctions.last_number,
            tuple(self.invitations.invitations),
            self.invitations.last,
        )

    def stored(self, name: RoomName) -> list[SequencedEvent]:
        """Return the stored messages and erasures; these name a stored author."""
        room = self.rooms.get(name) or Room(0)
        count = len(room.recorded)
        first = max(count - self.retention.max_messages, 0)
        while sum(room.sizes[first:]) > self.retention.max_bytes:
            first += 1
        found = room.recorded[first:]
        authors = {each.sequence: each.source for each in found if _is_message(each)}
        return [
            each
            if isinstance(each, Message)
            else each.replace(name=authors.get(each.target, ""))
            for each in found
        ]

    def expired_between(self, name: RoomName, low: int, high: int) -> int:
        """Return how many messages after *low* and up to *high* are expired."""
        room, stored = self.rooms.get(name), self.stored(name)
        recorded = room.recorded if room else []
        expired = recorded[: len(recorded) - len(stored)]
        return sum(low < each.sequence <= high for each in expired)

    def _room(self, name: RoomName) -> Room:
        if name not in self.rooms:
            self.last_number += 1
            self.rooms[name] = Room(self.last_number)
        return self.rooms[name]

    def _delete(self, name: RoomName) -> None:
        del self.rooms[name]
        self.accounts.heads.pop(name, None)
        self.accounts.delete_room(name)
        self.sanctions.delete_room(name)
        self.invitations.delete_room(name)

    def _say(self, entry: Said, time: float) -> None:
        room = self._room(entry.room)
        sequence = self.numbering(room.head)
        text, account = entry.text, entry.account
        message = Message(entry.room, sequence, time, entry.source, text, account)
        room.add(message, _size(entry.source + text))
        self.accounts.heads[entry.room] = sequence
        if entry.key:
            key = StoredKey(entry.key, entry.token, entry.room, sequence)
            self.keys.append(key)

    def _erase(self, entry: Erased, time: float) -> None:
        room = self._room(entry.room)
        sequence = self.numbering(room.head)
        self.accounts.heads[entry.room] = sequence
        event = ErasedEvent(entry.room, sequence, time, entry.target, entry.by)
        room.add(event, _size(entry.by))
        room.erase(entry.target)


def _size(text: str) -> int:
    return len(text.encode())


def _is_message(event: SequencedEvent) -> TypeGuard[Message]:
    return isinstance(event, Message)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
ROOM = st.sampled_from(ROOMS)
SAID = st.builds(
    Said,
    room=ROOM,
    source=TEXT,
    text=TEXT,
    attachment=st.just(ROMEO),
    key=st.sampled_from(KEYS),
    token=st.sampled_from(["", "t"]),
    account=st.sampled_from([0, 1, MAX_SEQUENCE]).map(AccountNumber),
)
ENTRY: st.SearchStrategy[Entry] = st.one_of(
    SAID,
    SAID,
    st.builds(RoomOpened, ROOM, st.just(ROMEO)),
    st.builds(RoomClosed, ROOM),
    st.builds(TopicSet, ROOM, st.just(ROMEO), TEXT),
    account_entries(ROOM, TEXT),
    account_entries(ROOM, TEXT),
    order_entries(ROOM, TEXT),
    invitation_entries(ROOM, TEXT),
    st.builds(
        Erased,
        st.just(ROMEO),
        TEXT,
        ROOM,
        st.integers(1, 12),
        st.builds(Target, TEXT),
        st.booleans(),
    ),
)
STEP = st.one_of(st.lists(ENTRY, max_size=6), st.sampled_from(["maintain", "reopen"]))
RETENTION = st.builds(
    Retention,
    max_messages=st.sampled_from([0, 1, 5, 1000]),
    max_bytes=st.sampled_from([0, 20, 1 << 30]),
)


@each_kind
@each_numbering
@settings(deadline=None, max_examples=100)
@given(
    retention=RETENTION,
    steps=st.lists(STEP, max_size=12),
    reads=st.lists(st.tuples(st.integers(-1, 30), st.integers(-1, 30)), max_size=4),
)
def test_a_store_behaves_like_the_model(
    kind: str,
    numbering: Numbering,
    retention: Retention,
    steps: list[list[Entry] | str],
    reads: list[tuple[int, int]],
) -> None:
    model = Model(retention, numbering)
    with STORES[kind](retention, numbering) as reopen:
        store = reopen()
        for step in steps:
            if step == "maintain":
                maintain_fully(store)
            elif step == "reopen":
                maintain_fully(store)
                store = reopen()
                if kind == "sqlite":
                    model.reopen()
            else:
                assert isinstance(step, list)
                accepted: list[Entry] = []
                for entry in step:
                    if model.knows(entry):
                        model.append(entry, NOW)
                        accepted.append(entry)
                store.append(batch(*accepted))
        maintain_fully(store)

        assert store.load() == model.state(store.load().epoch)
        for room in ROOMS:
            events = model.stored(room)
            expected = [each for each in events if _is_message(each)]
            assert store.read(before(room=room)) == Page(
                tuple(expected), has_more=False, total=len(expected)
            )
            left = [each for each in expected if not each.is_erased]
            page = store.read(Before(room, END, ALL, has_erased=False))
            assert page == Page(tuple(left), has_more=False, total=len(left))
            for sequence, high in reads:
                page = store.read(after(sequence, head=high, room=room))
                found = [each for each in expected if sequence < each.sequence <= high]
                assert list(page.messages) == found
                assert page.total == len(found)
                assert page.expired == model.expired_between(room, sequence, high)
                both = store.read(After(room, sequence, high, ALL, has_erasures=True))
                told = [each for each in events if sequence < each.sequence <= high]
                assert both.sequenced == told
                assert both.total == len(told)


@each_kind
@each_numbering
@settings(deadline=None, max_examples=40)
@given(
    indexed=st.integers(0, 12),
    reads=st.lists(
        st.tuples(st.integers(-2, 25), st.integers(-1, 25), st.integers(-2, 25)),
        max_size=8,
    ),
)
def test_a_page_is_a_slice_of_the_messages(
    kind: str,
    numbering: Numbering,
    indexed: int,
    reads: list[tuple[int, int, int]],
) -> None:
    nth = Nth(numbering)
    with STORES[kind](Retention(max_messages=10), numbering) as reopen:
        store = reopen()
        sent = [nth(number) for number in range(1, 13)]
        record(store, [str(each) for each in sent[:indexed]])
        maintain_fully(store)
        record(store, [str(each) for each in sent[indexed:]])
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
            expired = [each for each in sent[:2] if sequence < each <= head]
            assert forth.expired == len(expired)


@each_kind
@settings(deadline=None, max_examples=60)
@given(
    said=st.lists(
        st.tuples(ROOM, st.sampled_from(["sun", "moon", "sun moon"])), max_size=20
    ),
    indexed=st.integers(0, 20),
    rooms=st.lists(ROOM, max_size=3),
    limit=st.integers(-1, 6),
)
def test_a_search_in_rooms_finds_the_newest_messages_by_time(
    kind: str,
    said: list[tuple[RoomName, str]],
    indexed: int,
    rooms: list[RoomName],
    limit: int,
) -> None:
    with STORES[kind](DEFAULT_RETENTION) as reopen:
        store = reopen()
        for number, (room, text) in enumerate(said):
            record(store, [text], room, time=NOW + number)
            if number == indexed:
                maintain_fully(store)

        page = store.read(search_rooms("sun", *rooms, limit=limit))

        most = max(limit, 0)
        found = [
            (NOW + number, room)
            for number, (room, text) in enumerate(said)
            if room in rooms and "sun" in text
        ]
        newest = found[max(len(found) - most, 0) :]
        assert [(each.time, each.room) for each in page.messages] == newest
        assert (page.has_more, page.total) == (len(found) > most, len(newest))


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
        record(store, sent[:indexed])
        maintain_fully(store)
        record(store, sent[indexed:])
        matches = text_matcher(words)

        found = [message.text for message in store.read(search(words)).messages]

        assert found == [text for text in sent if matches(text)]


@settings(deadline=None, max_examples=150)
@given(sent=TEXT, words=st.text(max_size=30))
def test_any_search_text_is_accepted(sent: str, words: str) -> None:
    with sqlite(DEFAULT_RETENTION) as reopen:
        store = reopen()
        record(store, [sent])

        before_indexing = store.read(search(words))
        maintain_fully(store)

        assert store.read(search(words)) == before_indexing


@each_kind
@pytest.mark.parametrize("max_messages", [0, 1, 999, 1000, 1001, 2500])
def test_deletion_in_chunks_leaves_the_newest_messages(
    kind: str, max_messages: int
) -> None:
    sent = [str(number) for number in range(3500)]
    with STORES[kind](Retention(max_messages=max_messages)) as reopen:
        store = reopen()
        record(store, sent[:2000])
        maintain_fully(store)
        record(store, sent[2000:])
        maintain_fully(store)

        assert stored_texts(store) == sent[3500 - max_messages :]
