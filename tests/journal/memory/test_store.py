"""What only a store in memory does: its epoch, and the bound on all rooms together."""

from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.journal.memory.room import MESSAGE_SIZE
from tests.journal.stores import (
    ALL,
    MANTUA,
    VERONA,
    after,
    record,
    stored_texts,
)


def test_the_epoch_can_be_passed() -> None:
    store = MemoryStore(Retention(), epoch="first")

    record(store, "ab")

    assert store.load().epoch == "first"


def test_each_store_has_its_own_epoch() -> None:
    epochs = {MemoryStore(Retention()).load().epoch for _ in range(10)}

    assert len(epochs) == 10


def test_the_largest_rooms_lose_messages_if_all_take_too_much_memory() -> None:
    store = MemoryStore(Retention(), max_bytes=100 * MESSAGE_SIZE)
    texts = [f"{number}" for number in range(500)]

    record(store, ["quiet"], MANTUA)
    for text in texts:
        record(store, [text], VERONA)

    kept = stored_texts(store, VERONA)
    assert 40 < len(kept) < 100
    assert kept == texts[-len(kept) :]
    assert stored_texts(store, MANTUA) == ["quiet"]
    assert store.read(after(0, ALL, room=VERONA)).expired == 500 - len(kept)


def test_a_message_larger_than_the_bound_is_not_kept() -> None:
    store = MemoryStore(Retention(), max_bytes=1000)

    record(store, ["a", "b" * 2000], VERONA)
    record(store, ["c"], VERONA)

    assert stored_texts(store, VERONA) == ["c"]
