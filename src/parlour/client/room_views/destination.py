"""The destination of the user's next line: a room, also one that is not entered yet."""

from collections.abc import Iterable

from ..protocol.queued_request import is_same_name
from ..protocol.requests import Direct, Join, LeaveRoom, Request, Say
from ..protocol.rooms import DIRECT_SIGIL, folded
from . import notes
from .labels import room_label


class Destination:
    """The room of the last command that switches, also before that is answered.

    If it is refused, the lines for it are refused, and go to no other room. Of a
    *script*, which cannot see the refusal, later lines go to no other room either,
    until it names one.
    """

    def __init__(self, rooms: Iterable[str], *, is_script: bool) -> None:
        self.is_script = is_script
        self._script_rooms = dict.fromkeys(rooms)  # that a script has not left
        self._script_room = next(iter(self._script_rooms), "")
        self._opening = ""  # the user to whose direct room to switch
        self._joining = ""  # the room to which to switch

    def room(self, current: str) -> str:
        """Return the room of the next line; *current* is the one that is shown.

        That of a user whose direct room is not open yet is no room of a server: a
        command for it is refused, and not carried out elsewhere.
        """
        if self._opening:
            return f"{DIRECT_SIGIL}{self._opening}"
        return self._script_room if self.is_script else self._joining or current

    @property
    def label(self) -> str:
        """The label of the room that is not entered yet, or ""."""
        if self._joining:
            return f"{room_label(self._joining)}{notes.PENDING_MARK}"
        if self._opening:
            return f"{room_label('', self._opening)}{notes.PENDING_MARK}"
        return ""

    def has_requested(self, room: str) -> bool:
        """Return whether a script has asked to join *room*, and not left it."""
        return room in self._script_rooms

    def requested(self, request: Request) -> Request:
        """Return a request of the user. It may change the destination.

        A line for a direct room that is not open yet is a direct message to its user.
        """
        match request:
            case Direct(to, ""):
                self._opening, self._joining = to, ""
            case Say(text) if self._opening:
                return Direct(self._opening, text)
            case Join(room):
                self._opening = ""
                if self.is_script:
                    self._write_to(room)
                else:
                    self._joining = folded(room)
            case LeaveRoom(room):
                self._opening = ""
                self._script_rooms.pop(room, None)
                if room == self._script_room:
                    self._script_room = next(iter(self._script_rooms), "")
        return request

    def refused(self, about: str, room: str, to: str) -> None:
        """Process the refusal of a line of the type *about*.

        *to* is the user to whom a text was not sent, if it was a direct message.
        """
        if about == "join" and folded(room) in ("", self._joining):
            self._joining = ""
        is_for_opening = not to or is_same_name(to, self._opening)
        if about == "direct" and is_for_opening and not self.is_script:
            self._opening = ""

    def entered(self, room: str, other: str) -> bool:
        """Process the answer to a request; return whether to switch to the room.

        For a text that was sent to *other*, the client stays where it is.
        """
        if room == self._joining:
            self._joining = ""
        if not other:
            return True
        if not is_same_name(other, self._opening):
            return False
        self._opening = ""
        self._write_to(room)
        return True

    def switched(self, room: str | None = None) -> None:
        """Process that the user has chosen a room; a script writes to it if given."""
        self._opening = self._joining = ""
        if room is not None and self.is_script:
            self._script_room = room

    def _write_to(self, room: str) -> None:
        self._script_room = room
        self._script_rooms[room] = None
