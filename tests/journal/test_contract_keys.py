"""The contract of `load` for idempotency keys, for every store."""

from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.events import LOBBY
from parlour.core.storage import StoredKey
from parlour.journal import Store
from parlour.journal.keys import MAX_KEYS
from tests.journal.stores import (
    DAY,
    DEFAULT_RETENTION,
    MANTUA,
    NOW,
    VERONA,
    Clocks,
    Nth,
    batch,
    each_store,
    maintain_fully,
    open_store,
    said,
    stored_keys,
)


def test_keys_are_loaded_in_order_with_token_room_and_sequence(
    store: Store, nth: Nth
) -> None:
    store.append(batch(said("a", key="k", token="t"), said("b"), said("c", key="l")))
    store.append(batch(said("d", MANTUA, key="m", token="u")))

    assert store.load().keys == (
        StoredKey("k", "t", VERONA, 1),
        StoredKey("l", "", VERONA, nth(3)),
        StoredKey("m", "u", MANTUA, 1),
    )


@each_store
def test_a_key_expires_after_a_day(tmp_path: Path, kind: str) -> None:
    clocks = Clocks()
    with closing(clocks.open(kind, tmp_path / "chat.db", DEFAULT_RETENTION)) as store:
        store.append(batch(said("a", key="k")))
        maintain_fully(store)
        clocks.advance(1)
        store.append(batch(said("b", key="l")))
        maintain_fully(store)

        clocks.advance(DAY - 1)
        maintain_fully(store)
        assert stored_keys(store) == ["k", "l"]
        clocks.advance(1)
        maintain_fully(store)
        assert stored_keys(store) == ["l"]


@pytest.mark.parametrize("time", [0.0, NOW + 400 * DAY])
def test_a_key_does_not_expire_when_the_wall_clock_jumps(
    store: Store, time: float
) -> None:
    store.append(batch(said("a", key="k")))
    store.append(batch(said("b", key="l"), time=time))
    maintain_fully(store)

    assert stored_keys(store) == ["k", "l"]


@each_store
def test_the_last_keys_are_loaded(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "chat.db"
    with closing(Clocks().open(kind, path, DEFAULT_RETENTION)) as store:
        keys = [str(number) for number in range(MAX_KEYS + 1)]
        store.append(batch(*[said("a", LOBBY, key=key) for key in keys]))

        assert stored_keys(store) == keys[1:]


def test_keys_persist_when_the_file_is_reopened(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "chat.db")) as store:
        store.append(batch(said("a"), said("b", key="k", token="t")))

    with closing(open_store(tmp_path / "chat.db")) as store:
        assert store.load().keys == (StoredKey("k", "t", VERONA, 2),)
