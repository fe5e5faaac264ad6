"""Signals while a server is busy: it is suspended, told to reload, or told to end."""

import json
import signal
import ssl
import time
from pathlib import Path

import pytest

from tests.server.tls.pairs import make_pair, own_pair
from tests.server.tls.peers import TLSPeer, client_context

from .event_loop import TIMEOUT
from .flood_client import BEGUN
from .floods import FLOOD_CLIENT, Pair
from .histories import export_messages, start_with_history
from .launch import ENGINES
from .pauses import pause
from .process_usage import descriptors_of
from .sandbox import Sandbox
from .secure_server import start_secure_server

pytestmark = pytest.mark.parametrize("engine", ENGINES)

STORM = 200  # signals


def test_a_suspended_server_goes_on_with_all_of_its_clients(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    report = pause(sandbox, engine, path, seconds=1.0)

    assert report.lost == 0
    assert report.stored == report.said


def test_a_storm_of_hangups_reloads_the_certificate_and_leaks_nothing(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    pair = own_pair(tmp_path)
    history = tmp_path / "chat.db"
    server, ports = start_secure_server(sandbox, engine, history, pair)
    talking = Pair(ports.plain)
    descriptors = descriptors_of(server.program.pid)
    renewed = make_pair(tmp_path, "renewed")
    pair.copy_from(renewed)

    for _ in range(STORM):
        server.program.signal(signal.SIGHUP)
    talking.p99(20)
    peer = connect_until_trusted(ports.tls, client_context(renewed.cert))
    peer.close()
    end = time.monotonic() + TIMEOUT
    while (left := descriptors_of(server.program.pid) - descriptors) > 0:
        assert time.monotonic() < end, f"{left} descriptors are left open"
        talking.p99(2)
    talking.close()

    server.stop()
    assert "Traceback" not in server.program.err.text


def connect_until_trusted(port: int, context: ssl.SSLContext) -> TLSPeer:
    """Connect until the server has the certificate that *context* trusts."""
    end = time.monotonic() + TIMEOUT
    while True:
        try:
            return TLSPeer(port, context=context)
        except ssl.SSLCertVerificationError:
            assert time.monotonic() < end


def test_a_server_ends_in_order_during_a_flood(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    pair = Pair(server.port)
    flood = sandbox.run_python(FLOOD_CLIENT, f"{server.port}", "hellos")
    flood.out.expect(BEGUN)
    pair.p99(20)

    server.program.signal(signal.SIGTERM)
    assert server.program.wait() == 0
    pair.close()

    assert len(export_messages(sandbox, path)) == 20
    levels = [json.loads(line)["level"] for line in server.program.err.lines]
    assert "error" not in levels
