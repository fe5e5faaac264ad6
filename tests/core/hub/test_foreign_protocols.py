"""Clients of other protocols: nothing that they send is delivered as a message."""

import pytest

from tests.core.fake_server import FakeServer, line

FOREIGN_STARTS = {
    "an HTTP client": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP"),
    "a page that posts": (b'POST / HTTP/1.1\r\n\r\n{"type":"message"}\n', "HTTP"),
    "a TLS client": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "TLS"),
    "an SSH client": (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH"),
    "noise": (b"\x01\x02\0\0\0", "binary data"),
}


@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize("client", FOREIGN_STARTS)
def test_a_client_of_another_protocol_is_rejected_unannounced(
    client: str, size: int
) -> None:
    server = FakeServer()
    ann = server.member("Ann")
    peer = server.connect()
    data, protocol = FOREIGN_STARTS[client]

    for start in range(0, len(data), size):
        peer.send(data[start : start + size])
    server.wait(1.0)

    assert peer.ended is not None
    assert peer.ended.code == "not_a_chat_client"
    reason = f"this is a chat server; it speaks JSON lines, not {protocol}"
    assert peer.read() == [f"[Server]: {reason}"]
    assert peer.server_is_reading, (
        "a socket closed with unread input would reset the peer"
    )
    peer.disconnect()
    server.wait(1.0)
    assert ann.read() == []


FOREIGN_REQUESTS = {
    "POST": b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "lower case": b"post / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "PROPFIND": b"PROPFIND /a%20b HTTP/1.1\r\n\r\n",
    "QUERY": b"QUERY http://localhost:5555/?q HTTP/1.1\r\n\r\n",
    "M-SEARCH": b"M-SEARCH * HTTP/1.1\r\n\r\n",
    "no token": b"P\xc3\x96ST / http/1.1\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a response": b"HTTP/1.1 200 OK\r\n\r\n",
    "CRLF first": b"\r\n\r\nPOST / HTTP/1.1\r\n\r\n",
    "tabs": b"POST\t/\tHTTP/1.1\n\n",
    "only LF": b"POST / HTTP/1.0\n\n",
    "an endless target": b"POST /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    "an endless method": b"A" * 70_000 + b" / HTTP/1.1\r\n\r\n",
    "SIP": b"INVITE sip:ann@localhost SIP/2.0\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\n",
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "binary": b"\x01\x00\x02\n",
}


@pytest.mark.parametrize("size", [1, 3, 100_000])
@pytest.mark.parametrize("client", FOREIGN_REQUESTS)
def test_nothing_of_another_protocol_is_delivered_after_admission(
    client: str, size: int
) -> None:
    server = FakeServer()
    ann = server.member("Ann")
    peer = server.connect()
    server.wait(10.0)
    ann.read()
    data = FOREIGN_REQUESTS[client] + line("message", "forged")

    for start in range(0, len(data), size):
        peer.feed(data[start : start + size])
    server.wait(1.0)

    assert peer.ended is not None
    assert peer.ended.code == "not_a_chat_client"
    assert [text for text in ann.read() if "has left" not in text] == []


def test_an_http_request_without_a_version_is_recognised_after_blank_lines() -> None:
    server = FakeServer()
    ann, peer = server.member("Ann"), server.connect()

    peer.send(b"\r\nPOST /\r\n" + line("message", "forged"))

    assert peer.ended is not None
    assert peer.ended.code == "not_a_chat_client"
    assert [text for text in ann.read() if "has left" not in text] == []


@pytest.mark.parametrize(
    "client", sorted(FOREIGN_REQUESTS.keys() - {"TLS", "SSH", "binary"})
)
def test_an_http_request_of_an_active_member_closes_its_connection(
    client: str,
) -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    ann.send(line("message", "hi") + b"nonsense\n")
    ann.send(FOREIGN_REQUESTS[client] + line("message", "forged"))

    server.wait(1.0)

    assert bob.read() == ["Ann: hi", "[Server]: Ann has left the chat"]


@pytest.mark.parametrize("client", ["TLS", "SSH", "binary"])
def test_binary_data_from_an_active_member_is_refused(
    client: str,
) -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    ann.send(line("message", "hi"))
    ann.send(FOREIGN_REQUESTS[client] + line("message", "still here"))

    assert bob.read() == ["Ann: hi", "Ann: still here"]


@pytest.mark.parametrize(
    "text",
    [
        "see RFC 9112 HTTP/1.1",
        "GET / HTTP/1.1",
        "SSH-2.0-OpenSSH",
        "POST",
    ],
)
def test_a_message_may_quote_another_protocol(text: str) -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    ann.send_text(text)

    assert bob.read() == [f"Ann: {text}"]


def test_plain_text_is_refused_without_closing_the_connection() -> None:
    server = FakeServer()
    peer = server.member("Ann")

    for text in (b"hello\r\n", b"and /users\r\n", b"GET out of here\r\n"):
        peer.send(text)

    assert peer.ended is None
    assert len(peer.read()) == 3


def test_an_overlong_line_that_is_not_an_object_closes_the_connection() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    ann.send(b"{" + b"a" * 70_000 + b"}\n" + line("message", "still here"))
    bob.send(b"x" * 70_000 + b"\n" + line("message", "never delivered"))
    server.wait(1.0)

    assert ann.read()[1:] == ["Ann: still here", "[Server]: Bob has left the chat"]
    assert bob.ended is not None
    assert bob.ended.code == "not_a_chat_client"
