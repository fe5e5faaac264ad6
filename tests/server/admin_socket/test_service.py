"""Requests through the admin socket of a server, with both drivers."""

import logging
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from parlour.core.entries import Batch
from parlour.core.events import Refused
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.protocol.admin_answers import AccountList, Answer, Done
from parlour.core.protocol.admin_requests import encode_request
from parlour.core.state.state import State
from parlour.core.storage import Page, StorageError
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.server.admin_socket import client as client_module
from parlour.server.admin_socket import requests as requests_module
from parlour.server.admin_socket import service as service_module
from parlour.server.admin_socket.client import (
    NoAnswerError,
    NoServerError,
    ask_server,
)
from parlour.server.admin_socket.listener import AdminListener
from parlour.server.admin_socket.requests import HistoryQuery
from parlour.server.admin_socket.service import MAX_CONNECTIONS, AdminService
from tests.server.running_servers import TIMEOUT, Serve, on_both_drivers

HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"


class Admin:
    """The admin socket of a server that a test starts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = SlowStore()
        self.hub = Hub(Limits(), State(self.store.load()))
        listener = AdminListener(path)
        self.service = AdminService(listener, self.hub, time.time, self.read)

    def read(self, query: HistoryQuery, done: Callable[[Page | Refused], None]) -> None:
        done(self.store.read(query))

    def connect(self) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(TIMEOUT)
        sock.connect(str(self.path))
        return sock

    def ask(self, kind: str, **data: object) -> Answer:
        return ask_server(self.path, encode_request(kind, data))

    def create(self, name: str) -> Answer:
        return self.ask("account-create", name=name, password=HASH)

    def names(self) -> list[str]:
        answer = self.ask("accounts")
        assert isinstance(answer, AccountList)
        return [each.name for each in answer.accounts]


class SlowStore(MemoryStore):
    """A store whose disk may be stuck, or full."""

    def __init__(self) -> None:
        super().__init__(Retention())
        self.may_append, self.is_full = threading.Event(), False
        self.may_append.set()
        self.has_batch = threading.Event()

    def append(self, batch: Batch) -> None:
        self.has_batch.set()
        assert self.may_append.wait(TIMEOUT)
        if self.is_full:
            raise StorageError("storage_full", "the disk is full")
        super().append(batch)


@pytest.fixture
def admin(tmp_path_factory: pytest.TempPathFactory) -> Admin:
    return Admin(tmp_path_factory.mktemp("s") / "x.admin")


def code(answer: Answer) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


@on_both_drivers
def test_an_act_is_answered_when_it_is_recorded(serve: Serve, admin: Admin) -> None:
    admin.store.may_append.clear()
    answers: list[Answer] = []

    with serve(history=admin.store, hub=admin.hub, admin=admin.service):
        asking = threading.Thread(target=lambda: answers.append(admin.create("Ann")))
        asking.start()
        assert admin.store.has_batch.wait(TIMEOUT)
        names = admin.names()
        assert not answers
        admin.store.may_append.set()
        asking.join(TIMEOUT)

        assert answers == [Done("Ann")]
        assert (names, admin.names()) == ([], ["Ann"])


@on_both_drivers
def test_an_act_that_is_not_recorded_is_refused(serve: Serve, admin: Admin) -> None:
    admin.store.is_full = True

    with serve(history=admin.store, hub=admin.hub, admin=admin.service):
        assert code(admin.create("Ann")) == "storage_full"
        assert admin.names() == []


@on_both_drivers
def test_of_two_accounts_with_one_name_the_second_is_refused(
    serve: Serve, admin: Admin
) -> None:
    admin.store.may_append.clear()
    answers: list[Answer] = []

    with serve(history=admin.store, hub=admin.hub, admin=admin.service):
        asking = [
            threading.Thread(target=lambda: answers.append(admin.create("Ann")))
            for _ in range(2)
        ]
        for each in asking:
            each.start()
        assert admin.store.has_batch.wait(TIMEOUT)
        admin.store.may_append.set()
        for each in asking:
            each.join(TIMEOUT)

        refused = [each for each in answers if isinstance(each, Refused)]
        assert [each.code for each in refused] == ["name_registered"]
        assert Done("Ann") in answers


@on_both_drivers
def test_connections_that_send_nothing_delay_neither_the_chat_nor_others(
    serve: Serve, admin: Admin
) -> None:
    with serve(history=admin.store, hub=admin.hub, admin=admin.service) as server:
        idle = [admin.connect() for _ in range(MAX_CONNECTIONS - 1)]
        idle[0].sendall(b'{"type"')

        peer = server.connect()
        assert b"has entered the chat" in peer.receive()
        assert admin.create("Ann") == Done("Ann")
        for each in idle:
            each.close()


@on_both_drivers
def test_connections_that_send_nothing_are_closed_in_favour_of_others(
    serve: Serve, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "REQUEST_TIMEOUT", 0.2)
    with serve(history=admin.store, hub=admin.hub, admin=admin.service):
        idle = [admin.connect() for _ in range(MAX_CONNECTIONS)]

        assert admin.create("Ann") == Done("Ann")

        assert [each.recv(1) for each in idle] == [b""] * MAX_CONNECTIONS
        for each in idle:
            each.close()


@on_both_drivers
def test_a_request_that_comes_byte_by_byte_has_a_deadline_for_all_of_it(
    serve: Serve, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "REQUEST_TIMEOUT", 0.2)
    with serve(history=admin.store, hub=admin.hub, admin=admin.service):
        with admin.connect() as slow:
            slow.settimeout(0.01)
            started = time.monotonic()
            while time.monotonic() - started < TIMEOUT:
                try:
                    slow.sendall(b" ")
                    if not slow.recv(1):
                        break
                except TimeoutError:
                    continue
                except ConnectionError:
                    break

        assert time.monotonic() - started < TIMEOUT


@on_both_drivers
def test_a_tool_that_reads_no_answer_is_given_up(
    serve: Serve, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "WRITE_TIMEOUT", 0.2)
    monkeypatch.setattr(service_module, "encode_answer", lambda _: bytes(4 << 20))
    with serve(history=admin.store, hub=admin.hub, admin=admin.service):
        deaf = [admin.connect() for _ in range(MAX_CONNECTIONS)]
        for each in deaf:
            each.sendall(encode_request("accounts", {}))

        with admin.connect() as last:
            last.sendall(encode_request("accounts", {}))
            assert last.recv(1) == b"\0"
        for each in deaf:
            each.close()


@on_both_drivers
@pytest.mark.parametrize("line", [b"x" * 16_385 + b"\n", b"x" * 16_386])
def test_a_line_that_is_too_long_is_refused(
    serve: Serve, admin: Admin, line: bytes
) -> None:
    with serve(history=admin.store, hub=admin.hub, admin=admin.service):
        answer = ask_server(admin.path, line)

        assert code(answer) == "line_too_long"


@on_both_drivers
def test_a_stopped_server_has_no_socket(serve: Serve, admin: Admin) -> None:
    with serve(history=admin.store, hub=admin.hub, admin=admin.service):
        pass

    assert not admin.path.exists()
    with pytest.raises(NoServerError):
        admin.create("Ann")


@on_both_drivers
def test_the_outcome_is_open_if_the_server_ends_before_the_answer(
    serve: Serve, admin: Admin
) -> None:
    admin.store.may_append.clear()
    answers: list[Answer] = []
    with serve(history=admin.store, hub=admin.hub, admin=admin.service) as server:
        asking = threading.Thread(target=lambda: answers.append(admin.create("Ann")))
        asking.start()
        assert admin.store.has_batch.wait(TIMEOUT)
        server.stop()
        server.thread.join(TIMEOUT)
        assert server.runtime.admin is not None
        server.runtime.admin.close()
        asking.join(TIMEOUT)
        admin.store.may_append.set()

    assert [code(each) for each in answers] == ["outcome_unknown"]


@on_both_drivers
def test_the_outcome_is_open_if_the_history_takes_too_long(
    serve: Serve, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "ANSWER_TIMEOUT", 0.1)
    admin.store.may_append.clear()
    with serve(history=admin.store, hub=admin.hub, admin=admin.service):
        assert code(admin.create("Ann")) == "outcome_unknown"
        admin.store.may_append.set()


@on_both_drivers
def test_requests_that_are_not_recorded_do_not_pile_up(
    serve: Serve, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "ANSWER_TIMEOUT", 0.1)
    monkeypatch.setattr(requests_module, "MAX_WAITING", 2)
    admin.store.may_append.clear()
    with serve(history=admin.store, hub=admin.hub, admin=admin.service):
        codes = [code(admin.create(name)) for name in ("Ann", "Bob", "Cleo")]
        admin.store.may_append.set()

    assert codes == ["outcome_unknown", "outcome_unknown", "busy"]


@on_both_drivers
def test_an_act_is_logged_with_its_result_and_no_secret(
    serve: Serve, admin: Admin, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "parlour")
    with serve(history=admin.store, hub=admin.hub, admin=admin.service):
        admin.create("Ann")
        admin.names()
        admin.ask("role", name="Bob", role="admin")
        admin.ask("ban", name="192.0.2.1", seconds=60, reason="noise")

    records = [each for each in caplog.records if each.getMessage() == "admin.act"]
    facts = [getattr(each, "facts", {}) for each in records]
    created = {"act": "account-create", "name": "Ann", "role": "member"}
    refused = {"act": "role", "name": "Bob", "role": "admin"}
    banned = {"act": "ban", "address": "192.0.2.1/32", "seconds": "60"}
    assert facts == [
        created | {"result": "done"},
        refused | {"result": "no_such_account"},
        banned | {"result": "done"},
    ]


# -- the tool's side --------------------------------------------------------------


def answer_with(
    path: Path, answer: Callable[[socket.socket], None]
) -> threading.Thread:
    """Have a server at *path* answer one connection."""
    listener = AdminListener(path)

    def serve_one() -> None:
        connection, _ = listener.socket.accept()
        with connection:
            connection.recv(65_536)  # the request: unread bytes would reset it
            answer(connection)
        listener.close()

    thread = threading.Thread(target=serve_one)
    thread.start()
    return thread


def read_all(connection: socket.socket) -> None:
    """Read until the end of the stream."""
    while connection.recv(65_536):
        pass


@pytest.mark.parametrize(
    "line",
    [b"", b"half of an", b"[]\n", b'{"type": "pong", "data": {}}\n', b"\xff\n"],
)
def test_what_is_not_an_answer_is_reported(
    tmp_path_factory: pytest.TempPathFactory, line: bytes
) -> None:
    path = tmp_path_factory.mktemp("s") / "x.admin"
    server = answer_with(path, lambda connection: connection.sendall(line))

    with pytest.raises(NoAnswerError):
        ask_server(path, encode_request("accounts", {}))

    server.join(TIMEOUT)


def test_a_server_that_does_not_answer_is_reported(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "TIMEOUT", 0.1)
    path = tmp_path_factory.mktemp("s") / "x.admin"
    server = answer_with(path, read_all)

    with pytest.raises(NoAnswerError, match="does not answer"):
        ask_server(path, encode_request("accounts", {}))

    server.join(TIMEOUT)


def test_a_killed_server_does_not_listen(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("s") / "x.admin"
    AdminListener(path).socket.close()

    with pytest.raises(NoServerError):
        ask_server(path, encode_request("accounts", {}))
