from parlour.core.events import Reach
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryHistory
from tests.journal.helpers import NOW, VERONA, drafts


def test_the_epoch_may_be_given() -> None:
    history = MemoryHistory(Retention(), epoch="first")

    history.append(drafts("ab"), NOW)

    assert history.reach(VERONA) == Reach("first", 1, 2)


def test_every_history_is_another_epoch() -> None:
    epochs = {MemoryHistory(Retention()).reach(VERONA).epoch for _ in range(10)}

    assert len(epochs) == 10
