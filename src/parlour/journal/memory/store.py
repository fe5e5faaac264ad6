"""A store in memory. Its messages are lost when the process ends."""

from collections.abc import Callable, Sequence
from threading import Lock

from parlour.core.entries import (
    ACCOUNT_ENTRIES,
    INVITATION_ENTRIES,
    ORDER_ENTRIES,
    AccountDirectOpened,
    AccountEntry,
    AccountErased,
    Batch,
    Entry,
    Erased,
    OrderEntry,
    RoomClosed,
    RoomOpened,
    Said,
    Shut,
    TextsErased,
    TopicSet,
    batch_time,
    message_run,
)
from parlour.core.events import RoomName
from parlour.core.order_rules import single_erasures
from parlour.core.storage import (
    END_OF_SEQUENCES,
    Numbering,
    Page,
    Query,
    ReadActs,
    Search,
    SearchRooms,
    StoredKey,
    StoredState,
    consecutive,
)
from parlour.history.retention import Retention, utf8_size
from parlour.history.search_deadline import SearchDeadline

from ..accounts import Accounts, entered_rooms
from ..changes import Changes, People
from ..clock import WallClock, Warn, no_warnings
from ..epoch import new_epoch
from ..invitations import Invitations
from ..keys import StoredKeys
from ..order import NO_SETTINGS, Sanctions, changed_room
from .acts import MemoryActs
from .message_pages import read_page
from .rooms import MAX_BYTES, MemoryRooms
from .search import search_messages


