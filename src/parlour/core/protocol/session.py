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
    AccountInfo,
    Act,
    Acted,
    ActPage,
    Announcement,
    Bye,
    Devices,
    Erased,
    Event,
    Greeting,
    HistoryPage,
    HistorySummary,
    IgnoredNames,
    InvitationEnded,
    InvitationHeard,
    InvitationList,
    InvitationSent,
    InvitationTakenBack,
    Joined,
    Left,
    Message,
    Missed,
    Ping,
    Pong,
    Reading,
    ReadMoved,
    Refused,
    Renamed,
    RoleChanged,
    RoomClosed,
    RoomInfo,
    RoomList,
    SanctionInfo,
    SanctionList,
    SearchResults,
    StorageFailed,
    StorageRecovered,
    Stored,
    TopicChanged,
    User,
    Users,
    Welcome,
)
from ..limits import MAX_ID, MAX_NAME, MAX_PAGE, MAX_ROOMS_EACH, MAX_TOPIC
from ..roles import Role, role_name, shown_role
from ..timestamps import rfc3339
from . import session_decoder
from .commands import Command

VERSION: Final = 1
SERVER_VERSION: Final = f"parlour/{parlour.__version__}"

Data = dict[str, Any]


class SessionDialect:
    """The dialect of clients that sent a hello with rooms."""

    name = "session"
    can_resume = True

    def decode(self, line: bytes) -> Command | Refused | None:
        return session_decoder.decode(line)

    def encode(self, event: Event) -> bytes:
        if isinstance(event, Message):  # by far the most frequent
            return _encode_message(event)
        if isinstance(event, Stored):  # one for each message
            return _encode_stored(event)
        if isinstance(event, HistorySummary):
            return b""  # a page of messages needs no heading
        kind, data = _type_and_data(event)
        return msgspec.json.encode({"type": kind, "data": data}) + b"\n"


class LobbyDialect(SessionDialect):
    """The session dialect of clients that know no other room than the lobby.

    Their hello has no rooms. They receive the lines that the first release sent.
    """

    name = "lobby"

    def decode(self, line: bytes) -> Command | Refused | None:
        return session_decoder.decode_in_lobby(line)

    def encode(self, event: Event) -> bytes:
        if isinstance(event, Message):
            return b"" if event.is_erased else _encode_message(event)
        if isinstance(event, Stored):
            return _encode_stored(event)
        match event:
            case HistoryPage(messages=messages):
                kept = tuple(each for each in messages if not each.is_erased)
                return super().encode(event.replace(messages=kept))
            case TopicChanged() | IgnoredNames() | RoomList() | RoomInfo():
                return b""
            case AccountInfo() | Devices() | SanctionList() | ActPage() | ReadMoved():
                return b""
            case InvitationHeard() | InvitationSent() | Greeting():
                return b""
            case InvitationEnded() | InvitationTakenBack() | InvitationList():
                return b""
            case Acted() | Announcement() | Erased() | RoleChanged():
                return b""
            case Joined() | Renamed():
                return super().encode(event.replace(role=Role.GUEST))
            case Users(users=users):
                bare = tuple(User(each.name, each.since) for each in users)
                return super().encode(event.replace(users=bare))
            case Refused(code, reason, id_):
                return super().encode(Refused(code, reason, id_))
            case _:
                return super().encode(event)


def _encode_message(message: Message) -> bytes:
    erased = ',"erased":true' if message.is_erased else ""
    return (
        f'{{"type":"message","data":{{"room":{quote(message.room)},'
        f'"sequence":{message.sequence},"time":"{rfc3339(message.time)}",'
        f'"source":{quote(message.source)},"message":{quote(message.text)}{erased}}}}}\n'
    ).encode()


def _encode_stored(stored: Stored) -> bytes:
    id_ = f'"id":{quote(stored.id)},' if stored.id else ""
    kept = "" if stored.is_kept else ',"kept":false'
    return (
        f'{{"type":"stored","data":{{{id_}"room":{quote(stored.room)},'
        f'"sequence":{stored.sequence}{kept}}}}}\n'
    ).encode()


SESSION: Final = SessionDialect()
LOBBY_SESSION: Final = LobbyDialect()


