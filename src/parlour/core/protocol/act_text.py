"""What moderators do, and topics, in the words of the server."""

from collections.abc import Callable
from typing import Final

from ..events import Act, Acted, Announcement, Erased
from ..roles import OPERATOR_NAME
from ..timestamps import utc_minute

TEXTS: Final = {
    "kick": "{by} has removed {name}",
    "mute": "{by} has muted {name}",
    "unmute": "{by} lets {name} speak again",
    "ban": "{by} has banned {name}",
    "unban": "{by} has lifted the ban of {name}",
    "lock": "{by} has locked the room: only moderators speak",
    "unlock": "{by} has unlocked the room",
    "private": "{by} has made the room private: only invited users can enter it",
    "public": "{by} has made the room public",
    "member": "{by} has made {name} an ordinary member",
    "moderator": "{by} has made {name} a moderator",
    "owner": "{by} has made {name} the owner of the room",
}
"""The texts of the actions, other than ``slow``."""


UNTOLD_TEXTS: Final = {
    "open": "{by} has opened the room",
    "admin": "{by} has made {name} an administrator",
    "close": "{by} has closed the room",
    "invite": "{by} has invited {name}",
    "uninvite": "{by} has taken back the invitation of {name}",
    "announce": "{by} has made an announcement",
    "erase": "{by} has erased a message of {name}",
    "create": "{by} has created the account {name}",
    "enable": "{by} has enabled the account {name}",
    "disable": "{by} has disabled the account {name}",
    "passwd": "{by} has set the password of {name}",
    "erase-account": "{by} has erased an account",
    "revoke": "{by} has revoked a device of {name}",
}
"""The texts of the actions that are only in the audit log: no room announces them."""


HOLDER: Final = "whoever has the code"  # of an invitation without a name

ACTIONS: Final = {*TEXTS, *UNTOLD_TEXTS, "slow"}
"""All actions that `act_text` knows."""


def act_text(act: Acted | Act, minute: Callable[[float], str] = utc_minute) -> str:
    """Return what was done, by whom, to whom, until when, and why.

    *minute* words the wall time at which it ends.
    """
    by = act.by or OPERATOR_NAME
    if act.action == "slow":
        return _slow_text(by, act.name)
    text = (TEXTS.get(act.action) or UNTOLD_TEXTS[act.action]).format(
        by=by, name=act.name or HOLDER
    )
    until = "" if act.until is None else f" until {minute(act.until)}"
    because = f": {act.reason}" if act.reason else ""
    return f"{text}{until}{because}"


def erasure_text(erasure: Erased) -> str:
    """Return who has erased whose message."""
    by = erasure.by or OPERATOR_NAME
    if erasure.by == erasure.name or not erasure.name:
        return f"{by} has erased a message"
    return f"{by} has erased a message of {erasure.name}"


def topic_text(topic: str, by: str) -> str:
    """Return who has set a topic, which may be empty."""
    by = by or OPERATOR_NAME
    return f"{by} changed the topic to: {topic}" if topic else f"{by} removed the topic"


def announcement_text(announcement: Announcement) -> str:
    """Return an announcement and who makes it."""
    return f"announcement by {announcement.by or OPERATOR_NAME}: {announcement.text}"


def _slow_text(by: str, seconds: str) -> str:
    if seconds == "0":
        return f"{by} has ended slow mode"
    unit = "second" if seconds == "1" else "seconds"
    return f"{by} has set slow mode: one message in {seconds} {unit}"
