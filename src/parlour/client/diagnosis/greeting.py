"""The hello: which dialect a server has, or why a client cannot talk to it."""

import json
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from parlour import __version__
from parlour.core.default_ports import CHAT_PORT

from ..protocol import plain, session_decoder, session_encoder
from ..protocol.display_items import ChatMessage
from ..protocol.negotiation import PLAIN_TIMEOUT, SESSION_TIMEOUT
from ..protocol.server_events import Bye, Ping, Refused, Welcome
from ..terminal.safe_text import make_safe
from .findings import Finding, error, ok, warning
from .lines import LineReader, other_protocol, shown

STEP: Final = "hello"
SEND_TIMEOUT: Final = 5.0  # seconds
NOTICE: Final = "[Server]"
ENTERED: Final = "has entered the chat"
NEEDS_TLS: Final = "this port is for TLS"

HELLO: Final = (
    json.dumps(
        {
            "type": "hello",
            "data": {
                "version": 1,
                "client": f"parlour-doctor/{__version__}",
                "late": True,
                "rooms": [],
            },
        }
    ).encode()
    + b"\n"
)
"""A hello that enters no room, so that nobody notices it."""

USERS: Final = b'{"type": "users", "data": ""}\n'
"""A question of the assignment's protocol, whose answer is for the asker alone."""

SILENT: Final = "the server accepts the connection, and sends nothing"
SILENT_ADVICE: Final = "check the port, and whether it is one for TLS (--tls)"

BUSY: Final = "the server is busy: it sends pings and no welcome"
BUSY_ADVICE: Final = "try again later, or ask the operator of the server"

ADVICE: Final = {
    "banned": "ask the operator of the server",
    "server_full": "try again later, or ask the operator to raise max-users",
    "too_many_connections": "close other connections from this address",
    "too_many_arrivals": "try again in some seconds",
    "server_stopping": "try again when it has restarted",
    "no_proxy_header": "connect through the proxy, or from another address",
}
"""What to do about a rejected connection, by its code."""

PHRASES: Final = {
    "you are banned": "banned",
    "the server is full": "server_full",
    "connections here": "too_many_connections",
    "in a short time": "too_many_arrivals",
    "shutting down": "server_stopping",
    "PROXY header": "no_proxy_header",
}
"""Parts of our reasons, which come without their codes in the assignment's protocol."""

ASK: Final = "ask the operator of the server"


class Greeted(NamedTuple):
    """A server that talks: it has the session dialect if there is a *welcome*."""

    finding: Finding
    welcome: bytes = b""
    """The line, or "" if the server wants an account first, or is a plain one."""
    refusal: str = ""
    """The code of an error about the hello."""
    is_session: bool = False


