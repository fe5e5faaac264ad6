"""The load generator with TLS, on a real server."""

from pathlib import Path

import pytest

from bench import encrypted
from bench.servers import Running, serve

from .generator import end, start

WORK = {"tls": 1, "members": 4, "speakers": 2, "seconds": 0.2}


def test_nothing_is_lost_inside_tls(
    with_tls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encrypted, "BUILD", tmp_path)
    work = {**WORK, "dialect": "plain", "text": 4000, "window": 40, "batch": 20}

    with serve(encrypted.ENCRYPTED[0], tmp_path) as running:
        fan_out = end(start(with_tls, running.port, running.process.pid, **work))
        work["mode"] = "handshake"
        handshakes = end(start(with_tls, running.port, running.process.pid, **work))

    assert (fan_out["lost"], fan_out["doubled"], fan_out["gone"]) == (0, 0, 0)
    assert int(str(fan_out["delivered"])) > 0
    assert int(str(handshakes["handshakes"])) > 0
    assert float(str(handshakes["cpu_per_handshake"])) > 0


def test_the_resources_of_a_proxy_are_added(built: Path, loop: Running) -> None:
    pid = loop.process.pid

    alone = end(start(built, loop.port, pid))
    twice = end(start(built, loop.port, pid, pid))

    assert alone["threads"] == 1
    assert twice["threads"] == 2
