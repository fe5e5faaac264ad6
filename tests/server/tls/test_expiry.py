"""The expiry of a certificate is looked at once a day, and measured."""

import logging
from socket import SHUT_WR, create_connection

import pytest

from parlour.server.batch_times import BatchTimes
from parlour.server.monitoring.readings import read
from parlour.server.tls.listening import CHECK_INTERVAL, TLS
from parlour.system.tls.certificate_facts import DAY
from tests.server.running_servers import TIMEOUT, Serve, serve_async, serve_threads
from tests.server.tls.pairs import localhost_pair
from tests.server.tls.peers import TLSPeer, connect_tls


@pytest.fixture
def tls() -> TLS:
    return TLS([], localhost_pair().certificates)


def test_a_certificate_that_expires_soon_is_logged_each_day(
    tls: TLS, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    expires = tls.certificates.facts.expires
    tls.start(100.0)
    assert tls.check_at == 100.0 + CHECK_INTERVAL

    for days in (20, 13, -1):
        tls.check_expiry(200.0, expires - days * DAY)

    assert [record.message for record in caplog.records] == [
        "certificate.expires",
        "certificate.expired",
    ]
    assert tls.check_at == 200.0 + CHECK_INTERVAL


@pytest.mark.parametrize("serve", [serve_async, serve_threads])
def test_a_running_server_looks_at_its_certificate_in_a_turn(serve: Serve) -> None:
    with serve(certificates=localhost_pair().certificates) as server:
        runtime, tls = server.runtime, server.runtime.tls
        assert tls is not None
        first = tls.check_at
        due = runtime.next_turn(first)
        runtime.do_periodic_work(first)

    assert first == runtime.started + CHECK_INTERVAL
    assert due is not None
    assert due <= first
    assert tls.check_at == first + CHECK_INTERVAL


@pytest.mark.parametrize("serve", [serve_async, serve_threads])
def test_handshakes_are_counted_by_their_results(serve: Serve) -> None:
    with serve(certificates=localhost_pair().certificates) as server:
        connect_tls(server).receive()
        for first_bytes in (b"", b"\x16\x03\x01"):
            with create_connection(("127.0.0.1", server.tls_port), TIMEOUT) as sock:
                sock.sendall(first_bytes)
                sock.shutdown(SHUT_WR)
                assert sock.recv(1) == b"", "it is counted by now"
        waiting = TLSPeer(server.tls_port, shakes_hands=False)
        waiting.sock.sendall(waiting.hello())
        assert waiting.sock.recv(1)
        reading = read(server.runtime, BatchTimes()).tls
        waiting.close()

    assert reading is not None
    assert reading.expires == localhost_pair().certificates.facts.expires
    assert reading.in_progress == 1
    assert {result: n for result, n in reading.results.items() if n} == {
        "completed": 1,
        "failed": 1,
        "unused": 1,
    }
