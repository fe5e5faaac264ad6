"""The types of the lines that propose entries, which refusals of these are about."""

from typing import Final

from ..entries import (
    AccountDirectOpened,
    AccountEntered,
    AccountIgnored,
    AccountLeft,
    AccountUnignored,
    Announced,
    DeviceAdded,
    DeviceRevoked,
    DirectOpened,
    Entered,
    Ignored,
    Invited,
    InviteUsed,
    Kicked,
    Left,
    PasswordSet,
    Registered,
    Renamed,
    RoleSet,
    RoomOpened,
    RoomSet,
    Said,
    SessionClosed,
    SessionOpened,
    Shut,
    SignedIn,
    TopicSet,
    Unignored,
    Whispered,
)

ABOUT_ROOM: Final = (
    *(Entered, Left, AccountEntered, AccountLeft),
    *(RoomOpened, TopicSet, Kicked, RoomSet, Shut, InviteUsed),
)
"""The entries of which a refusal names the room."""

ABOUT: Final = {
    SessionOpened: "hello",
    SessionClosed: "hello",
    Renamed: "set-name",
    Entered: "join",
    RoomOpened: "join",
    Left: "leave",
    TopicSet: "topic",
    DirectOpened: "direct",
    AccountDirectOpened: "direct",
    Ignored: "ignore",
    Unignored: "unignore",
    AccountEntered: "join",
    AccountLeft: "leave",
    AccountIgnored: "ignore",
    AccountUnignored: "unignore",
    Registered: "register",
    SignedIn: "login",
    DeviceAdded: "login",
    PasswordSet: "passwd",
    DeviceRevoked: "revoke",
    Kicked: "kick",
    RoomSet: "set",
    RoleSet: "role",
    Shut: "close",
    Invited: "invite",
    InviteUsed: "join",
    Announced: "announce",
    Said: "message",
    Whispered: "message",
}
"""The type of the line that proposed an entry."""
