"""The table of commands: their arguments, other names, and help."""

import re
from typing import Final, NamedTuple

ALL_ROOMS: Final = "--all"
"""The option of /search for all rooms that the user is in."""

PRIVATE_OPTION: Final = "--private"
"""The option of /join for a new room that is private."""

FOR_OPTION: Final = "--for"
"""The option of /invite for the time until it ends."""

SERVER_OPTION: Final = "--server"
"""The option of commands of moderators for the whole server."""

SECRET_COMMANDS: Final = ("login", "register", "passwd")
"""Commands after which the client asks for a password."""

_OPTIONAL = re.compile(r"\[[^]]*\]")


class CommandHelp(NamedTuple):
    """One row of the table of commands, as the help shows it."""

    name: str
    argument: str  # as in its usage; in [brackets] if it is optional
    aliases: tuple[str, ...]
    about: str
    example: str

    @property
    def usage(self) -> str:
        """The command with its argument, as it is typed."""
        return f"/{self.name} {self.argument}".rstrip()

    @property
    def is_optional(self) -> bool:
        """Whether the command may be used without its argument."""
        return not _OPTIONAL.sub("", self.argument).strip()


COMMANDS = (
    CommandHelp(
        "setname", "NAME", ("nick", "name"), "change your name", "/setname Kobzol"
    ),
    CommandHelp(
        "history",
        "[N] [before M]",
        (),
        "show earlier messages",
        "/history 20 before 4292",
    ),
    CommandHelp(
        "search",
        "[--all] WORDS",
        ("find",),
        "search here, or in all of your rooms",
        "/search --all balcony",
    ),
    CommandHelp("users", "", ("names", "who"), "list the users of the room", "/users"),
    CommandHelp(
        "join",
        "[--private] ROOM",
        ("j",),
        "enter a room, or open a new one",
        "/join dev",
    ),
    CommandHelp(
        "leave",
        "[ROOM or N]",
        ("part",),
        "leave this room, or another of yours",
        "/leave dev",
    ),
    CommandHelp(
        "room",
        "[ROOM or N]",
        (),
        "switch to a room (Alt-N, Alt-A), or list yours",
        "/room dev",
    ),
    CommandHelp(
        "rooms",
        "[AFTER]",
        ("list",),
        "list the server's rooms, or those after one by name",
        "/rooms dev",
    ),
    CommandHelp("topic", "[TEXT]", (), "show or set the topic", "/topic all about tea"),
    CommandHelp(
        "msg",
        "NAME [TEXT]",
        ("w", "query"),
        "write to one user alone",
        '/msg "Jan Novak" hello',
    ),
    CommandHelp(
        "ignore", "[NAME]", (), "hide a user, or list whom you hide", "/ignore eve"
    ),
    CommandHelp("unignore", "NAME", (), "show a user again", "/unignore eve"),
    CommandHelp("me", "TEXT", (), "say what you do", "/me waves"),
    CommandHelp("login", "[NAME]", (), "sign in to an account", "/login romeo"),
    CommandHelp("logout", "", (), "sign out this device, and leave", "/logout"),
    CommandHelp("register", "", (), "make an account of your name", "/register"),
    CommandHelp("passwd", "", (), "change your password", "/passwd"),
    CommandHelp("devices", "", (), "list your devices", "/devices"),
    CommandHelp("revoke", "N", (), "sign out one of your devices", "/revoke 2"),
    CommandHelp("last", "[N]", (), "show the last messages again", "/last 50"),
    CommandHelp("show", "NUMBER", (), "show the whole of a message", "/show 4711"),
    CommandHelp("clear", "", (), "clear the screen (Ctrl-L)", "/clear"),
    CommandHelp(
        "highlight",
        "[WORD]",
        (),
        "mark messages with a word or no more; list the words",
        "/highlight deploy",
    ),
    CommandHelp(
        "bell",
        "[on, off or all]",
        (),
        "ring while you are away, for you or for all",
        "/bell off",
    ),
    CommandHelp(
        "help", "[COMMAND]", (), "show this list, or one command", "/help users"
    ),
    CommandHelp("quit", "", ("exit", "q"), "leave (also Ctrl-D)", "/quit"),
)

MODERATION = (
    CommandHelp(
        "erase",
        "NAME or NUMBER",
        (),
        "erase a message",
        "/erase romeo",
    ),
    CommandHelp("kick", "NAME [REASON]", (), "remove a user", "/kick eve spam"),
    CommandHelp(
        "mute",
        "[--server] NAME [TIME] [REASON]",
        (),
        "mute a user",
        '/mute "Jan Novak" 10m noise',
    ),
    CommandHelp(
        "unmute", "[--server] NAME", (), "let a user speak again", "/unmute eve"
    ),
    CommandHelp(
        "ban",
        "[--server] NAME [TIME] [REASON]",
        (),
        "keep a user or an address out",
        "/ban --server 198.51.100.0/24 2h spam",
    ),
    CommandHelp(
        "unban", "[--server] NAME or N", (), "lift a ban, or number N", "/unban eve"
    ),
    CommandHelp(
        "bans",
        "[--server] [before N]",
        (),
        "list who is muted or banned",
        "/bans before 120",
    ),
    CommandHelp("audit", "[--server] [N]", (), "show the audit log", "/audit 50"),
    CommandHelp("lock", "", (), "let only moderators speak", "/lock"),
    CommandHelp("unlock", "", (), "let all speak again", "/unlock"),
    CommandHelp("slow", "SECONDS", (), "one message in so many; off: 0", "/slow 30"),
    CommandHelp(
        "role", "[--server] NAME ROLE", (), "appoint somebody", "/role ann moderator"
    ),
    CommandHelp(
        "invite",
        "[--server] [NAME] [--for TIME]",
        (),
        "invite a user, or make a link",
        "/invite ann --for 2d",
    ),
    CommandHelp(
        "invites", "[--server] [AFTER]", (), "list open invitations", "/invites"
    ),
    CommandHelp(
        "uninvite",
        "[--server] NAME or NUMBER",
        (),
        "take an invitation back",
        "/uninvite ann",
    ),
    CommandHelp("private", "", (), "let only those enter who are invited", "/private"),
    CommandHelp("public", "", (), "let everybody enter again", "/public"),
    CommandHelp("close", "ROOM", (), "close a room of yours", "/close dev"),
    CommandHelp(
        "announce", "TEXT", (), "tell everybody on the server", "/announce back at 9"
    ),
    CommandHelp("why", "", (), "show your mutes and bans", "/why"),
)
"""The commands by which moderators keep order, which have a page of their own."""

ON_SERVER: Final = {
    *("mute", "unmute", "ban", "unban", "bans", "audit", "role", "invite"),
    *("uninvite", "invites"),
}
"""Those of them that have the option for the whole server."""

TOGETHER: Final = {
    "login": ("logout", "sign in to an account; sign out, and leave"),
    "register": ("passwd", "make an account of your name; change its password"),
    "devices": ("revoke", "list your devices; sign one of them out"),
    "last": ("show", "show the last messages again; the whole of one"),
}
"""Commands that share a row of the list with another one, which has to be short."""

ALL_COMMANDS = (*COMMANDS, *MODERATION)

BY_NAME = {
    name: entry for entry in ALL_COMMANDS for name in (entry.name, *entry.aliases)
}
