"""Health, readiness and metrics of a real server, with both drivers."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from parlour.core.delivery.shared_cursors import Write
from parlour.core.entries import Batch
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.storage import StorageError
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.server.batch_times import BatchTimes
from parlour.server.monitoring import health, turn_readings
from parlour.server.monitoring import monitor as monitor_module
from parlour.server.monitoring.exposition import Exposition
from parlour.server.monitoring.http import Exchange, Request, Response
from parlour.server.monitoring.monitor import MAX_CONNECTIONS
from parlour.server.monitoring.readings import Reading, read
from parlour.server.runtime import Runtime
from tests.server.clients import joined, message_line, receive_message
from tests.server.monitoring.monitored import Monitored
from tests.server.monitoring.scraping import TIMEOUT, ask, scrape
from tests.server.running_servers import RunningServer, Serve, on_both_drivers

FORMATS = {
    "text/plain": "text/plain; version=0.0.4; charset=utf-8",
    "application/openmetrics-text; version=1.0.0": "application/openmetrics-text; "
    "version=1.0.0; charset=utf-8",
}


@pytest.fixture
def monitored() -> Iterator[Monitored]:
    found = Monitored()
    with found.monitor:
        yield found


class StuckHub(Hub):
    """A hub whose flush waits while a test wants that, as after a bug."""

    def __init__(self) -> None:
        super().__init__(Limits())
        self.may_flush = threading.Event()
        self.may_flush.set()
        self.is_stuck = threading.Event()

    def flush(self, now: float) -> list[Write]:
        if not self.may_flush.is_set():
            self.is_stuck.set()
            self.may_flush.wait(TIMEOUT)
        return super().flush(now)


class HeldStore(MemoryStore):
    """A store that waits before it stores, or refuses, as a test wants."""

    def __init__(self) -> None:
        super().__init__(Retention())
        self.may_append = threading.Event()
        self.may_append.set()
        self.is_full = False

    def append(self, batch: Batch) -> None:
        assert self.may_append.wait(TIMEOUT)
        if self.is_full:
            raise StorageError("storage_full", "the disk is full")
        super().append(batch)


@contextmanager
def stuck(server: RunningServer, hub: StuckHub) -> Iterator[None]:
    """Let the driver of *hub* take no turn."""
    hub.may_flush.clear()
    try:
        server.connect()  # causes a turn
        assert hub.is_stuck.wait(TIMEOUT)
        yield
    finally:
        hub.may_flush.set()


def wait_for(monitored: Monitored, path: str, status: int) -> str:
    """Ask until the answer has *status*, and return it."""
    for _ in range(1000):
        answer = ask(monitored.port, path)
        if answer.status == status:
            return answer.body
    raise AssertionError(f"{path} is {answer.status}, {answer.body}")


@on_both_drivers
def test_a_server_is_healthy_and_ready(serve: Serve, monitored: Monitored) -> None:
    with serve(monitor=monitored.monitor):
        for path in ("/healthz", "/readyz"):
            answer = ask(monitored.port, path)
            assert (answer.status, answer.body) == (200, "ok\n")
            assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_a_server_that_starts_is_neither(path: str, monitored: Monitored) -> None:
    answer = ask(monitored.port, path)

    assert (answer.status, answer.body) == (503, f"{health.STARTING}\n")


@on_both_drivers
def test_a_server_that_stops_is_not_ready(serve: Serve, monitored: Monitored) -> None:
    with serve(monitor=monitored.monitor) as server:
        server.stop()
        server.thread.join(TIMEOUT)

        answer = ask(monitored.port, "/readyz")
        assert (answer.status, answer.body) == (503, f"{health.STOPPING}\n")


@on_both_drivers
def test_a_server_without_turns_is_not_healthy_until_it_takes_one(
    serve: Serve, monitored: Monitored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_readings, "TURN_TIMEOUT", 0.2)
    hub = StuckHub()
    with serve(monitor=monitored.monitor, hub=hub) as server:
        with stuck(server, hub):
            first = ask(monitored.port, "/healthz")
            metrics = ask(monitored.port, "/metrics")
            ready = ask(monitored.port, "/readyz")

        assert (first.status, metrics.status, ready.status) == (503, 503, 200)
        assert first.body.startswith("the main thread has not taken a turn for ")
        assert wait_for(monitored, "/healthz", 200) == "ok\n"


@on_both_drivers
def test_questions_to_a_stuck_server_are_one_call(
    serve: Serve, monitored: Monitored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_readings, "TURN_TIMEOUT", 0.01)
    taken = []

    def count_and_read(runtime: Runtime, times: BatchTimes) -> Reading:
        taken.append(runtime)
        return read(runtime, times)

    monkeypatch.setattr(monitor_module, "read", count_and_read)
    hub = StuckHub()
    with serve(monitor=monitored.monitor, hub=hub) as server:
        with stuck(server, hub):
            for _ in range(20):
                assert ask(monitored.port, "/healthz").status == 503
        monkeypatch.setattr(turn_readings, "TURN_TIMEOUT", TIMEOUT)
        wait_for(monitored, "/healthz", 200)

    assert len(taken) <= 2


@on_both_drivers
def test_a_journal_that_does_not_commit_is_not_healthy(
    serve: Serve, monitored: Monitored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "MAX_BATCH_AGE", 0.05)
    store = HeldStore()
    with serve(monitor=monitored.monitor, history=store) as server:
        romeo = joined(server.connect())
        store.may_append.clear()
        romeo.send(message_line("waits"))

        told = wait_for(monitored, "/healthz", 503)
        assert told == "the journal has not committed a batch for 0 seconds\n"
        store.may_append.set()
        assert receive_message(romeo)[1] == "waits"
        wait_for(monitored, "/healthz", 200)


@on_both_drivers
def test_a_journal_that_refuses_is_not_healthy_until_it_records(
    serve: Serve, monitored: Monitored
) -> None:
    store = HeldStore()
    with serve(monitor=monitored.monitor, history=store) as server:
        romeo = joined(server.connect())
        store.is_full = True
        romeo.send(message_line("lost"))
        assert wait_for(monitored, "/healthz", 503) == f"{health.REFUSED}\n"
        assert scrape(monitored.port)["parlour_journal_refused_batches_total"] == 1
        assert scrape(monitored.port)["parlour_journal_recording"] == 0

        store.is_full = False
        romeo.send(message_line("stored"))
        wait_for(monitored, "/healthz", 200)
        assert scrape(monitored.port)["parlour_journal_recording"] == 1


@on_both_drivers
def test_metrics_follow_what_happens(serve: Serve, monitored: Monitored) -> None:
    with serve(Limits(max_users=2), monitor=monitored.monitor) as server:
        before = scrape(monitored.port)
        romeo, juliet = joined(server.connect()), joined(server.connect())
        receive_message(romeo)
        assert b"full" in server.connect().receive()
        for text in ("one", "two", "three"):
            romeo.send(message_line(text))
            assert receive_message(juliet) == (romeo.address, text)
        after = scrape(monitored.port)

    assert before["parlour_users"] == 0
    assert after["parlour_users"] == 2
    assert after["parlour_max_users"] == 2
    member = {"kind": "socket", "state": "member"}
    assert after.of("parlour_connections", **member) == 2
    assert after["parlour_messages_stored_total"] == 3
    rejected = "parlour_connections_rejected_total"
    assert before.of(rejected, code="server_full") == 0
    assert after.of(rejected, code="server_full") == 1
    assert after["parlour_said_to_stored_seconds_count"] == 3
    assert after["parlour_said_to_told_seconds_count"] == 3
    assert after.of("parlour_said_to_told_seconds_bucket", le="+Inf") == 3
    assert 0 < after["parlour_said_to_told_seconds_sum"] < TIMEOUT
    assert after["parlour_written_bytes_total"] > before["parlour_written_bytes_total"]
    assert after["parlour_ready"] == 1
    assert after["process_open_fds"] > 0
    assert after["process_max_fds"] > 0


@on_both_drivers
def test_metrics_tell_nothing_of_people(serve: Serve, monitored: Monitored) -> None:
    with serve(monitor=monitored.monitor) as server:
        romeo = joined(server.connect())
        romeo.send(message_line("a secret"))
        receive_message(romeo)
        body = ask(monitored.port, "/metrics").body

    assert "secret" not in body
    assert romeo.address not in body
    assert "127.0.0.1" not in body


@pytest.mark.parametrize("accept", FORMATS)
@on_both_drivers
def test_a_scraper_chooses_the_format(
    serve: Serve, monitored: Monitored, accept: str
) -> None:
    with serve(monitor=monitored.monitor):
        answer = ask(monitored.port, "/metrics", Accept=accept)

    assert answer.headers["content-type"].startswith(FORMATS[accept].split(";")[0])
    assert ("# EOF" in answer.body) == ("openmetrics" in accept)


@pytest.mark.parametrize(
    ("path", "method", "headers", "status"),
    [
        ("/metrics", "GET", {"Host": "evil.example"}, 400),
        ("/healthz", "GET", {"Host": "evil.example:9555"}, 400),
        ("/metrics", "GET", {"Host": "metrics.example.org"}, 200),
        ("/metrics", "HEAD", {}, 200),
        ("/metrics", "POST", {}, 405),
        ("/metrics", "OPTIONS", {}, 405),
        ("/metrics", "GET", {"Content-Length": "1"}, 400),
        ("/../etc/passwd", "GET", {}, 404),
        ("/", "GET", {}, 200),
    ],
)
@on_both_drivers
def test_only_a_few_requests_are_answered(
    serve: Serve,
    monitored: Monitored,
    path: str,
    method: str,
    headers: dict[str, str],
    status: int,
) -> None:
    with serve(monitor=monitored.monitor):
        answer = ask(monitored.port, path, method, **headers)

    assert answer.status == status
    assert ("parlour_users" in answer.body) == (
        status == 200 and method == "GET" and path == "/metrics"
    )


def test_a_request_that_is_too_long_is_refused(monitored: Monitored) -> None:
    with monitored.connect() as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 3000)

        assert b" 431 " in sock.recv(1000)


def test_open_connections_are_no_error_when_the_server_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    monitored = Monitored()
    with monitored.monitor:
        silent = [monitored.connect() for _ in range(MAX_CONNECTIONS)]
        assert ask(monitored.port, "/readyz").status == 503

    assert all(is_closed(each) for each in silent)
    for each in silent:
        each.close()
    assert [each.message for each in caplog.records] == []


def talk(server: RunningServer) -> None:
    """Check that the chat goes on."""
    romeo = joined(server.connect())
    romeo.send(message_line("hi"))
    assert receive_message(romeo) == (romeo.address, "hi")


@on_both_drivers
def test_slow_scrapers_disturb_neither_the_chat_nor_each_other_for_long(
    serve: Serve, monitored: Monitored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor_module, "REQUEST_TIMEOUT", 0.5)
    with serve(monitor=monitored.monitor) as server:
        slow = [monitored.connect() for _ in range(MAX_CONNECTIONS)]
        for each in slow:
            each.sendall(b"GET /metrics HTTP/1.1\r\n")
        talk(server)
        assert ask(monitored.port, "/healthz").status == 200
        for each in slow:
            assert is_closed(each)
            each.close()

        assert ask(monitored.port, "/healthz").status == 200


@on_both_drivers
def test_the_oldest_connection_without_a_request_is_aborted_for_a_new_one(
    serve: Serve, monitored: Monitored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor_module, "REQUEST_TIMEOUT", TIMEOUT)
    with serve(monitor=monitored.monitor):
        silent = [monitored.connect() for _ in range(MAX_CONNECTIONS)]
        for _ in range(2 * MAX_CONNECTIONS):
            assert ask(monitored.port, "/healthz").status == 200

        assert is_closed(silent[0])
        silent[-1].sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert silent[-1].recv(100).startswith(b"HTTP/1.1 200 ")
        for each in silent:
            each.close()


@on_both_drivers
def test_a_connection_is_closed_if_all_others_wait_for_an_answer(
    serve: Serve, monitored: Monitored, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete = threading.Semaphore(0)

    class CountedExchange(Exchange):
        def receive(self, data: bytes) -> Request | Response | None:
            found = super().receive(data)
            complete.release()
            return found

    monkeypatch.setattr(monitor_module, "Exchange", CountedExchange)
    hub = StuckHub()
    with serve(monitor=monitored.monitor, hub=hub) as server:
        with stuck(server, hub):
            waiting = [monitored.connect() for _ in range(MAX_CONNECTIONS)]
            for each in waiting:
                each.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                assert complete.acquire(timeout=TIMEOUT)
            with monitored.connect() as excess:
                assert is_closed(excess)
        for each in waiting:
            assert each.recv(100).startswith(b"HTTP/1.1 200 ")
            each.close()


def is_closed(sock: socket.socket) -> bool:
    """Return whether the server closes a connection without an answer."""
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


@on_both_drivers
def test_a_scraper_that_does_not_read_is_aborted(
    serve: Serve, monitored: Monitored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor_module, "WRITE_TIMEOUT", 0.0)  # no time to read
    monkeypatch.setattr(Exposition, "encode", lambda *_, **__: (b"x" * (64 << 20), ""))
    with serve(monitor=monitored.monitor) as server, monitored.connect() as sock:
        sock.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        talk(server)
        assert ask(monitored.port, "/healthz").status == 200
        received = 0
        while data := receive(sock):
            received += len(data)
        assert received < 64 << 20


def receive(sock: socket.socket) -> bytes:
    try:
        return sock.recv(1 << 20)
    except ConnectionResetError:
        return b""


@on_both_drivers
def test_a_bug_in_a_reading_ends_neither_the_server_nor_the_monitor(
    serve: Serve, monitored: Monitored, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_broken = True

    def fail(runtime: Runtime, times: BatchTimes) -> Reading:
        assert not is_broken
        return read(runtime, times)

    monkeypatch.setattr(monitor_module, "read", fail)
    with serve(monitor=monitored.monitor) as server:
        assert ask(monitored.port, "/metrics").status == 500
        talk(server)
        is_broken = False
        assert ask(monitored.port, "/metrics").status == 200
