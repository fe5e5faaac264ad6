"""The page: HTTP requests, forms with cookies, and WebSockets, at a running gateway.

An input is played to its end: until no request is in progress.
"""

import re
from typing import Final

from websockets.frames import Opcode

from parlour.gateways.web.cookies import (
    account_cookie,
    expired_cookies,
    form_cookie,
    parse_cookies,
)
from tests.fuzz.site import site, stop
from tests.fuzz.target import Target, steps, text_of
from tests.fuzz.targets.hub import WORDS as LINES
from tests.fuzz.targets.hub import check_lines

MAX_RESPONSE: Final = 4 << 20  # bytes for all requests of an input
STATUS: Final = re.compile(rb"^HTTP/1\.1 (\d{3}) ", re.MULTILINE)
ENDING: Final = (b"/sign-out", b"/account/")
"""Forms after which a browser may no longer be signed in."""
HANDSHAKE: Final = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


def fuzz_page(data: bytes) -> None:
    """Whatever is sent to the port of the page, no request fails inside."""
    running = site()
    data = data.replace(b"COOKIE_OF_ROMEO", running.romeo.cookie.encode())
    received = running.exchange(data.split(b"\0", 3))
    assert len(received) <= MAX_RESPONSE
    assert not received or received.startswith(b"HTTP/1.")
    assert b"500" not in STATUS.findall(received)


def fuzz_form(data: bytes) -> None:
    """A form of Romeo or of a stranger gets a page: ``PATH`` LF ``FIELDS``."""
    target, _, fields = data.partition(b"\n")
    path = bytes(each for each in target if 0x20 < each < 0x7F)
    browser = site().romeo if path.startswith(b"~") else site().stranger
    path = b"/" + path.lstrip(b"~/")
    sent, received = site().send_form(browser, path, fields)
    if path.startswith(ENDING) and browser is site().romeo:
        stop()
    statuses = STATUS.findall(received.encode())
    assert statuses, (sent, received[:200])
    assert b"500" not in statuses


def fuzz_websocket(data: bytes) -> None:
    """Frames of a page: a step is a frame of a kind, or with ``!`` any bytes."""
    pieces = [HANDSHAKE]
    for kind, rest in steps(data):
        if kind == "!":
            pieces.append(rest)
            continue
        is_last = kind != "f"
        opcode = _OPCODES.get(kind, Opcode.TEXT)
        pieces.append(_frame(opcode, rest, is_last=is_last))
    received = site().exchange(pieces)
    head, _, frames = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 "), head
    _check_frames(frames)


_OPCODES: Final = {
    "b": Opcode.BINARY,
    "p": Opcode.PING,
    "o": Opcode.PONG,
    "x": Opcode.CLOSE,
    "c": Opcode.CONT,
}


def _frame(opcode: Opcode, data: bytes, *, is_last: bool) -> bytes:
    """Return a frame with a mask of zeros, also a control frame that is too long."""
    head, size = opcode | (0x80 if is_last else 0), len(data)
    if size < 126:
        return bytes([head, 0x80 | size]) + bytes(4) + data
    if size < 1 << 16:
        return bytes([head, 0x80 | 126]) + size.to_bytes(2) + bytes(4) + data
    return bytes([head, 0x80 | 127]) + size.to_bytes(8) + bytes(4) + data


def _check_frames(frames: bytes) -> None:
    """Raise AssertionError unless all *frames* of the server are valid."""
    while frames:
        first, size = frames[0], frames[1] & 0x7F
        start = {126: 4, 127: 10}.get(size, 2)
        if start > 2:
            size = int.from_bytes(frames[2:start], "big")
        payload, frames = frames[start : start + size], frames[start + size :]
        assert len(payload) == size, "whole frames"
        if first & 0x0F == Opcode.TEXT:
            assert payload.endswith(b"\n")
            check_lines(payload)


def fuzz_cookies(data: bytes) -> None:
    """The key in a cookie comes back, and nothing else can be put into a header.

    The data are ``HEADER`` LF ``HOST``; a header that begins with ``/`` is sent to a
    page below a prefix.
    """
    header, _, host = text_of(data).partition("\n")
    prefix = "/chat" if header.startswith("/") else ""
    header = header.removeprefix("/")
    found = parse_cookies(header, host, prefix, is_secure=False)
    set_by = [*expired_cookies(host, prefix), form_cookie(host, "s" * 20, prefix)]
    if found.key is not None:
        for is_secure in (False, True):
            set_by.append(account_cookie(host, found.key, prefix, is_secure=is_secure))
            sent = set_by[-1].partition(";")[0]
            for has_tls in {False, is_secure}:
                read = parse_cookies(sent, host, prefix, is_secure=has_tls)
                assert read.key == found.key
            if not is_secure:
                assert not parse_cookies(sent, host, prefix, is_secure=True).has_account
    for each in set_by:
        assert each.isascii()
        assert each.isprintable()
        assert "HttpOnly" in each


PATHS: Final = (
    *(
        b"GET ",
        b"POST ",
        b" HTTP/1.1\r\n",
        b"Host: localhost\r\n",
        b"\r\n\r\n",
        b"/api/",
    ),
    *(b"/rooms", b"/m/1", b"/r/dev", b"/search?q=", b"/account", b"/say", b"/order"),
    *(b"Cookie: COOKIE_OF_ROMEO\r\n", b"Origin: http://localhost\r\n", b"csrf="),
    *(b"Content-Type: application/x-www-form-urlencoded\r\n", b"Content-Length: "),
    *(b"Upgrade: websocket\r\n", b"Transfer-Encoding: chunked\r\n", b"room=", b"name="),
    *(
        b"message=",
        b"id=",
        b"before=",
        b"after=",
        b"limit=",
        b"%00",
        b"%ED%A0%80",
        b"\0",
    ),
    *(b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n", b"Connection: Upgrade\r\n"),
)
TARGETS: Final = (
    Target(fuzz_page, PATHS),
    Target(fuzz_form, PATHS),
    Target(fuzz_websocket, (*LINES, b"\n!", b"\nf", b"\nc", b"\np", b"\nx\x03\xe8")),
    Target(
        fuzz_cookies,
        (
            *(b"parlour=", b"__Host-parlour-80=", b"__Secure-parlour=", b"/"),
            *(b"parlour-form=", b":80"),
        ),
    ),
)