class MemoryStore:
    """A store in memory, within the limits of *retention*.

    If the rooms together take more than *max_bytes*, those that take most lose their
    oldest messages.
    Messages that exceed the retention are deleted immediately. Messages that are
    expired, by the monotonic clock *steady*, are never returned. *epoch* is random by
    default. *warn* reports jumps of the wall clock *clock*.
    """

    def __init__(
        self,
        retention: Retention,
        *,
        clock: Callable[[], float] = lambda: 0.0,
        steady: Callable[[], float] = lambda: 0.0,
        warn: Warn = no_warnings,
        epoch: str | None = None,
        numbering: Numbering = consecutive,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._steady = steady
        self._wall = WallClock(clock, steady, warn)
        self._epoch = epoch or new_epoch()
        self._rooms = MemoryRooms(retention, numbering, max_bytes)
        self._people = People(Accounts(), Sanctions(), Invitations())
        self._acts = MemoryActs()
        self._keys = StoredKeys()
        self._lock = Lock()  # protects the rooms from readers in other threads
        self._deadline = SearchDeadline(steady)

    def append(self, batch: Batch) -> None:
        time, steady = batch_time(batch.time), self._steady()
        entries, index = batch.entries, 0
        # Before anything is stored.
        _require_storable(entries, lambda: self._changes(time))
        self._keys.expire(steady)
        changes = self._changes(time)
        with self._lock:
            while index < len(entries):
                if said := message_run(entries, index):
                    self._store(said, time, steady)
                    index += len(said)
                else:
                    self._store_other(entry := entries[index], changes)
                    for each in _erasures(entry):
                        self._rooms.erase(each, time, steady)
                    index += 1
            changes.apply()
            self._acts.add(changes.acts.added)
            self._rooms.shrink()

    def _changes(self, time: float) -> Changes:
        """Return the changes of a batch that is recorded at the wall time *time*."""
        rooms, last_act = self._rooms, self._acts.last_number
        return Changes(self._people, rooms.head, rooms.settings, last_act, time)

    def load(self) -> StoredState:
        self._keys.expire(self._steady())
        with self._lock:
            rooms, last_number = self._rooms.stored(), self._rooms.last_number
        return self._people.state(self._epoch, rooms, self._keys.all(), last_number)

    def read(self, query: Query) -> Page:
        if isinstance(query, Search | SearchRooms):
            return self._search(query)
        with self._lock:
            if isinstance(query, ReadActs):
                return self._acts.read(query)
            return read_page(self._rooms.pruned(query.room, self._steady()), query)

    def _search(self, query: Search | SearchRooms) -> Page:
        if isinstance(query, Search):
            rooms: tuple[RoomName, ...] = (query.room,)
            high = query.sequence - 1
        else:
            rooms, high = query.rooms, END_OF_SEQUENCES
        steady = self._steady()
        with self._lock:
            pruned = [self._rooms.pruned(name, steady) for name in dict.fromkeys(rooms)]
            candidates = [
                list(room.newest(high, has_erased=False))[::-1] for room in pruned
            ]
        self._deadline.start()
        return search_messages(
            candidates, query.words, max(query.limit, 0), self._deadline
        )

    def cancel_searches(self) -> None:
        self._deadline.cancel()

    def maintain(self) -> bool:
        self._wall.read()
        return False

    def close(self) -> None:
        with self._lock:
            self._rooms.clear()

    def _store(self, said: Sequence[Said], time: float, steady: float) -> None:
        """Store messages of one room, and their keys."""
        messages = self._rooms.extend(said, time, steady)
        for each, message in zip(said, messages, strict=True):
            if each.key:
                key = StoredKey(each.key, each.token, each.room, message.sequence)
                self._keys.add(key, steady)

    def _store_other(self, entry: Entry, changes: Changes) -> None:
        """Store an *entry* that is no message."""
        match entry:
            case RoomOpened():
                self._open_room(entry, changes)
            case RoomClosed():
                self._close_room(entry.room, changes)
            case TopicSet():
                self._rooms.require(entry.room).topic = entry.topic
            case _ if isinstance(entry, ACCOUNT_ENTRIES):
                self._change_account(entry, changes)
            case _ if isinstance(entry, ORDER_ENTRIES):
                self._keep_order(entry, changes)
            case _ if isinstance(entry, INVITATION_ENTRIES):
                changes.add_invitation_entry(entry)
            case _:
                pass

    def _open_room(self, entry: RoomOpened, changes: Changes) -> None:
        is_new = self._rooms.get(entry.room) is None
        room = self._rooms.require(entry.room)
        room.is_open = True
        if is_new:
            room.settings = changes.order.open_room(entry)

    def _open_direct(self, entry: AccountDirectOpened) -> None:
        is_new = self._rooms.get(entry.room) is None
        room = self._rooms.require(entry.room)
        room.is_open = True
        if is_new:
            one, other = sorted((entry.account, entry.other))
            room.pair = one, other

    def _close_room(self, name: RoomName, changes: Changes) -> None:
        if self._rooms.close(name):
            changes.delete_rooms({name})

    def _change_account(self, entry: AccountEntry, changes: Changes) -> None:
        if isinstance(entry, AccountDirectOpened):
            self._open_direct(entry)
        for name in entered_rooms(entry):
            self._rooms.require(name)
        changes.add_account_entry(entry)
        if isinstance(entry, AccountErased):
            self._rooms.erase_roles(entry.account)

    def _keep_order(self, entry: OrderEntry, changes: Changes) -> None:
        if (name := changed_room(entry)) is not None:
            room = self._rooms.require(name)
            room.settings = changes.add_order_entry(entry, room.settings)
        elif isinstance(entry, Shut):
            changes.add_order_entry(entry, self._rooms.settings(entry.room))
            self._close_room(entry.room, changes)
        else:
            changes.add_order_entry(entry, NO_SETTINGS)


def _erasures(entry: Entry) -> Sequence[Erased]:
    """Return the erasures of single messages that *entry* consists of."""
    match entry:
        case Erased():
            return [entry]
        case TextsErased():
            return single_erasures(entry)
        case _:
            return ()


def _require_storable(
    entries: Sequence[Entry], new_changes: Callable[[], Changes]
) -> None:
    """Raise ValueError if one of *entries* cannot be stored.

    That is one with a lone surrogate, or about an account, a sanction or a code that
    neither exists nor is created by an earlier entry. *new_changes* returns the changes
    to which they are added; most batches need none.
    """
    changes: Changes | None = None
    for entry in entries:
        if isinstance(entry, Said):
            if not (entry.text.isascii() and entry.source.isascii()):
                utf8_size(entry.source + entry.text)
            if entry.key:
                utf8_size(entry.key + entry.token)
        elif isinstance(entry, TopicSet):
            utf8_size(entry.topic)
        else:
            if changes is None:
                changes = new_changes()
            _add(entry, changes)


def _add(entry: Entry, changes: Changes) -> None:
    """Add what *entry* changes besides rooms and messages."""
    if isinstance(entry, ACCOUNT_ENTRIES):
        changes.add_account_entry(entry)
    elif isinstance(entry, ORDER_ENTRIES):
        changes.add_order_entry(entry, NO_SETTINGS)
    elif isinstance(entry, INVITATION_ENTRIES):
        changes.add_invitation_entry(entry)
    elif isinstance(entry, RoomOpened):
        changes.order.open_room(entry)
