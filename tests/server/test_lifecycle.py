"""A server that ends takes each step of closing, whatever becomes of the others."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import InlineRecorder
from parlour.server.admin_socket.opening import open_admin_service
from parlour.server.admin_socket.service import AdminService
from parlour.server.config import Config
from parlour.server.lifecycle import serve_and_close
from parlour.server.runtime import Runtime
from parlour.server.trace import Trace


@pytest.fixture
def _handlers() -> Iterator[None]:
    """Restore what signals do in this process."""
    numbers = signal.SIGTERM, signal.SIGINT, signal.SIGHUP
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_handlers")
def test_each_step_of_closing_is_taken_and_the_recording_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = list[str]()

    class ObservedRecorder(InlineRecorder):
        def close(self, timeout: float) -> bool:
            steps.append("recording")
            return super().close(timeout)

    class ObservedTrace(Trace):
        def close(self) -> None:
            steps.append("trace")
            super().close()

    def close_admin(self: AdminService) -> None:
        steps.append("admin socket")
        self.stop_accepting()
        raise RuntimeError("of the admin socket")

    def serve(_: Runtime) -> None:
        raise RuntimeError("of the driver")

    monkeypatch.setattr(AdminService, "close", close_admin)
    runtime = Runtime(
        Hub(Limits()),
        ObservedRecorder(MemoryStore(Retention())),
        listeners=[],
        recv_size=65_536,
        announce=lambda: None,
        trace=ObservedTrace(tmp_path / "trace", 100),
    )
    config = Config(history=tmp_path / "chat.db")
    runtime.admin = open_admin_service(config, runtime, port=1)

    with pytest.raises(RuntimeError):
        serve_and_close(serve, runtime)

    assert steps == ["recording", "admin socket", "trace"]
