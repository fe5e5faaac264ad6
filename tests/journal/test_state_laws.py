"""A server that loads a store continues where the server that wrote it ended."""

import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parlour.core.entries import (
    DURABLE,
    Entered,
    Entry,
    Left,
    RoomClosed,
    RoomOpened,
    Said,
    SessionOpened,
    TopicSet,
)
from parlour.core.events import LOBBY, RoomName
from parlour.core.names.room_names import room_conflict_keys
from parlour.core.state.effects import AlreadySaid, Void
from parlour.core.state.state import State
from parlour.core.storage import Numbering, StoredRoom, StoredState, consecutive
from tests.journal.stores import (
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    batch,
    open_store,
    said,
    sparse,
)

ROOM = st.sampled_from([LOBBY, VERONA, MANTUA])


def opened(room: RoomName) -> RoomOpened:
    return RoomOpened(room, ROMEO, room_conflict_keys(room))


def said_with_key(room: RoomName, key: str) -> Said:
    return said("ay me", room, key=key, token="romeo's")


ENTRY: st.SearchStrategy[Entry] = st.one_of(
    st.builds(opened, ROOM),
    st.builds(said_with_key, ROOM, st.text("abc", min_size=1, max_size=8)),
    st.builds(Entered, st.just(ROMEO), ROOM),
    st.builds(Left, st.just(ROMEO), ROOM, st.just("left")),
    st.builds(RoomClosed, ROOM),
    st.builds(TopicSet, ROOM, st.just(ROMEO), st.sampled_from(["", "ay", "me"])),
)
STEP = st.one_of(st.lists(ENTRY, max_size=8), st.just("restart"))


def rooms_of(state: State) -> list[StoredRoom]:
    """Return the rooms of *state* as a store has them."""
    found = [
        StoredRoom(each.name, each.number, each.sequence, each.topic, each.is_open)
        for each in state.rooms
    ]
    return sorted(found, key=lambda room: room.number)


def applied(state: State, entries: list[Entry]) -> list[Entry]:
    """Apply *entries*; return the durable ones that had an effect."""
    kept: list[Entry] = []
    for entry in entries:
        effects = state.apply(entry, NOW)
        has_effect = effects and not isinstance(effects[0], Void | AlreadySaid)
        if isinstance(entry, DURABLE) and has_effect:
            kept.append(entry)
    return kept


def start(stored: StoredState, numbering: Numbering) -> State:
    """Return the state of a server in which a session has just opened."""
    state = State(stored, numbering)
    state.apply(SessionOpened(ROMEO, "127.0.0.1:1", "Romeo", ("romeo",)), NOW)
    return state


@pytest.mark.parametrize("numbering", [consecutive, sparse])
@settings(deadline=None, max_examples=60)
@given(steps=st.lists(STEP, max_size=12))
def test_a_store_and_a_state_agree_about_rooms_and_keys(
    numbering: Numbering, steps: list[list[Entry] | str]
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "chat.db"
        store = open_store(path, numbering=numbering)
        state = start(store.load(), numbering)
        for step in steps:
            if isinstance(step, list):
                store.append(batch(*applied(state, step)))
            else:
                store.close()
                store = open_store(path, numbering=numbering)
                state = start(store.load(), numbering)
        with closing(store):
            loaded = store.load()

        assert rooms_of(state) == list(loaded.rooms)
        assert state.rooms.last_number == loaded.last_number
        keys = {(key.token, key.key): key.sequence for key in loaded.keys}
        assert {each[:2]: each[2] for each in state.keys.items()} == keys
