"""HTTP at the gateway, to the letter: what is asked of whom, and who is refused."""

import http.client
import socket

import pytest

from parlour.core.limits import Limits
from tests.gateways.web.clients import (
    WATCH,
    connect_socket,
    on_both_drivers,
    read_to_end,
    receive_event,
    request,
    status,
)
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.stage import PATIENCE, Serve

HOST = "Host: localhost"
ALLOW = b"allow: get, head, options"


def asked(gateway: RunningGateway, head: str) -> bytes:
    """Send *head* as it is, end our side of the connection if it stays open."""
    with connect_socket(gateway) as sock:
        sock.sendall(head.encode())
        return read_to_end(sock)


@on_both_drivers
@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (f"GET / HTTP/1.1\r\n{HOST}\r\nHost: localhost", 400),
        (f"GET / HTTP/1.1\r\n{HOST}\r\nHost: evil.example", 400),
        ("GET / HTTP/1.1", 400),
        (f"GET / HTTP/1.1\r\n{HOST}\r\nContent-Length: 0\r\nContent-Length: 1", 400),
        (f"GET /m/%D9%A3 HTTP/1.1\r\n{HOST}", 404),
        (f"GET /nowhere HTTP/1.1\r\n{HOST}", 404),
        (f"GET //evil.example/ HTTP/1.1\r\n{HOST}", 404),
        (f"GET // HTTP/1.1\r\n{HOST}", 404),
        (f"GET / HTTP/2.0\r\n{HOST}", 505),
        (f"GET / HTTP/0.9\r\n{HOST}", 505),
        (f"GET healthz HTTP/1.1\r\n{HOST}", 400),
        (f"GET * HTTP/1.1\r\n{HOST}", 400),
        (f"OPTIONS * HTTP/1.1\r\n{HOST}", 204),
        (f"OPTIONS / HTTP/1.1\r\n{HOST}", 204),
        (f"OPTIONS /nowhere HTTP/1.1\r\n{HOST}", 404),
        (f"GET http://localhost/healthz HTTP/1.1\r\n{HOST}", 200),
        (f"GET HTTP://LOCALHOST:80/healthz HTTP/1.1\r\n{HOST}", 200),
        (f"GET http://localhost HTTP/1.1\r\n{HOST}", 200),
        (f"GET http://evil.example/ HTTP/1.1\r\n{HOST}", 400),
        ("GET http://localhost/healthz HTTP/1.1\r\nHost: evil.example", 200),
        (f"HEAD /healthz HTTP/1.1\r\n{HOST}", 200),
        (f"CONNECT localhost:80 HTTP/1.1\r\n{HOST}", 405),
        (f"BREW / HTTP/1.1\r\n{HOST}", 501),
        (f"get / HTTP/1.1\r\n{HOST}", 501),
        (f"GET /ws HTTP/1.1\r\n{HOST}", 426),
        (f"GET / HTTP/1.1\r\n{HOST}\r\nUpgrade: websocket", 200),
        (f"GET / HTTP/1.1\r\n{HOST}\r\nContent-Length: 000", 200),
        (f"GET / HTTP/1.1\r\n{HOST}\r\nContent-Length: 1", 413),
    ],
)
def test_responses_have_the_status_that_http_prescribes(
    serve: Serve, head: str, expected: int
) -> None:
    with run_gateway(serve) as gateway:
        answered = request(gateway, head)

    assert status(answered) == expected
    assert (ALLOW in answered.lower()) == (expected in {204, 405})
    assert (b"upgrade: websocket" in answered.lower()) == (expected == 426)
    if expected == 204:
        assert b"content-length" not in answered.lower()


@on_both_drivers
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/api/messages", "/healthz", "/ws"])
def test_other_methods_are_not_allowed_with_or_without_a_body(
    serve: Serve, method: str, path: str
) -> None:
    head = f"{method} {path} HTTP/1.1\r\n{HOST}"
    with run_gateway(serve) as gateway:
        bare = request(gateway, head)
        full = request(gateway, f"{head}\r\nContent-Length: 9", b"something")

    for answered in (bare, full):
        assert status(answered) == 405
        assert ALLOW in answered.lower()


@on_both_drivers
def test_a_refused_request_is_answered_before_its_body_arrives(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        head = f"POST / HTTP/1.1\r\n{HOST}\r\nContent-Length: 1000000\r\n\r\n"

        assert status(asked(gateway, head)) == 405


@on_both_drivers
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/healthz", "/"])
def test_a_health_check_without_a_host_is_answered(
    serve: Serve, method: str, path: str
) -> None:
    with run_gateway(serve) as gateway:
        answered = asked(gateway, f"{method} {path} HTTP/1.0\r\n\r\n")
        empty = request(gateway, "GET /healthz HTTP/1.1\r\nHost:")
        foreign = request(gateway, "GET /healthz HTTP/1.0\r\nHost: evil.example")

    assert status(answered) == (204 if method == "OPTIONS" else 200)
    assert status(empty) == 200
    assert status(foreign) == 400


@on_both_drivers
def test_connections_per_address_are_limited(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parlour.gateways.web.gateway.MAX_PER_ADDRESS", 3)
    with run_gateway(serve, Limits(max_pages=50)) as gateway:
        idle = [
            socket.create_connection(
                ("127.0.0.1", gateway.port), PATIENCE, source_address=("127.0.0.9", 0)
            )
            for _ in range(4)
        ]

        assert status(read_to_end(idle[-1])) == 503
        assert status(request(gateway, f"GET / HTTP/1.1\r\n{HOST}")) == 200
        for sock in idle:
            sock.close()


@on_both_drivers
def test_sessions_per_address_are_limited(serve: Serve) -> None:
    limits = Limits(max_pages=50, max_per_address=2)
    with run_gateway(serve, limits) as gateway:
        pages = [gateway.connect(source="127.0.0.9") for _ in range(3)]
        told = []
        for page in pages:
            page.send(WATCH)
            told.append(receive_event(page))

        assert [kind for kind, _ in told] == ["welcome", "welcome", "bye"]
        assert told[-1][1]["code"] == "too_many_connections"
        other = gateway.connect(source="127.0.0.10")
        other.send(WATCH)
        assert receive_event(other)[0] == "welcome"


@on_both_drivers
def test_a_refusal_is_logged_with_host_and_origin(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    with run_gateway(serve) as gateway:
        request(gateway, "GET / HTTP/1.1\r\nHost: evil.example")
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, PATIENCE)
        handshake = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Origin": "http://other.example:81",
        }
        connection.request("GET", "/ws", headers=handshake)
        reason = connection.getresponse().read().decode()
        connection.close()

    told = [getattr(r, "facts", {}) for r in caplog.records if r.msg == "page.refused"]
    assert [(each["code"], each["host"], each["origin"]) for each in told] == [
        ("unknown_host", "evil.example", None),
        ("foreign_origin", f"127.0.0.1:{gateway.port}", "http://other.example:81"),
    ]
    assert all(getattr(r, "is_limited", False) for r in caplog.records)
    assert "http://other.example:81" in reason
    assert "--web-allow" in reason


@on_both_drivers
def test_a_script_can_request_the_reason_of_a_refused_handshake(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        own = f"http://localhost:{gateway.port}"
        host = f"Host: localhost:{gateway.port}"
        good = request(gateway, f"GET /ws?origin={own} HTTP/1.1\r\n{host}")
        bad = request(gateway, f"GET /ws?origin=http://other:9 HTTP/1.1\r\n{host}")

    assert b'"allowed":true' in good
    assert b'"allowed":false' in bad
    assert b"http://other:9" in bad
