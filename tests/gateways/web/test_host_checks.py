"""Requests with a foreign Host or Origin are refused and logged."""

import http.client
import socket

import pytest

from tests.gateways.web.clients import (
    connect_socket,
    read_to_end,
    request,
    status,
)
from tests.gateways.web.running_gateway import run_gateway
from tests.server.running_servers import TIMEOUT, Serve, on_both_drivers


@on_both_drivers
@pytest.mark.parametrize("path", ["/", "/ws", "/healthz", "/api/messages"])
def test_a_request_for_an_unknown_host_is_refused(serve: Serve, path: str) -> None:
    with run_gateway(serve) as gateway:
        foreign = request(gateway, f"GET {path} HTTP/1.1\r\nHost: evil.example")
        allowed = request(gateway, f"GET {path} HTTP/1.1\r\nHost: localhost")

    assert status(foreign) == 400
    assert b"--web-allow" in foreign
    assert status(allowed) == (426 if path == "/ws" else 200)


@on_both_drivers
def test_a_handshake_for_an_unknown_host_is_refused_and_logged_with_its_origin(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    upgrade = (
        "Host: evil.example\r\nOrigin: http://evil.example\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="
    )
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(f"GET /ws HTTP/1.1\r\n{upgrade}\r\n\r\n".encode())
        sock.shutdown(socket.SHUT_WR)

        assert status(read_to_end(sock)) == 400

    refused = [each for each in caplog.records if each.msg == "page.refused"]
    (facts,) = [getattr(each, "facts", {}) for each in refused]
    assert facts["code"] == "unknown_host"
    assert (facts["host"], facts["origin"]) == ("evil.example", "http://evil.example")


@on_both_drivers
def test_a_refusal_is_logged_with_host_and_origin(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    with run_gateway(serve) as gateway:
        request(gateway, "GET / HTTP/1.1\r\nHost: evil.example")
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, TIMEOUT)
        handshake = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Origin": "http://other.example:81",
        }
        connection.request("GET", "/ws", headers=handshake)
        reason = connection.getresponse().read().decode()
        connection.close()

    events = [
        getattr(r, "facts", {}) for r in caplog.records if r.msg == "page.refused"
    ]
    assert [(each["code"], each["host"], each["origin"]) for each in events] == [
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
        allowed = request(gateway, f"GET /ws?origin={own} HTTP/1.1\r\n{host}")
        refused = request(gateway, f"GET /ws?origin=http://other:9 HTTP/1.1\r\n{host}")

    assert b'"allowed":true' in allowed
    assert b'"allowed":false' in refused
    assert b"http://other:9" in refused
