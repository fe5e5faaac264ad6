"""Enters, leaves and switches rooms, and says so on the screen. Pure."""

from typing import assert_never

from ..exit_status import ExitCode, ExitStatus
from ..protocol import display_items as items
from ..protocol.display_items import Note
from ..protocol.queued_request import is_same_name
from ..protocol.requests import LeaveRoom
from ..protocol.rooms import DIRECT_SIGIL, folded
from . import notes
from .destination import Destination
from .joined_rooms import JoinedRooms, Room
from .order_notes import in_local_time
from .screen import Screen

Membership = items.RoomEntered | items.RoomRead | items.RoomLeft | items.RoomClosed
"""What a server says about the rooms that the client is in."""


class Memberships:
    """The rooms that the client enters, leaves and switches between."""

    def __init__(
        self,
        joined: JoinedRooms,
        screen: Screen,
        destination: Destination,
        status: ExitStatus,
    ) -> None:
        self._joined, self._screen = joined, screen
        self._destination, self._status = destination, status

    def to_leave(self, target: str) -> LeaveRoom | None:
        """Return the request to leave the room that a user means by *target*.

        It is None if there is none, which a note says. Other names than those of the
        rooms here are left to the server: a request to join one may be in flight.
        """
        if (found := self._joined.find(target)) is not None:
            return LeaveRoom(found.name)
        is_number = target.isascii() and target.isdecimal()
        is_requested = is_number and self._destination.has_requested(target)
        if not is_requested and (is_number or target.startswith(DIRECT_SIGIL)):
            self._refuse_unknown(target)
            return None
        return LeaveRoom(folded(target))

    def leave_closed(self, request: LeaveRoom) -> bool:
        """Leave a room that is over; return False for any other."""
        room = self._joined.get(request.room)
        if room is None or not room.is_over:
            return False
        self._remove(room.name, notes.left(room.label))
        return True

    def select(self, number: int | None) -> None:
        """Switch to the room with this *number*, or to the next unread one."""
        rooms = self._joined.rooms
        self._destination.switched()
        if number is None:
            room = self._joined.next_unread()
        else:
            room = rooms[number - 1] if number <= len(rooms) else None
        if room is not None:
            self._switch(room)

    def switch_to(self, target: str) -> None:
        """Switch to the room that a user means by *target*."""
        room = self._joined.find(target)
        unknown = "" if target.startswith(DIRECT_SIGIL) else folded(target)
        self._destination.switched(unknown if room is None else room.name)
        if room is not None:
            self._switch(room)
        else:
            self._refuse_unknown(target)

    def process(self, event: Membership) -> None:
        """Process an event about a room of the client."""
        match event:
            case items.RoomEntered():
                self._enter(event)
            case items.RoomLeft(name):
                self._remove(name, notes.left(self._screen.name(name)))
            case items.RoomRead(name, _, sequence, unread):
                if (room := self._joined.get(name)) is not None:
                    room.unread.read_up_to(sequence, unread)
            case items.RoomClosed():
                self._close(event)
            case _:
                assert_never(event)

    def _enter(self, entered: items.RoomEntered) -> None:
        if (room := self._joined.enter(entered.room)) is None:
            return  # the protocol follows no more rooms, and has said so
        room.topic, room.other, room.title = entered.topic, entered.other, entered.title
        room.is_private = entered.is_private
        is_news = entered.is_one_way and not room.is_one_way
        room.is_one_way = entered.is_one_way
        if sum(not each.is_direct for each in self._joined.rooms) > 1:
            self._screen.label_from_now_on()
        if room is not self._joined.current:
            room.unread.expect(entered.unread, entered.mentions)
        if not entered.is_requested:
            return
        if room.is_direct:
            self._replace_closed(room)
        if not self._destination.entered(room.name, room.other):
            if is_news:
                self._screen.tell(Note(notes.cannot_answer(room)))
            return
        self._switch(room)
        self._screen.show_entered(notes.entered(room, is_kept=entered.is_kept))

    def _replace_closed(self, room: Room) -> None:
        """Show a new conversation in place of the current one, if that is over.

        The user has written to the other user again.
        """
        current = self._joined.current
        if current is None or not current.is_over or current is room:
            return
        if is_same_name(current.other, room.other):
            self._joined.leave(current.name)
            self._switch(room)

    def _remove(self, name: str, note: str) -> None:
        """Remove a room that the client is not in any more, and show the *note*."""
        was_current = self._joined.current is self._joined.get(name)
        self._screen.tell(Note(note))
        self._joined.leave(name)
        if was_current and self._joined.current is not None:
            self._screen.show_switch(self._joined.current)
        elif not self._joined.current:
            self._screen.tell(Note(notes.NO_ROOM))

    def _close(self, closed: items.RoomClosed) -> None:
        """Process the end of a room, and tell which lines were not sent to it.

        If it is the current one, the user may be typing a line for it, which must not
        go elsewhere: the room is shown until the user switches.
        """
        name, _, reason, unsent, uncertain = closed
        room, label = self._joined.get(name), self._screen.name(name)
        note = notes.closed(label, in_local_time(reason), room)
        if (
            not self._destination.is_script
            and room is not None
            and room is self._joined.current
        ):
            room.is_over = True
            room.removal = reason if reason in notes.REMOVED else ""
            self._screen.tell(Note(note))
        else:
            self._remove(name, note)
        for note in notes.not_sent(label, unsent, uncertain):
            self._screen.note(note)

    def _switch(self, room: Room) -> None:
        if room is self._joined.current:
            return
        self._joined.select(room)
        self._screen.show_switch(room)

    def _refuse_unknown(self, target: str) -> None:
        """Say that no room is meant by *target*."""
        self._status.record(ExitCode.BAD_COMMAND)
        self._screen.note(notes.not_in(target))
