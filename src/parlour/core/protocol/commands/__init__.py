"""The commands of clients, in either dialect.

``messages``     say, read, search
``rooms``        enter and leave rooms, list them and their users, mark them as read
``sessions``     the session itself: hello, name, ignored names, goodbye
``accounts``     sign in, register, passwords and devices
``order``        what moderators, owners and administrators do
``invitations``  invite, take invitations back, list them
"""

from ...events import Ping, Pong
from .accounts import (
    ChangePassword,
    Credentials,
    ListDevices,
    Login,
    Logout,
    Register,
    RevokeDevice,
)
from .invitations import Invite, ListInvitations, Uninvite
from .messages import ReadHistory, ReadPage, Say, SearchHistory, Submit
from .order import (
    Announce,
    Ban,
    CloseRoom,
    Erase,
    Kick,
    ListActs,
    ListSanctions,
    Mute,
    SetRole,
    SetRoom,
    Unban,
    Unmute,
    Why,
)
from .rooms import Join, LeaveRoom, ListRooms, ListUsers, MarkRead, OpenDirect, SetTopic
from .sessions import Goodbye, Hello, Ignore, SetName, Unignore

__all__ = [
    "Announce",
    "Ban",
    "ChangePassword",
    "CloseRoom",
    "Command",
    "Credentials",
    "Erase",
    "Goodbye",
    "Hello",
    "Ignore",
    "Invite",
    "Join",
    "Kick",
    "LeaveRoom",
    "ListActs",
    "ListDevices",
    "ListInvitations",
    "ListRooms",
    "ListSanctions",
    "ListUsers",
    "Login",
    "Logout",
    "MarkRead",
    "Mute",
    "OpenDirect",
    "ReadHistory",
    "ReadPage",
    "Register",
    "RevokeDevice",
    "Say",
    "SearchHistory",
    "SetName",
    "SetRole",
    "SetRoom",
    "SetTopic",
    "Submit",
    "Unban",
    "Unignore",
    "Uninvite",
    "Unmute",
    "Why",
]

Command = (
    (Say | Submit | SetName | ReadHistory | ReadPage | SearchHistory | ListUsers)
    | (Join | LeaveRoom | ListRooms | SetTopic | OpenDirect | Ignore | Unignore)
    | (Login | Register | ChangePassword | ListDevices | RevokeDevice | Logout)
    | (Kick | Mute | Unmute | Ban | Unban | SetRoom | SetRole | CloseRoom | Announce)
    | (Invite | Uninvite | ListInvitations)
    | (Erase | ListSanctions | ListActs | Why | MarkRead)
    | (Ping | Pong | Goodbye | Hello)
)
