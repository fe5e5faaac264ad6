"""Lines of the session dialect about messages: commands and events."""

from json.encoder import encode_basestring as quote
from typing import Annotated, assert_never

import msgspec

from ..events import (
    LOBBY,
    Erased,
    HistoryPage,
    Message,
    Missed,
    Refused,
    RoomName,
    SearchResults,
    Stored,
)
from ..limits import MAX_ID, MAX_PAGE, SESSION_PAGE
from ..timestamps import rfc3339
from .commands import ReadPage, SearchHistory, Submit
from .json_objects import Data, PositiveNumber, SequenceNumber, given, optional

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID)]


class _RoomData(msgspec.Struct):
    room: str = LOBBY


class MessageData(_RoomData, kw_only=True):
    """The data of a message."""

    message: str
    id: _Id | None = None


class _HistoryData(_RoomData):
    before: SequenceNumber | None = None
    after: SequenceNumber | None = None
    limit: PositiveNumber = SESSION_PAGE


class _SearchData(_RoomData, kw_only=True):
    words: str
    all: bool = False
    before: SequenceNumber | None = None
    limit: PositiveNumber = SESSION_PAGE


def message_command(
    kind: str, data: object
) -> Submit | ReadPage | SearchHistory | Refused:
    """Return the command of a `message`, `history` or `search`.

    Raises ValueError if the *data* is wrong.
    """
    match kind:
        case "history":
            return _history(optional(data))
        case "search":
            return _search(optional(data))
        case _ if isinstance(data, str):
            return Submit(data, LOBBY, "")
        case _:
            message = msgspec.convert(data, MessageData)
            return Submit(message.message, RoomName(message.room), message.id or "")


def _history(found: object) -> ReadPage | Refused:
    data = msgspec.convert(found, _HistoryData)
    if data.before is not None and data.after is not None:
        reason = '"before" and "after" must not be given together'
        return Refused("bad_data", reason)
    limit = min(data.limit, MAX_PAGE)
    return ReadPage(RoomName(data.room), data.before, data.after, limit)


def _search(found: object) -> SearchHistory | Refused:
    data = msgspec.convert(found, _SearchData)
    limit = min(data.limit, MAX_PAGE)
    if not data.all:
        return SearchHistory(RoomName(data.room), data.words, data.before, limit)
    if data.before is not None:
        reason = '"before" and "all" must not be given together'
        return Refused("bad_data", reason)
    return SearchHistory(None, data.words, None, limit)


def encode_message(message: Message) -> bytes:
    """Return the line of a message."""
    erased = ',"erased":true' if message.is_erased else ""
    return (
        f'{{"type":"message","data":{{"room":{quote(message.room)},'
        f'"sequence":{message.sequence},"time":"{rfc3339(message.time)}",'
        f'"source":{quote(message.source)},"message":{quote(message.text)}{erased}}}}}\n'
    ).encode()


def encode_stored(stored: Stored) -> bytes:
    """Return the line of the acknowledgement of a message."""
    id_ = f'"id":{quote(stored.id)},' if stored.id else ""
    kept = "" if stored.is_kept else ',"kept":false'
    return (
        f'{{"type":"stored","data":{{{id_}"room":{quote(stored.room)},'
        f'"sequence":{stored.sequence}{kept}}}}}\n'
    ).encode()


def message_type_and_data(
    event: Erased | Missed | HistoryPage | SearchResults,
) -> tuple[str, Data]:
    """Return the type and the data for an *event* about messages."""
    match event:
        case Erased():
            return "erased", _erased(event)
        case Missed(room, events, after):
            return "missed", {"room": room, "events": events, "resume_after": after}
        case HistoryPage(room, messages, has_more):
            return "history", _page(room, messages, has_more=has_more)
        case SearchResults(place, messages, has_more):
            return "found", _page(place, messages, has_more=has_more)
        case _:
            assert_never(event)


def _erased(erasure: Erased) -> Data:
    return {
        "room": erasure.room,
        "sequence": erasure.sequence,
        "time": rfc3339(erasure.time),
        "target": erasure.target,
        **given(by=erasure.by, name=erasure.name),
    }


def _page(room: str | None, messages: tuple[Message, ...], *, has_more: bool) -> Data:
    page = [
        {
            "room": message.room,
            "sequence": message.sequence,
            "time": rfc3339(message.time),
            "source": message.source,
            "message": message.text,
            **({"erased": True} if message.is_erased else {}),
        }
        for message in messages
    ]
    return {**given(room=room), "messages": page, "more": has_more}
