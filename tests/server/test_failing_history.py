"""What members are told when the history fails, in both drivers."""

import json
from collections.abc import Sequence

import pytest

from parlour.core.storage import Draft, Outcome, StorageError
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from tests.server.running_servers import Serve, serve_async, serve_threads

on_both = pytest.mark.parametrize(
    "serve", [serve_async, serve_threads], ids=["async", "threads"]
)


class Failing(MemoryStore):
    """A history that keeps nothing, and says so or does not know."""

    def __init__(self, *, is_outcome_unknown: bool) -> None:
        super().__init__(Retention())
        self._is_unknown = is_outcome_unknown

    def append(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:  # noqa: ARG002
        raise StorageError(
            "storage_trouble", "too bad", is_outcome_unknown=self._is_unknown
        )


def said(kind: str, data: object) -> bytes:
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


@on_both
@pytest.mark.parametrize(
    ("is_outcome_unknown", "code"),
    [(False, "storage_trouble"), (True, "outcome_unknown")],
)
def test_what_may_be_kept_is_never_told_as_refused(
    serve: Serve, code: str, *, is_outcome_unknown: bool
) -> None:
    with serve(history=Failing(is_outcome_unknown=is_outcome_unknown)) as running:
        romeo = running.connect()
        romeo.send(said("hello", {"version": 1, "token": "t" * 16}))
        romeo.send(said("message", {"message": "alas", "id": "1"}))
        while (line := json.loads(romeo.receive()))["type"] != "error":
            pass

    assert line["data"] == {"code": code, "reason": "too bad", "id": "1"}
