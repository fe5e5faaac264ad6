from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from tests.journal.stores import (
    record,
)


def test_the_epoch_can_be_passed() -> None:
    store = MemoryStore(Retention(), epoch="first")

    record(store, "ab")

    assert store.load().epoch == "first"


def test_each_store_has_its_own_epoch() -> None:
    epochs = {MemoryStore(Retention()).load().epoch for _ in range(10)}

    assert len(epochs) == 10
