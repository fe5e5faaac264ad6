"""A store in memory. Its messages are lost when the process ends."""

from collections.abc import Callable, Sequence
from itertools import islice
from threading import Lock
from typing import Final, NamedTuple

from parlour.core.entries import (
    ACCOUNT_ENTRIES,
    INVITATION_ENTRIES,
    ORDER_ENTRIES,
    AccountDirectOpened,
    AccountErased,
    Batch,
    Entry,
    Erased,
    InvitationEntry,
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
from parlour.core.events import LOBBY, Message, RoomName
from parlour.core.limits import MAX_TEXTS_ERASED
from parlour.core.names.folding import fold_key
from parlour.core.order_rules import single_erasures
from parlour.core.storage import (
    END_OF_SEQUENCES,
    FOUND_AMONG,
    After,
    Before,
    FindMessage,
    FindTexts,
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
from parlour.history.pages import fit_page, sequenced_page
from parlour.history.retention import Retention, utf8_size
from parlour.history.search_deadline import SearchDeadline

from .accounts import AccountChanges, Accounts, entered_rooms
from .clock import WallClock, Warn, no_warnings
from .epoch import new_epoch
from .invitations import InvitationChanges, Invitations
from .keys import StoredKeys
from .memory_acts import MemoryActs
from .memory_room import NO_SETTINGS, MemoryRoom
from .memory_search import search_messages
from .order import OrderChanges, Sanctions, changed_room, without_role

MAX_BYTES: Final = 256 << 20  # of memory, for the messages of all rooms


class _Changes(NamedTuple):
    """What a batch changes, besides rooms and messages."""

    accounts: AccountChanges
    order: OrderChanges
    invitations: InvitationChanges

    def invite(self, entry: InvitationEntry) -> None:
        """Add what an entry about invitations changes."""
        self.invitations.add(entry)
        self.order.note_invitation(entry)


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
        self._retention, self._steady = retention, steady
        self._max_bytes, self._size = max_bytes, 0
        self._wall = WallClock(clock, steady, warn)
        self._epoch, self._numbering = epoch or new_epoch(), numbering
        self._rooms = {LOBBY: MemoryRoom(1)}
        self._last_number = 1
        self._accounts, self._sanctions = Accounts(), Sanctions()
        self._invitations = Invitations()
        self._acts = MemoryActs()
        self._keys = StoredKeys()
        self._lock = Lock()  # protects the rooms from readers in other threads
        self._deadline = SearchDeadline(steady)

    def append(self, batch: Batch) -> None:
        time, steady = batch_time(batch.time), self._steady()
        entries, index = batch.entries, 0
        _require_storable(entries, self._changes(time))  # before anything is stored
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
                        self._erase(each, time, steady)
                    index += 1
            changes.accounts.apply()
            changes.order.apply()
            changes.invitations.apply()
            self._acts.add(changes.order.acts)
            if self._size > self._max_bytes:
                self._shrink()

    def _changes(self, time: float) -> _Changes:
        """Return the changes of a batch that is recorded at the wall time *time*."""
        accounts = AccountChanges(self._accounts, time, self._head)
        last_act = self._acts.last_number
        return _Changes(
            accounts,
            OrderChanges(self._sanctions, accounts, last_act, time),
            InvitationChanges(self._invitations, accounts, time),
        )

    def _head(self, name: RoomName) -> int:
        """Return the sequence of the last message of a room."""
        room = self._rooms.get(name)
        return 0 if room is None else room.head

    def _shrink(self) -> None:
        """Delete old messages of the largest rooms, until an eighth is free.

        Rooms may have been pruned when they were read, so sizes are counted again.
        """
        rooms = [room for room in self._rooms.values() if room.size]
        self._size = sum(room.size for room in rooms)
        while self._size > self._max_bytes - self._max_bytes // 8:
            largest = max(rooms, key=lambda room: room.size)
            self._size -= largest.size
            largest.delete((largest.stored_count + 1) // 2)
            self._size += largest.size

    def load(self) -> StoredState:
        self._keys.expire(self._steady())
        with self._lock:
            rooms = tuple(room.stored(name) for name, room in self._rooms.items())
            last_number = self._last_number
        return StoredState(
            self._epoch,
            rooms,
            self._keys.all(),
            last_number,
            self._accounts.stored(),
            self._accounts.last_number,
            self._sanctions.stored(),
            self._sanctions.last_number,
            self._invitations.stored(),
            self._invitations.last_number,
        )

    def read(self, query: Query) -> Page:
        match query:
            case Before():
                return self._before(query)
            case After():
                return self._after(query)
            case FindMessage():
                with self._lock:
                    return self._find(query)
            case FindTexts():
                with self._lock:
                    return self._find_texts(query)
            case ReadActs():
                with self._lock:
                    return self._acts.read(query)
            case Search():
                rooms: tuple[RoomName, ...] = (query.room,)
                high = query.sequence - 1
            case SearchRooms():
                rooms, high = query.rooms, END_OF_SEQUENCES
        with self._lock:
            candidates = [self._messages(name, high) for name in dict.fromkeys(rooms)]
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

    def _room(self, name: RoomName) -> MemoryRoom:
        """Return the room *name*, and create it if there is none."""
        room = self._rooms.get(name)
        if room is None:
            self._last_number += 1
            room = self._rooms[name] = MemoryRoom(self._last_number)
        return room

    def _close(self, name: RoomName, changes: _Changes) -> None:
        room = self._rooms.get(name)
        if room is None or name == LOBBY:
            return
        room.is_open = False
        if not room.head:
            del self._rooms[name]
            changes.accounts.delete_rooms({name})
            changes.order.delete_room(name)
            changes.invitations.delete_room(name)

    def _store_other(  # noqa: C901 -- a row per entry
        self, entry: Entry, changes: _Changes
    ) -> None:
        order = changes.order
        match entry:
            case RoomOpened():
                is_new = entry.room not in self._rooms
                room = self._room(entry.room)
                room.is_open = True
                if is_new:
                    room.settings = order.open_room(entry)
            case RoomClosed():
                self._close(entry.room, changes)
            case TopicSet():
                self._room(entry.room).topic = entry.topic
            case _ if isinstance(entry, ACCOUNT_ENTRIES):
                if isinstance(entry, AccountDirectOpened):
                    self._open_direct(entry)
                for name in entered_rooms(entry):
                    self._room(name)
                changes.invitations.add_account_entry(entry)
                changes.accounts.add(entry)
                order.add_account_entry(entry)
                if isinstance(entry, AccountErased):
                    for each in self._rooms.values():
                        each.settings = without_role(each.settings, entry.account)
            case Shut():
                known = self._rooms.get(entry.room)
                order.add(entry, known.settings if known else NO_SETTINGS)
                changes.invitations.delete_room(entry.room)
                self._close(entry.room, changes)
            case _ if isinstance(entry, ORDER_ENTRIES):
                self._keep_order(entry, order)
            case _ if isinstance(entry, INVITATION_ENTRIES):
                changes.invite(entry)
            case _:
                pass

    def _open_direct(self, entry: AccountDirectOpened) -> None:
        is_new = entry.room not in self._rooms
        room = self._room(entry.room)
        room.is_open = True
        if is_new:
            one, other = sorted((entry.account, entry.other))
            room.pair = one, other

    def _keep_order(self, entry: OrderEntry, order: OrderChanges) -> None:
        name = changed_room(entry)
        if name is None:
            order.add(entry, NO_SETTINGS)
        else:
            room = self._room(name)
            room.settings = order.add(entry, room.settings)

    def _store(self, said: Sequence[Said], time: float, steady: float) -> None:
        """Store messages of one room."""
        room = self._room(said[0].room)
        before = room.size
        messages = room.extend(said, self._numbering, time, steady)
        for each, message in zip(said, messages, strict=True):
            if each.key:
                key = StoredKey(each.key, each.token, each.room, message.sequence)
                self._keys.add(key, steady)
        room.prune(self._retention, steady)
        self._size += room.size - before

    def _erase(self, entry: Erased, time: float, steady: float) -> None:
        """Store an erasure, and remove the text that it erases."""
        room = self._room(entry.room)
        before = room.size
        room.erase(entry, self._numbering, time, steady)
        room.prune(self._retention, steady)
        self._size += room.size - before

    def _pruned(self, name: RoomName) -> MemoryRoom:
        """Return the room *name* without expired messages."""
        room = self._rooms.get(name) or MemoryRoom(0)
        room.prune(self._retention, self._steady())
        return room

    def _messages(self, name: RoomName, high: int) -> list[Message]:
        """Return the messages of a room up to *high* that are not erased."""
        room = self._pruned(name)
        return list(room.newest(high, has_erased=False))[::-1]

    def _before(self, query: Before) -> Page:
        limit, has_erased = max(query.limit, 0), query.has_erased
        with self._lock:
            room = self._pruned(query.room)
            low, high = room.floor, min(query.sequence - 1, room.head)
            unwanted = room.unwanted(low, high, has_erased=has_erased)
            total = room.count(low, high) - unwanted
            wanted = list(islice(room.newest(high, has_erased=has_erased), limit))
        messages = fit_page(wanted)[::-1]
        return Page(tuple(messages), total > len(messages), total)

    def _after(self, query: After) -> Page:
        limit, has_erasures = max(query.limit, 0), query.has_erasures
        with self._lock:
            room = self._pruned(query.room)
            low = min(max(query.sequence, room.floor), room.head)
            high = min(query.head, room.head)
            total = room.count(low, high)
            if not has_erasures:
                total -= room.unwanted(low, high, has_erased=True)
            wanted = room.stored_after(low, high, limit, has_erasures=has_erasures)
            expired = room.count(query.sequence, min(room.floor, query.head))
        return sequenced_page(fit_page(wanted), total=total, expired=expired)

    def _find(self, query: FindMessage) -> Page:
        room = self._pruned(query.room)
        if query.sequence is not None:
            found = room.find(query.sequence)
        else:
            key, low = fold_key(query.name), room.head - FOUND_AMONG
            said_by = (
                each
                for each in room.newest(room.head, has_erased=False)
                if each.sequence > low and fold_key(each.source) == key
            )
            found = next(said_by, None)
        messages = () if found is None else (found,)
        return Page(messages, has_more=False, total=len(messages))

    def _find_texts(self, query: FindTexts) -> Page:
        room, low = self._pruned(query.room), query.sequence
        high = low + FOUND_AMONG
        said = room.stored_after(low, high, FOUND_AMONG, has_erasures=False)
        own = (
            each
            for each in said
            if isinstance(each, Message)
            and each.account == query.account
            and not each.is_erased
        )
        found = tuple(islice(own, MAX_TEXTS_ERASED))
        return Page(found, has_more=high < room.head, total=len(found))


def _erasures(entry: Entry) -> Sequence[Erased]:
    """Return the erasures of single messages that *entry* consists of."""
    match entry:
        case Erased():
            return [entry]
        case TextsErased():
            return single_erasures(entry)
        case _:
            return ()


def _require_storable(entries: Sequence[Entry], changes: _Changes) -> None:
    """Raise ValueError if one of *entries* cannot be stored.

    That is one with a lone surrogate, or about an account, a sanction or a code that
    neither exists nor is created by an earlier entry. They are added to *changes*.
    """
    for entry in entries:
        if isinstance(entry, Said):
            if not (entry.text.isascii() and entry.source.isascii()):
                utf8_size(entry.source + entry.text)
            if entry.key:
                utf8_size(entry.key + entry.token)
        elif isinstance(entry, TopicSet):
            utf8_size(entry.topic)
        elif isinstance(entry, ACCOUNT_ENTRIES):
            changes.accounts.add(entry)
        elif isinstance(entry, ORDER_ENTRIES):
            changes.order.add(entry, NO_SETTINGS)
        elif isinstance(entry, INVITATION_ENTRIES):
            changes.invite(entry)
        elif isinstance(entry, RoomOpened):
            changes.order.open_room(entry)
