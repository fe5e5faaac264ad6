"""What the operator's side reads: lines of the admin socket, HTTP of the ops port."""

from functools import cache
from http import HTTPStatus
from typing import Final

import h11

from parlour.core.events import Refused
from parlour.core.hosts import AllowedHosts
from parlour.core.protocol.admin_answers import Answer, decode_answer, encode_answer
from parlour.core.protocol.admin_requests import decode_request
from parlour.core.protocol.process_requests import ProcessRequest
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import InlineRecorder
from parlour.server.admin_socket.requests import (
    HistoryQuery,
    LookedUp,
    PendingRequests,
)
from parlour.server.batch_times import BatchTimes
from parlour.server.monitoring.exposition import Exposition
from parlour.server.monitoring.http import MAX_HEAD, Exchange, Request, text
from parlour.server.monitoring.readings import Reading, read
from parlour.server.monitoring.versions import versions
from parlour.server.runtime import Runtime
from tests.core.account_peers import register
from tests.core.fake_server import WALL, FakeServer, line
from tests.fuzz.target import MAX_STEPS, Target


def fuzz_admin(data: bytes) -> None:
    """Every line of the admin socket gets one answer, which the tool can read."""
    server = FakeServer()
    romeo = register(server, "Romeo")
    romeo.send(line("message", {"message": "But soft"}))
    answers: list[Answer | LookedUp] = []

    def look_up(query: HistoryQuery, done: object) -> None:
        assert callable(done)
        done(server.history.read(query))

    pending = PendingRequests(server.hub, look_up)
    for asked in data.split(b"\n", MAX_STEPS)[:MAX_STEPS]:
        decoded = decode_request(asked)
        if isinstance(decoded, Refused):
            assert decode_answer(encode_answer(decoded)) == decoded
            continue
        _, request = decoded
        if isinstance(request, ProcessRequest):
            continue  # the process of a server carries it out
        answers.clear()
        pending.begin(request, WALL, answers.append)
        while answers and isinstance(found := answers[0], LookedUp):
            answers.clear()
            pending.resume(found, answers.append)
        server.turn()
        pending.settle()
        (answer,) = answers
        assert not isinstance(answer, LookedUp)
        encoded = encode_answer(answer)
        assert encoded.count(b"\n") == 1
        assert type(decode_answer(encoded)) is type(answer)
    server.wait(20.0)
    server.restart()


@cache
def _reading() -> Reading:
    history = MemoryStore(Retention())
    runtime = Runtime(
        hub=FakeServer().hub,
        recorder=InlineRecorder(history),
        listeners=[],
        recv_size=1,
        announce=lambda: None,
    )
    found = read(runtime, BatchTimes(runtime.clock))
    runtime.recorder.close(1.0)
    return found


@cache
def _exposition() -> Exposition:
    return Exposition(versions("async"))


def fuzz_ops_http(data: bytes) -> None:
    """Every request gets one response that a client of HTTP can read, or none."""
    exchange, hosts = Exchange(), AllowedHosts(["metrics.example.org"])
    half = data[0] if data else 0
    found = None
    for piece in (data[1 : 1 + half], data[1 + half :], b""):
        if found is None:
            try:
                found = exchange.receive(piece)
            except EOFError:
                return
    if found is None:
        return
    if isinstance(found, Request):
        hosts.allows(found.host)
        _, kind = _exposition().encode(_reading(), found.accept, is_ready=True)
        assert kind.isprintable()
        response = text(HTTPStatus.OK, found.path, kind)
    else:
        response = found
    client = h11.Connection(h11.CLIENT)
    method = "HEAD" if data[1:].lstrip(b"\r\n").startswith(b"HEAD ") else "GET"
    client.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    client.send(h11.EndOfMessage())
    client.receive_data(exchange.encode(response))
    head = client.next_event()
    assert isinstance(head, h11.Response)
    while isinstance(event := client.next_event(), h11.Data):
        assert len(event.data) <= 2 * MAX_HEAD
    assert isinstance(event, h11.EndOfMessage)


ADMIN: Final = tuple(
    word.encode()
    for word in (
        *('{"type":"', '","data":{', '"account-create"', '"account-password"'),
        *('"account-enable"', '"account-erase"', '"account-erase-texts"', '"accounts"'),
        *('"account-revoke"', '"account-devices"', '"invite"', '"uninvite"', '"kick"'),
        *(
            '"mute"',
            '"ban"',
            '"unban"',
            '"set-room"',
            '"role"',
            '"close"',
            '"announce"',
        ),
        *('"erase"', '"sanctions"', '"audit"', '"topic"', '"users"', '"backup"'),
        *(
            '"name":"Romeo"',
            '"room":"lobby"',
            '"seconds":',
            '"number":1',
            '"password":',
        ),
        *('"$argon2id$x"', '"sequence":1', '"after":0', '"limit":', '"reason":"'),
        *("\n", "null", "true", "\\ud800", "192.0.2.1"),
    )
)
HTTP: Final = (
    *(b"GET /metrics HTTP/1.1\r\n", b"Host: ", b"Accept: ", b"\r\n\r\n", b"HEAD"),
    *(b"application/openmetrics-text; version=1.0.0", b"text/plain", b"escaping="),
    *(b"Content-Length: 0", b"Transfer-Encoding: chunked", b"q=0.5", b"HTTP/1.0"),
)
TARGETS: Final = (Target(fuzz_admin, ADMIN, 4096), Target(fuzz_ops_http, HTTP))
