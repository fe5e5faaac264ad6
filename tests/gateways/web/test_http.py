"""HTTP requests: methods, targets, bodies, limits and timeouts."""

import socket
import time
from contextlib import suppress

import pytest

from parlour.gateways.web import gateway as gateway_module
from parlour.gateways.web import http
from tests.gateways.web.clients import (
    connect_socket,
    read_to_end,
    request,
    status,
)
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.running_servers import TIMEOUT, Serve, on_both_drivers

HOST = "Host: localhost"
ALLOW = b"allow: get, head, options"


def send_raw(gateway: RunningGateway, head: str) -> bytes:
    """Send *head* unchanged, and return all bytes until the gateway closes."""
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
def test_responses_have_the_status_that_http_requires(
    serve: Serve, head: str, expected: int
) -> None:
    with run_gateway(serve) as gateway:
        response = request(gateway, head)

    assert status(response) == expected
    assert (ALLOW in response.lower()) == (expected in {204, 405})
    assert (b"upgrade: websocket" in response.lower()) == (expected == 426)
    if expected == 204:
        assert b"content-length" not in response.lower()


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

    for response in (bare, full):
        assert status(response) == 405
        assert ALLOW in response.lower()


@on_both_drivers
def test_a_refused_request_is_answered_before_its_body_arrives(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        head = f"POST / HTTP/1.1\r\n{HOST}\r\nContent-Length: 1000000\r\n\r\n"

        assert status(send_raw(gateway, head)) == 405


@on_both_drivers
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/healthz", "/"])
def test_a_health_check_without_a_host_is_answered(
    serve: Serve, method: str, path: str
) -> None:
    with run_gateway(serve) as gateway:
        response = send_raw(gateway, f"{method} {path} HTTP/1.0\r\n\r\n")
        empty = request(gateway, "GET /healthz HTTP/1.1\r\nHost:")
        foreign = request(gateway, "GET /healthz HTTP/1.0\r\nHost: evil.example")

    assert status(response) == (204 if method == "OPTIONS" else 200)
    assert status(empty) == 200
    assert status(foreign) == 400


@on_both_drivers
def test_a_request_with_a_body_is_refused(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        with_length = "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000"
        chunked = "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked"

        assert status(request(gateway, with_length, b"x" * 100_000)) == 413
        assert status(request(gateway, chunked, b"5\r\nhello\r\n")) == 413


@on_both_drivers
def test_an_invalid_chunked_body_is_refused_without_a_traceback(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    with run_gateway(serve) as gateway:
        chunked = "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked"

        assert status(request(gateway, chunked, b"not a number\r\n")) == 400

    assert not [each for each in caplog.records if each.exc_info]


@on_both_drivers
def test_a_request_head_that_is_too_long_is_refused(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        head = f"GET / HTTP/1.1\r\nHost: localhost\r\nX: {'x' * 20_000}"

        assert status(request(gateway, head)) == 431


@on_both_drivers
def test_a_request_head_without_an_end_is_refused(serve: Serve) -> None:
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 20_000)

        assert status(read_to_end(sock)) == 400


@on_both_drivers
@pytest.mark.parametrize("start", [b"", b"GET / HTTP/1.1\r\nHost: lo"])
def test_an_incomplete_request_times_out(
    serve: Serve, start: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "REQUEST_TIMEOUT", 0.1)
    monkeypatch.setattr(gateway_module, "SWEEP_INTERVAL", 0.05)
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(start)

        assert read_to_end(sock) == b""


@on_both_drivers
@pytest.mark.parametrize("more", [b"", b"x"], ids=["stops", "trickles"])
def test_a_form_whose_body_is_incomplete_times_out(
    serve: Serve, more: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "REQUEST_TIMEOUT", 1e9)
    monkeypatch.setattr(http, "RESPONSE_TIMEOUT", 0.2)
    monkeypatch.setattr(gateway_module, "SWEEP_INTERVAL", 0.05)
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        form = "Content-Type: application/x-www-form-urlencoded"
        head = (
            f"POST /say HTTP/1.1\r\n{HOST}\r\n{form}\r\nContent-Length: 60000\r\n\r\n"
        )
        sock.sendall(head.encode() + b"message=")
        end = time.monotonic() + TIMEOUT

        sock.settimeout(0.02)  # seconds between two pieces
        while not has_ended(sock, more):
            assert time.monotonic() < end


def has_ended(sock: socket.socket, more: bytes) -> bool:
    """Return whether the gateway has aborted the connection; if not, send *more*."""
    try:
        received = sock.recv(1)
    except TimeoutError:
        with suppress(ConnectionError):  # the next call returns
            sock.sendall(more)
        return False
    except ConnectionResetError:
        return True
    assert received == b"", "a form without its end has no response"
    return True
