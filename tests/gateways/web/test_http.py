"""HTTP at the door, to the letter: what is asked of whom, and who is refused."""

import http.client
import socket

import pytest

from parlour.core.limits import Limits
from tests.gateways.web.clients import (
    WATCH,
    answer,
    heard,
    on_both,
    plain_socket,
    request,
    status,
)
from tests.gateways.web.running_gateway import Open, serve_pages
from tests.server.stage import PATIENCE, Serve

HOST = "Host: localhost"
ALLOW = b"allow: get, head, options"


def asked(door: Open, head: str) -> bytes:
    """Send *head* as it is, end our side of the connection if it stays open."""
    with plain_socket(door) as sock:
        sock.sendall(head.encode())
        return answer(sock)


@on_both
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
def test_a_request_is_answered_as_http_says(
    serve: Serve, head: str, expected: int
) -> None:
    with serve_pages(serve) as door:
        answered = request(door, head)

    assert status(answered) == expected
    assert (ALLOW in answered.lower()) == (expected in {204, 405})
    assert (b"upgrade: websocket" in answered.lower()) == (expected == 426)
    if expected == 204:
        assert b"content-length" not in answered.lower()


@on_both
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/api/messages", "/healthz", "/ws"])
def test_what_is_only_read_says_so_whatever_body_comes(
    serve: Serve, method: str, path: str
) -> None:
    head = f"{method} {path} HTTP/1.1\r\n{HOST}"
    with serve_pages(serve) as door:
        bare = request(door, head)
        full = request(door, f"{head}\r\nContent-Length: 9", b"something")

    for answered in (bare, full):
        assert status(answered) == 405
        assert ALLOW in answered.lower()


@on_both
def test_a_body_that_is_not_wanted_is_not_waited_for(serve: Serve) -> None:
    with serve_pages(serve) as door:
        head = f"POST / HTTP/1.1\r\n{HOST}\r\nContent-Length: 1000000\r\n\r\n"

        assert status(asked(door, head)) == 405


@on_both
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/healthz", "/"])
def test_a_check_without_a_host_is_answered(
    serve: Serve, method: str, path: str
) -> None:
    with serve_pages(serve) as door:
        answered = asked(door, f"{method} {path} HTTP/1.0\r\n\r\n")
        empty = request(door, "GET /healthz HTTP/1.1\r\nHost:")
        foreign = request(door, "GET /healthz HTTP/1.0\r\nHost: evil.example")

    assert status(answered) == (204 if method == "OPTIONS" else 200)
    assert status(empty) == 200
    assert status(foreign) == 400


@on_both
def test_one_address_cannot_take_every_place(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parlour.gateways.web.gateway.MAX_PER_ADDRESS", 3)
    with serve_pages(serve, Limits(max_pages=50)) as door:
        idle = [
            socket.create_connection(
                ("127.0.0.1", door.port), PATIENCE, source_address=("127.0.0.9", 0)
            )
            for _ in range(4)
        ]

        assert status(answer(idle[-1])) == 503
        assert status(request(door, f"GET / HTTP/1.1\r\n{HOST}")) == 200
        for sock in idle:
            sock.close()


@on_both
def test_one_address_cannot_take_every_place_by_open_pages(serve: Serve) -> None:
    limits = Limits(max_pages=50, max_per_address=2)
    with serve_pages(serve, limits) as door:
        pages = [door.connect(source="127.0.0.9") for _ in range(3)]
        told = []
        for page in pages:
            page.send(WATCH)
            told.append(heard(page))

        assert [kind for kind, _ in told] == ["welcome", "welcome", "bye"]
        assert told[-1][1]["code"] == "too_many_connections"
        other = door.connect(source="127.0.0.10")
        other.send(WATCH)
        assert heard(other)[0] == "welcome"


@on_both
def test_a_refusal_is_logged_with_both_names(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    with serve_pages(serve) as door:
        request(door, "GET / HTTP/1.1\r\nHost: evil.example")
        connection = http.client.HTTPConnection("127.0.0.1", door.port, PATIENCE)
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
        ("foreign_origin", f"127.0.0.1:{door.port}", "http://other.example:81"),
    ]
    assert all(getattr(r, "is_limited", False) for r in caplog.records)
    assert "http://other.example:81" in reason
    assert "--web-allow" in reason


@on_both
def test_a_script_can_ask_why_its_socket_is_refused(serve: Serve) -> None:
    with serve_pages(serve) as door:
        own = f"http://localhost:{door.port}"
        host = f"Host: localhost:{door.port}"
        good = request(door, f"GET /ws?origin={own} HTTP/1.1\r\n{host}")
        bad = request(door, f"GET /ws?origin=http://other:9 HTTP/1.1\r\n{host}")

    assert b'"allowed":true' in good
    assert b'"allowed":false' in bad
    assert b"http://other:9" in bad
