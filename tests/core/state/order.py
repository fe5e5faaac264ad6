"""Entries that keep order in short form, and a chat with somebody of each role."""

from parlour.core.entries import (
    Erased,
    Kicked,
    Lifted,
    Registered,
    RoomOpened,
    RoomSet,
    Sanctioned,
    SanctionKind,
    SessionOpened,
    Target,
)
from parlour.core.events import LOBBY, AccountNumber, RoomName, SessionId
from parlour.core.roles import Role
from tests.core.state.chat import DEV, NOBODY, Chat, opened, role_set

ADA, OWEN, MEG, PAT = map(SessionId, (101, 102, 103, 104))
ADAS, OWENS, MEGS, PATS = map(AccountNumber, (1, 2, 3, 4))
GUS, HAL = map(SessionId, (105, 106))
PEOPLE = {ADA: "Ada", OWEN: "Owen", MEG: "Meg", PAT: "Pat", GUS: "Gus", HAL: "Hal"}
NETWORK = "198.51.100.7"
MUTE, BAN = SanctionKind.MUTE, SanctionKind.BAN
AT_PATS = Target("Pat", account=PATS)
AT_MEGS = Target("Meg", account=MEGS)
AT_OWENS = Target("Owen", account=OWENS)
AT_ADAS = Target("Ada", account=ADAS)
AT_GUS = Target("Gus", session=GUS, token="token of Gus", network=NETWORK)


def arrived(session: SessionId, *rooms: RoomName, **more: object) -> SessionOpened:
    """Return the opening of a session of `PEOPLE`, in the lobby and in dev."""
    name = PEOPLE[session]
    made = opened(session, *(rooms or (LOBBY, DEV)))
    return made.replace(
        **{"name": name, "keys": (name.lower(),), "token": f"token of {name}", **more}
    )


def orderly_chat() -> Chat:
    """Return a chat with an admin, and in dev an owner, a moderator and others.

    Ada is the admin, Owen the owner, Meg the moderator, Pat has an account, and Gus and
    Hal are guests. All are in the lobby and in dev; Gus has a network.
    """
    chat = Chat(RoomOpened(DEV, NOBODY, ("dev",)))
    for each in (ADA, OWEN, MEG, PAT):
        chat.apply(arrived(each))
        name = PEOPLE[each]
        keys, rooms = (name.lower(),), (LOBBY, DEV)
        chat.apply(Registered(each, name, keys, "hash", rooms=rooms))
    chat.apply(role_set(ADAS, Role.ADMIN))
    chat.apply(role_set(OWENS, Role.OWNER, DEV))
    chat.apply(role_set(MEGS, Role.MODERATOR, DEV))
    chat.apply(arrived(GUS, network=NETWORK))
    chat.apply(arrived(HAL))
    return chat


def kicked(
    target: Target, room: RoomName = DEV, *, by: SessionId = NOBODY, reason: str = ""
) -> Kicked:
    return Kicked(by, PEOPLE.get(by, ""), room, target, reason)


def muted(
    target: Target,
    room: RoomName | None = DEV,
    *,
    by: SessionId = NOBODY,
    until: float | None = None,
    reason: str = "",
) -> Sanctioned:
    name = PEOPLE.get(by, "")
    return Sanctioned(by, name, MUTE, room, target, until, reason)


def banned(
    target: Target,
    room: RoomName | None = DEV,
    *,
    by: SessionId = NOBODY,
    until: float | None = None,
    reason: str = "",
) -> Sanctioned:
    name = PEOPLE.get(by, "")
    return Sanctioned(by, name, BAN, room, target, until, reason)


def lifted(
    number: int,
    kind: SanctionKind = MUTE,
    room: RoomName | None = DEV,
    *,
    by: SessionId = NOBODY,
) -> Lifted:
    return Lifted(by, PEOPLE.get(by, ""), kind, room, number, "")


def erased(
    target: int,
    author: Target = AT_GUS,
    room: RoomName = DEV,
    *,
    by: SessionId = NOBODY,
    is_own: bool = False,
) -> Erased:
    return Erased(by, PEOPLE.get(by, ""), room, target, author, is_own)


def room_set(
    room: RoomName = DEV,
    *,
    by: SessionId = NOBODY,
    is_locked: bool | None = None,
    slow: int | None = None,
) -> RoomSet:
    return RoomSet(by, PEOPLE.get(by, ""), room, is_locked, slow)


def why_silent(chat: Chat, session: SessionId, room: RoomName = DEV) -> str:
    """Return the code with which a message is refused now, or ""."""
    attachment = chat.state.sessions[session].attachment
    why = chat.state.messages.why_void(attachment, room, chat.time)
    return "" if why is None else why.code