class NotGreetedError(Exception):
    """No chat with the server is possible; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.text)
        self.finding = finding


def greet(
    lines: LineReader, reconnect: Callable[[], LineReader], patience: float
) -> tuple[LineReader, Greeted]:
    """Say hello to a server; return what it answers, and the connection that is left.

    The server may say nothing for *patience* seconds.
    A server of the assignment may close a connection because of a hello. Then it is
    asked again without one. Raises `NotGreetedError`.
    """
    lines.send(HELLO, SEND_TIMEOUT)
    heard = _listen(lines, patience)
    if heard is None and not lines.has_ended:
        lines.send(USERS, SEND_TIMEOUT)
        heard = _listen(lines, patience)
        if heard is None and not lines.has_ended:
            raise NotGreetedError(error(STEP, SILENT, SILENT_ADVICE))
    if isinstance(heard, Greeted):
        return lines, heard
    if heard and ENTERED not in heard.text:
        raise NotGreetedError(_rejected("", heard.text))
    again = reconnect()
    heard = _listen(again, patience)
    if heard is None and not again.has_ended:  # silent, but it did not like the hello
        again.send(USERS, SEND_TIMEOUT)
        heard = _listen(again, patience)
    if isinstance(heard, Greeted):
        return again, heard
    if heard and ENTERED not in heard.text:
        raise NotGreetedError(_rejected("", heard.text))
    text = "the server closes each connection and "
    text += "gives no reason" if heard else "says nothing"
    advice = "ask the operator whether your address is banned, or try --tls"
    raise NotGreetedError(error(STEP, text, advice))


def _listen(lines: LineReader, patience: float) -> Greeted | ChatMessage | None:
    """Return who the server is; its last line if it closed the connection.

    None means that it has sent nothing until then.

    Raises `NotGreetedError` if it is none that a client can use.
    """
    last: ChatMessage | None = None
    refusal, is_busy = "", False
    deadline = time.monotonic() + patience
    while (line := lines.read(deadline)) is not None:
        if not line.strip():
            continue
        match session_decoder.decode(line):
            case Welcome():
                return _session(line, refusal, is_busy=is_busy)
            case Refused(code, reason, about="hello") if code == "sign_in_required":
                finding = ok(STEP, f"the session dialect: {make_safe(reason)}")
                return Greeted(finding, b"", code, is_session=True)
            case Refused(code):
                refusal = code
            case Bye(code, reason):
                raise NotGreetedError(_rejected(code, reason))
            case Ping(token):
                now = time.monotonic()
                if not is_busy:  # only the first ping gives the server more time
                    is_busy, deadline = True, now + SESSION_TIMEOUT
                if now < deadline:
                    lines.send(session_encoder.pong(token), SEND_TIMEOUT)
            case _:
                last = plain.decode(line)
                if last is None:
                    raise NotGreetedError(_not_a_chat(line))
                if not is_busy:
                    deadline = min(deadline, time.monotonic() + PLAIN_TIMEOUT)
    return _not_welcomed(lines, last, is_busy=is_busy)


def _not_welcomed(
    lines: LineReader, last: ChatMessage | None, *, is_busy: bool
) -> Greeted | ChatMessage | None:
    """Return who a server is that has sent no welcome; see `_listen`."""
    has_reason = lines.has_ended and last is not None and ENTERED not in last.text
    if is_busy and not has_reason:
        raise NotGreetedError(error(STEP, BUSY, BUSY_ADVICE))
    if lines.unended:
        raise NotGreetedError(_not_a_chat(lines.unended))
    if lines.has_ended or last is None:
        return last
    text = "speaks the assignment's protocol, without the session dialect"
    return Greeted(ok(STEP, text))


def _session(line: bytes, refusal: str, *, is_busy: bool) -> Greeted:
    found = json.loads(line)["data"]
    server = make_safe(f"{found.get('server') or 'an unknown program'}")[:64]
    text = f"the session dialect, version {found.get('version')}, from {server}"
    finding = ok(STEP, text)
    if is_busy:
        text += "; the server is busy, and has sent pings before its welcome"
        finding = warning(STEP, text, BUSY_ADVICE)
    return Greeted(finding, line, refusal, is_session=True)


def _rejected(code: str, reason: str) -> Finding:
    """Return why the server has closed the connection."""
    if NEEDS_TLS in reason:
        text, advice = "the port is for TLS", "use --tls, or the port without it"
        return error(STEP, text, advice)
    return error(STEP, f"rejected: {make_safe(reason)[:200]}", advice_for(code, reason))


def advice_for(code: str, reason: str) -> str:
    """Return what to do about a connection that the server closed with a *reason*."""
    known = (code for phrase, code in PHRASES.items() if phrase in reason)
    return ADVICE.get(code or next(known, ""), ASK)


def _not_a_chat(data: bytes) -> Finding:
    protocol = other_protocol(data)
    if protocol == "TLS":
        return error(STEP, "the server speaks TLS at this port", "use --tls")
    if protocol:
        text = f"the server speaks {protocol}, not the protocol of this chat"
        advice = f"use the port of the chat, {CHAT_PORT} by default"
        return error(STEP, text, advice)
    text = f"the server sends what is not a line of the chat: {shown(data)}"
    return error(STEP, text, "check the host and the port")