def _type_and_data(event: Event) -> tuple[str, Data]:  # noqa: C901 -- a row per event
    """Return the type and the data of the line for *event*."""
    match event:
        case Joined(room, name, role):
            return "joined", {"room": room, "name": name, **_role(role)}
        case Left(room, name, reason, is_own):
            data = {"room": room, "name": name, "reason": reason}
            return "left", {**data, "you": True} if is_own else data
        case Renamed(room, name, to, role):
            data = {"name": name, "to": to, **_role(role)}
            return "renamed", data if room is None else {"room": room, **data}
        case RoleChanged(room, name, role):
            return "role", {"room": room, "name": name, "role": role_name(role)}
        case TopicChanged(room, topic, by):
            return "topic", {"room": room, "topic": topic, "by": by}
        case Erased():
            return "erased", _erased(event)
        case StorageFailed(room, reason):
            return "unkept", {"room": room, "reason": reason}
        case StorageRecovered(room):
            return "kept", {"room": room}
        case Missed(room, events, after):
            return "missed", {"room": room, "events": events, "resume_after": after}
        case Refused(code, reason, id_, refused_room, about):
            known = _given(id=id_, room=refused_room, about=about)
            return "error", {"code": code, "reason": reason, **known}
        case Ping(token):
            return "ping", {"token": token}
        case Pong(token):
            return "pong", {"token": token}
        case Bye(code, reason, after):
            retry = {} if after is None else {"retry_after": after}
            return "bye", {"code": code, "reason": reason, **retry}
        case Message() | Stored() | HistorySummary():
            raise AssertionError(event)  # `encode` has encoded it
        case Greeting(text):
            return "greeting", {"text": text}
        case RoomClosed(room, reason, code):
            return "closed", {"room": room, "reason": reason, **_given(code=code)}
        case IgnoredNames(names):
            return "ignored", {"names": names}
        case ReadMoved(room, reading):
            return "read", {"room": room, **_reading(reading)}
        case AccountInfo() | Devices():
            return _account_type_and_data(event)
        case Acted() | Announcement() | SanctionList() | ActPage():
            return _order_type_and_data(event)
        case InvitationHeard() | InvitationEnded() | InvitationSent():
            return _invitation_type_and_data(event)
        case InvitationTakenBack() | InvitationList():
            return _invitation_type_and_data(event)
        case Welcome() | HistoryPage() | SearchResults() | Users():
            return _nested_type_and_data(event)
        case RoomInfo() | RoomList():
            return _nested_type_and_data(event)
        case _:
            assert_never(event)


def _account_type_and_data(event: AccountInfo | Devices) -> tuple[str, Data]:
    """Return the type and the data for an *event* about the session's account."""
    if isinstance(event, AccountInfo):
        known = _given(device=event.device, key=event.key)
        return "account", {"name": event.name, "role": role_name(event.role), **known}
    devices = [
        {
            "device": each.number,
            "label": each.label,
            "added": rfc3339(each.added),
            "current": each.is_current,
            "sessions": each.sessions,
        }
        for each in event.devices
    ]
    return "devices", {"devices": devices}


def _order_type_and_data(
    event: Acted | Announcement | SanctionList | ActPage,
) -> tuple[str, Data]:
    """Return the type and the data for an *event* about what moderators do."""
    if isinstance(event, Announcement):
        data = {"room": event.room, **_given(by=event.by), "text": event.text}
        return "announcement", data
    if isinstance(event, SanctionList):
        listed = {"sanctions": [_sanction(each) for each in event.sanctions]}
        kind = "why" if event.is_own else "sanctions"
        return kind, listed | _given(more=event.has_more)
    if isinstance(event, ActPage):
        acts = [
            {"number": each.number, "time": rfc3339(each.time), **_act(each)}
            for each in event.acts
        ]
        return "audit", {
            **_given(room=event.room),
            "acts": acts,
            "more": event.has_more,
        }
    return "act", _act(event)


def _act(act: Acted | Act) -> Data:
    until = None if act.until is None else rfc3339(act.until)
    known = _given(by=act.by, name=act.name, reason=act.reason, until=until)
    return {**_given(room=act.room), "action": act.action, **known}


