from parlour.core.storage import HistoryExtent
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from tests.journal.stores import NOW, VERONA, drafts


def test_the_epoch_can_be_passed() -> None:
    store = MemoryStore(Retention(), epoch="first")

    store.append(drafts("ab"), NOW)

    assert store.extent(VERONA) == HistoryExtent("first", 1, 2)


def test_each_store_has_its_own_epoch() -> None:
    epochs = {MemoryStore(Retention()).extent(VERONA).epoch for _ in range(10)}

    assert len(epochs) == 10
