"""The errors that members receive when the journal cannot record a message."""

import pytest

from parlour.core.entries import Batch
from parlour.core.storage import StorageError
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from tests.server.clients import receive_event, send
from tests.server.running_servers import Serve, on_both_drivers


class FailingStore(MemoryStore):
    """A store that fails to record, with an outcome that may be unknown."""

    def __init__(self, *, is_outcome_unknown: bool) -> None:
        super().__init__(Retention())
        self._is_outcome_unknown = is_outcome_unknown

    def append(self, batch: Batch) -> None:  # noqa: ARG002
        raise StorageError(
            "storage_trouble", "too bad", is_outcome_unknown=self._is_outcome_unknown
        )


@on_both_drivers
@pytest.mark.parametrize(
    ("is_outcome_unknown", "code"),
    [(False, "storage_trouble"), (True, "outcome_unknown")],
)
def test_a_message_that_may_be_recorded_is_not_reported_as_refused(
    serve: Serve, code: str, *, is_outcome_unknown: bool
) -> None:
    history = FailingStore(is_outcome_unknown=is_outcome_unknown)
    with serve(history=history) as server:
        romeo = server.connect()
        send(romeo, "hello", version=1, token="t" * 16)
        send(romeo, "message", message="alas", id="1")

        error = receive_event(romeo, "error")
    assert error == {"code": code, "reason": "too bad", "id": "1"}
