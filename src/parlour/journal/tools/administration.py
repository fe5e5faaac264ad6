"""Carries out what the operator asks for in a history that no server uses."""

from collections.abc import Callable
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Final, Self

from parlour.core.admin_acts import Act, Lookup, TextLookup
from parlour.core.admin_lists import acts_answer
from parlour.core.administration import Administration
from parlour.core.entries import Batch, Erased, TextsErased, batch_time
from parlour.core.protocol.admin_answers import Answer
from parlour.core.protocol.admin_requests import Request
from parlour.core.protocol.process_requests import PROCESS_REQUESTS
from parlour.core.state.state import State
from parlour.core.storage import ReadActs, StorageError
from parlour.history.retention import Retention

from ..sqlite.store import SQLiteStore

KEEP_ALL: Final = Retention(max_messages=1 << 62, max_bytes=1 << 62, max_age=inf)
"""The tool does not know the limits of the server, so it deletes nothing."""


class OfflineAdministration:
    """The history *path*, locked and loaded, until it is closed.

    It is created if there is none. *clock* is the wall clock, and *steady* a monotonic
    one. Raises FileError if the file cannot be used; `write_lock.InUseError` if a
    server, or another tool, is using it.
    """

    def __init__(
        self, path: Path, clock: Callable[[], float], steady: Callable[[], float]
    ) -> None:
        self._clock, self._has_erased = clock, False
        self._store = SQLiteStore(path, KEEP_ALL, clock=clock, steady=steady)
        try:
            self._state = State(self._store.load())
        except BaseException:
            self._store.close()
            raise
        self._administration = Administration(self._state, is_serving=False)

    def ask(self, request: Request) -> Answer:
        """Carry out *request*, as a server does. Raises StorageError."""
        time = batch_time(self._clock())
        found = self._administration.requested(request, time)
        if isinstance(found, ReadActs):
            return acts_answer(self._store.read(found))
        if isinstance(found, Lookup | TextLookup):
            found = self._administration.found(found, self._store.read(found.query))
        if not isinstance(found, Act):
            return found
        verdict = self._state.judge(found.entry, time)
        if verdict.has_effect:
            self._store.append(Batch(time, (found.entry,)))
            self._state.apply(found.entry, time)
            if isinstance(found.entry, Erased | TextsErased):
                self._has_erased = True
            return found.done
        return found.outcome(verdict.why)

    def close(self) -> None:
        """Close and unlock the history.

        What is left of erased texts is removed before; if that fails, the next server
        does it.
        """
        with suppress(StorageError):
            while self._has_erased and self._store.maintain():
                pass
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def needs_server(kind: str) -> bool:
    """Return whether a request of this type makes sense only while a server runs."""
    return kind in {"kick", "announce", *PROCESS_REQUESTS}