def _invitation_type_and_data(
    event: InvitationHeard
    | InvitationEnded
    | InvitationSent
    | InvitationTakenBack
    | InvitationList,
) -> tuple[str, Data]:
    """Return the type and the data for an *event* about an invitation."""
    match event:
        case InvitationHeard(room, by, until):
            return "invited", _given(room=room, by=by) | {"until": rfc3339(until)}
        case InvitationEnded(room, by):
            return "uninvited", _given(room=room, by=by)
        case InvitationSent(place, number, until, name, code):
            facts = _given(room=place, number=number, name=name, invite=code)
            return "invitation", facts | {"until": rfc3339(until)}
        case InvitationTakenBack(place, number, name):
            return "uninvited", _given(room=place, number=number, name=name)
        case InvitationList(place, invitations, has_more):
            listed = [
                _given(number=each.number, name=each.name, by=each.by)
                | {"until": rfc3339(each.until)}
                for each in invitations
            ]
            data = {"invitations": listed, "more": has_more}
            return "invitations", _given(room=place) | data
        case _:
            assert_never(event)


def _given(**facts: object) -> Data:
    """Return the *facts* that are true: not empty, 0, False or None."""
    return {key: fact for key, fact in facts.items() if fact}


def _role(role: Role) -> Data:
    return _given(role=shown_role(role))


def _sanction(sanction: SanctionInfo) -> Data:
    room, by, reason = sanction.room, sanction.by, sanction.reason
    until = None if sanction.until is None else rfc3339(sanction.until)
    return {
        "number": sanction.number,
        "kind": sanction.kind,
        "name": sanction.name,
        "since": rfc3339(sanction.since),
        **_given(room=room, by=by, reason=reason, until=until),
    }


def _nested_type_and_data(
    event: Welcome | HistoryPage | SearchResults | Users | RoomInfo | RoomList,
) -> tuple[str, Data]:
    """Return the type and the data for an *event* whose data is nested."""
    match event:
        case Welcome():
            return "welcome", _welcome(event)
        case RoomInfo():
            return "room", _room(event)
        case RoomList(listed, has_more):
            rooms = [
                {
                    "room": each.room,
                    "topic": each.topic,
                    "users": each.users,
                    **_given(private=each.is_private),
                }
                for each in listed
            ]
            return "rooms", {"rooms": rooms, "more": has_more}
        case HistoryPage(room, messages, has_more):
            return "history", _page(room, messages, has_more=has_more)
        case SearchResults(room, messages, has_more):
            return "found", _page(room, messages, has_more=has_more)
        case Users(room, users, first, total):
            page = [
                {"name": each.name, "since": rfc3339(each.since), **_role(each.role)}
                for each in users
            ]
            has_more = first + len(users) - 1 < total
            return "users", {"room": room, "users": page, "more": has_more}
        case _:
            assert_never(event)


def _erased(erasure: Erased) -> Data:
    return {
        "room": erasure.room,
        "sequence": erasure.sequence,
        "time": rfc3339(erasure.time),
        "target": erasure.target,
        **_given(by=erasure.by, name=erasure.name),
    }


def _welcome(event: Welcome) -> Data:
    limits = {
        "line": event.max_line,
        "text": event.max_text,
        "name": MAX_NAME,
        "page": MAX_PAGE,
        "id": MAX_ID,
    }
    start = {
        "version": VERSION,
        "server": SERVER_VERSION,
        "you": event.name or None,
    }
    if (info := event.room) is None:
        limits |= {"rooms": MAX_ROOMS_EACH, "topic": MAX_TOPIC}
        return {**start, "limits": limits}
    cursor = {
        "epoch": info.epoch,
        "sequence": info.sequence,
        "recovered": info.is_recovered,
    }
    return {**start, "rooms": {info.room: cursor}, "limits": limits}


def _room(event: RoomInfo) -> Data:
    partner = {"with": event.partner} if event.partner is not None else {}
    order = _role(event.role) | _given(locked=event.is_locked, slow=event.slow)
    return {
        "room": event.room,
        "epoch": event.epoch,
        "sequence": event.sequence,
        "recovered": event.is_recovered,
        "topic": event.topic,
        **partner,
        "kept": event.is_kept,
        **order,
        **_given(one_way=event.is_one_way, private=event.is_private),
        **({} if event.reading is None else _reading(event.reading)),
    }


def _reading(reading: Reading) -> Data:
    return {
        "read": reading.sequence,
        "unread": reading.unread,
        "mentions": reading.mentions,
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
    return {**_given(room=room), "messages": page, "more": has_more}
