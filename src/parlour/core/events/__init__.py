"""Events, which the server sends: those of a room, and those for one session.

A dialect decides how they look on a line. Commands are in `protocol.commands`.

``value``        the base of all events, commands, entries and queries
``ids``          ids of connections, sessions, people and rooms; reserved names
``messages``     messages: new, erased, stored, missed, and pages of them
``rooms``        rooms and their users, and how far these have read
``sessions``     the session itself: its start, its end, refused commands
``accounts``     the account of a session
``order``        what moderators do, sanctions and the audit log
``invitations``  invitations to rooms, and to make an account
"""

from .accounts import AccountInfo, Device, Devices
from .ids import (
    DIRECT_PREFIX,
    LOBBY,
    SERVER,
    AccountNumber,
    ConnectionId,
    PersonId,
    RoomName,
    SessionId,
    is_direct_room,
    person_of,
)
from .invitations import (
    InvitationEnded,
    InvitationHeard,
    InvitationInfo,
    InvitationList,
    InvitationSent,
    InvitationTakenBack,
)
from .messages import (
    Cursor,
    Erased,
    HistoryPage,
    HistorySummary,
    Message,
    Missed,
    SearchResults,
    Stored,
)
from .order import Act, Acted, ActPage, Announcement, SanctionInfo, SanctionList
from .rooms import (
    Joined,
    Left,
    ListedRoom,
    Reading,
    ReadMoved,
    Renamed,
    RoleChanged,
    RoomClosed,
    RoomInfo,
    RoomList,
    Snapshot,
    StorageFailed,
    StorageRecovered,
    TopicChanged,
    User,
    Users,
)
from .sessions import Bye, Greeting, IgnoredNames, Ping, Pong, Refused, Welcome
from .value import Value

__all__ = [
    "DIRECT_PREFIX",
    "LOBBY",
    "SERVER",
    "AccountInfo",
    "AccountNumber",
    "Act",
    "ActPage",
    "Acted",
    "Announcement",
    "Bye",
    "ConnectionId",
    "Cursor",
    "Device",
    "Devices",
    "Erased",
    "Event",
    "Greeting",
    "HistoryPage",
    "HistorySummary",
    "IgnoredNames",
    "InvitationEnded",
    "InvitationHeard",
    "InvitationInfo",
    "InvitationList",
    "InvitationSent",
    "InvitationTakenBack",
    "Joined",
    "Left",
    "ListedRoom",
    "Message",
    "Missed",
    "Notice",
    "PersonId",
    "Ping",
    "PlainEvent",
    "Pong",
    "PrivateEvent",
    "ReadMoved",
    "Reading",
    "Refused",
    "Renamed",
    "RoleChanged",
    "RoomClosed",
    "RoomEvent",
    "RoomInfo",
    "RoomList",
    "RoomName",
    "SanctionInfo",
    "SanctionList",
    "SearchResults",
    "SequencedEvent",
    "SessionDialectEvent",
    "SessionId",
    "Snapshot",
    "StorageFailed",
    "StorageRecovered",
    "Stored",
    "TopicChanged",
    "User",
    "Users",
    "Value",
    "Welcome",
    "is_direct_room",
    "person_of",
]

Notice = (Joined | Left | Renamed | StorageFailed | StorageRecovered | TopicChanged) | (
    Acted | Announcement
)

RoomEvent = Message | Erased | Notice | RoleChanged

SequencedEvent = Message | Erased
"""The events that have a place in the history of their room."""

SessionDialectEvent = (
    (Welcome | RoomInfo | RoomClosed | RoomList | IgnoredNames | Stored | ReadMoved)
    | (HistoryPage | SearchResults | Ping | Pong | AccountInfo | Devices)
    | (SanctionList | ActPage | Greeting | InvitationHeard | InvitationSent)
    | (InvitationEnded | InvitationTakenBack | InvitationList | RoleChanged)
)
"""Events of the session dialect alone: the plain dialect has no line for them."""

PlainEvent = (Message | Erased | Notice) | (
    HistorySummary | Users | Missed | Refused | Bye
)
"""Events that the plain dialect has a line for."""

PrivateEvent = (
    (Message | Erased | Acted | Joined | Left | Renamed | TopicChanged)
    | (HistorySummary | Users | Missed | Refused | Bye)
    | SessionDialectEvent
)
"""Events for one session."""

Event = PlainEvent | SessionDialectEvent
