"""The session dialect, for clients that begin with ``hello``, and its encoder.

A message has its sequence and time, an error has the id of its message, and a client
that resumes gets the messages that it missed. Lines are UTF-8, and their ``data`` is an
object. The decoder is in `session_decoder`.
"""

from json.encoder import encode_basestring as quote
from typing import Any, Final, assert_never

import msgspec

import parlour

from ..events import (
    Bye,
    Event,
    HistoryPage,
    HistorySummary,
    Joined,
    Left,
    Message,
    Missed,
    Ping,
    Pong,
    Refused,
    Renamed,
    SearchResults,
    StorageFailed,
    StorageRecovered,
    Stored,
    Users,
    Welcome,
)
from ..limits import MAX_ID, MAX_NAME, MAX_PAGE
from . import session_decoder
from .commands import Command
from .timestamps import rfc3339

VERSION: Final = 1
SERVER_VERSION: Final = f"parlour/{parlour.__version__}"

Data = dict[str, Any]


class SessionDialect:
    """The dialect of clients that sent a hello."""

    name = "session"
    can_resume = True

    def decode(self, line: bytes) -> Command | Refused | None:
        return session_decoder.decode(line)

    def encode(self, event: Event) -> bytes:
        if isinstance(event, Message):  # by far the most frequent
            return (
                f'{{"type":"message","data":{{"room":{quote(event.room)},'
                f'"sequence":{event.sequence},"time":"{rfc3339(event.time)}",'
                f'"source":{quote(event.source)},"message":{quote(event.text)}}}}}\n'
            ).encode()
        if isinstance(event, HistorySummary):
            return b""  # a page of messages needs no heading
        kind, data = _type_and_data(event)
        return msgspec.json.encode({"type": kind, "data": data}) + b"\n"


SESSION: Final = SessionDialect()


def _type_and_data(event: Event) -> tuple[str, Data]:  # noqa: C901 -- a row per event
    """Return the type and the data of the line for *event*."""
    match event:
        case Joined(room, name):
            return "joined", {"room": room, "name": name}
        case Left(room, name, reason):
            return "left", {"room": room, "name": name, "reason": reason}
        case Renamed(room, name, to):
            return "renamed", {"room": room, "name": name, "to": to}
        case StorageFailed(room, reason):
            return "unkept", {"room": room, "reason": reason}
        case StorageRecovered(room):
            return "kept", {"room": room}
        case Stored(id_, room, sequence):
            id_field = {"id": id_} if id_ else {}
            return "stored", {**id_field, "room": room, "sequence": sequence}
        case Missed(room, events, after):
            return "missed", {"room": room, "events": events, "resume_after": after}
        case Refused(code, reason, id_):
            id_field = {"id": id_} if id_ else {}
            return "error", {"code": code, "reason": reason, **id_field}
        case Ping(token):
            return "ping", {"token": token}
        case Pong(token):
            return "pong", {"token": token}
        case Bye(code, reason, after):
            retry = {} if after is None else {"retry_after": after}
            return "bye", {"code": code, "reason": reason, **retry}
        case Message() | HistorySummary():
            raise AssertionError(event)  # `encode` has encoded it
        case Welcome() | HistoryPage() | SearchResults() | Users():
            return _nested_type_and_data(event)
        case _:
            assert_never(event)


def _nested_type_and_data(
    event: Welcome | HistoryPage | SearchResults | Users,
) -> tuple[str, Data]:
    """Return the type and the data for an *event* whose data is nested."""
    match event:
        case Welcome():
            return "welcome", _welcome(event)
        case HistoryPage(room, messages, has_more):
            return "history", _page(room, messages, has_more=has_more)
        case SearchResults(room, messages, has_more):
            return "found", _page(room, messages, has_more=has_more)
        case Users(room, users, first, total):
            page = [{"name": user.name, "since": rfc3339(user.since)} for user in users]
            has_more = first + len(users) - 1 < total
            return "users", {"room": room, "users": page, "more": has_more}
        case _:
            assert_never(event)


def _welcome(event: Welcome) -> Data:
    room = {
        "epoch": event.epoch,
        "sequence": event.sequence,
        "recovered": event.is_recovered,
    }
    limits = {
        "line": event.max_line,
        "text": event.max_text,
        "name": MAX_NAME,
        "page": MAX_PAGE,
        "id": MAX_ID,
    }
    return {
        "version": VERSION,
        "server": SERVER_VERSION,
        "you": event.name or None,
        "rooms": {event.room: room},
        "limits": limits,
    }


def _page(room: str, messages: tuple[Message, ...], *, has_more: bool) -> Data:
    page = [
        {
            "room": message.room,
            "sequence": message.sequence,
            "time": rfc3339(message.time),
            "source": message.source,
            "message": message.text,
        }
        for message in messages
    ]
    return {"room": room, "messages": page, "more": has_more}
