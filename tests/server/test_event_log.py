"""The log of a server: its rate limit, and which records it drops when it is full."""

import json
import logging
import os
import threading
from pathlib import Path

import pytest

from parlour.server import event_log
from parlour.server.event_log import ConsoleHandler, log_limited, logging_to_stderr
from parlour.server.log_formats import JSONFormatter


def test_the_log_of_the_server_is_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    descriptor = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    monkeypatch.setattr(event_log, "STANDARD_ERROR", descriptor)
    monkeypatch.setattr(event_log, "logger", logging.getLogger("test-limit"))
    with logging_to_stderr("info", "json"):
        for number in range(50):
            log_limited(logging.ERROR, "accept.failed", reason=str(number))
    os.close(descriptor)

    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [line["reason"] for line in lines] == ["0", "49"]
    assert lines[1]["repeated"] == 49


def test_less_severe_records_do_not_displace_errors() -> None:
    reader, writer = os.pipe()  # nobody reads until everything is logged
    handler = ConsoleHandler(writer)
    handler.setFormatter(JSONFormatter())

    def emit(level: int, event: str, **facts: object) -> None:
        name = logging.getLevelName(level)
        made = {"msg": event, "levelno": level, "levelname": name, "facts": facts}
        handler.emit(logging.makeLogRecord(made))

    for _ in range(2000):
        emit(logging.INFO, "session.closed", address="x" * 1000)
    emit(logging.ERROR, "history.refused")
    for _ in range(2000):
        emit(logging.ERROR, "other", address="x" * 1000)
    out: list[bytes] = []
    with os.fdopen(reader, "rb") as file:
        reading = threading.Thread(target=lambda: out.extend(file))
        reading.start()
        handler.close()
        os.close(writer)
        reading.join()

    events = [json.loads(line)["event"] for line in out]
    assert 100 < events.count("session.closed") < 1000
    assert events.count("history.refused") == 1
    assert events.count("other") < 100
