"""A server that ends takes each step of closing, whatever becomes of the others."""

from pathlib import Path

import pytest

from parlour.core.protocol.plain import PLAIN
from parlour.journal.recorder import ThreadedRecorder
from parlour.server import lifecycle
from parlour.server.admin_socket.service import AdminService
from parlour.server.config import Config
from parlour.server.runtime import Runtime
from parlour.server.trace import Trace


def test_each_step_of_closing_is_taken_and_the_recording_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = list[str]()

    def serve(runtime: Runtime) -> None:
        for listener in runtime.listeners:
            listener.close()
        raise RuntimeError("of the driver")

    def close_admin(self: AdminService) -> None:
        steps.append("admin socket")
        stop_accepting(self)
        raise RuntimeError("of the admin socket")

    stop_accepting = AdminService.stop_accepting
    close_recorder, close_trace = ThreadedRecorder.close, Trace.close

    def recorded(self: ThreadedRecorder, timeout: float) -> bool:
        steps.append("recording")
        return close_recorder(self, timeout)

    def traced(self: Trace) -> None:
        steps.append("trace")
        close_trace(self)

    monkeypatch.setattr(AdminService, "close", close_admin)
    monkeypatch.setattr(ThreadedRecorder, "close", recorded)
    monkeypatch.setattr(Trace, "close", traced)
    monkeypatch.setattr(lifecycle, "_exit_on_signals", lambda: None)
    monkeypatch.setattr(lifecycle, "_load_driver", lambda _: ("a test", serve))
    config = Config(port=0, history=tmp_path / "chat.db", trace=tmp_path / "trace")

    with pytest.raises(RuntimeError):
        lifecycle.run(config, PLAIN)

    assert steps == ["recording", "admin socket", "trace"]
