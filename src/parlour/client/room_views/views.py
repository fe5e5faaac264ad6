"""The rooms of a conversation as its user sees them. Pure.

It follows which rooms the client is in, switches between them, and answers the
commands about them that need no server.
"""

from collections.abc import Callable, Iterable
from typing import assert_never

from parlour.core.events import LOBBY, SERVER

from ..exit_status import ExitCode, ExitStatus
from ..protocol import display_items as items
from ..protocol.account_items import AccountItem, SignInRefused
from ..protocol.display_items import Answer, ChatMessage, DisplayItem, Note
from ..protocol.order_items import Act, AnnouncementMade, MessageErased, NotedItem
from ..protocol.queued_request import is_same_name
from ..protocol.requests import LeaveRoom, Request
from ..protocol.rooms import DIRECT_SIGIL, folded
from ..terminal.completion import Completions
from ..terminal.prompt_status import PromptStatus
from ..terminal.safe_text import make_safe
from ..terminal.shown_items import ShownItem
from . import notes
from .account_notes import account_notes
from .destination import Destination
from .joined_rooms import JoinedRooms, Room
from .labels import room_label
from .open_rooms import OpenRooms
from .order_notes import in_local_time, order_notes
from .room_status import room_status
from .screen import RoomDisplay, Screen

Membership = items.RoomEntered | items.RoomRead | items.RoomLeft | items.RoomClosed
RoomEvent = (
    Membership | items.Refusal | items.TopicChanged | items.RoomList | items.IgnoredList
)
"""What a server with rooms sends, besides messages and answers."""


class RoomViews:
    """The rooms that the client is in, and what is shown of them.

    A *script* does not wait for answers: it writes to a room as soon as it has
    requested to join it, and the server refuses the lines if it may not. The other
    options are those of :class:`~.screen.Screen`.
    """

    def __init__(
        self,
        status: ExitStatus,
        rooms: tuple[str, ...] = (LOBBY,),
        display: RoomDisplay = RoomDisplay.EXACT,
        *,
        labels_all: bool = False,
        is_script: bool = False,
        own_name: Callable[[], str] = str,
        address: str = "",
    ) -> None:
        self._address = address  # of the server, in links
        self._status = status
        self._joined = JoinedRooms(rooms)
        labels_all = labels_all or len(rooms) > 1
        self._screen = Screen(
            self._joined, display, labels_all=labels_all, own_name=own_name
        )
        self._destination = Destination(rooms, is_script=is_script)
        self._ignored: tuple[str, ...] = ()  # the names of users
        self._open_rooms = OpenRooms()
        self._erased = ("", "", "")  # room, by and author of the last notice

    @property
    def writes_to(self) -> str:
        """The name of the room to which lines are sent, or "" if there is none."""
        current = self._joined.current
        return self._destination.room(current.name if current is not None else "")

    @property
    def closed(self) -> str:
        """The label of the current room if it is over, so that nothing is sent."""
        current = self._joined.current
        return current.label if current is not None and current.is_over else ""

    @property
    def shown(self) -> tuple[str, ...]:
        """The rooms whose messages the user sees at once."""
        if self._screen.is_exact or self._destination.is_script:
            return ()
        if self._screen.shows_all:
            return tuple(room.name for room in self._joined.rooms)
        current = self._joined.current
        return () if current is None else (current.name,)

    def take_missing(self) -> str:
        """Return, once, the current room if only the server has what is unread there.

        It is empty for none.
        """
        room, self._screen.missing = self._screen.missing, ""
        return room

    @property
    def completions(self) -> Completions:
        """The names that Tab completes."""
        current = self._joined.current
        people = current.names.by_recency() if current is not None else ()
        joined = tuple(room.label for room in self._joined.rooms if room.is_typeable)
        return Completions(tuple(people), joined, self._open_rooms.labels)

    def prompt(self, connection: str) -> PromptStatus:
        """Return what the prompt shows, besides the state of the *connection*."""
        return room_status(self._joined, self._destination, connection)

    def take(self) -> list[ShownItem]:
        """Remove and return the items to show next."""
        return self._screen.take()

    def requested(self, request: Request) -> Request:
        """Return a request of the user. It may change the room to write to."""
        return self._destination.requested(request)

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

    def feed(self, received: Iterable[DisplayItem]) -> None:
        """Arrange the next items."""
        for item in received:
            self._arrange(item)

    def _arrange(self, item: DisplayItem) -> None:  # noqa: C901 -- one case for each
        match item:
            case ChatMessage():
                self._screen.show_message(item)
            case Answer():
                self._screen.show_answer(item)
            case items.OwnLine() | items.RefusedLine():
                self._screen.show_own_line(item)
            case Note(_, room):
                self._screen.show(item, room)
            case items.UserList(names, is_first, name):
                if (found := self._joined.get(name)) is not None:
                    found.names.add_present(names, is_first=is_first)
            case items.ProtocolLine() | items.UnknownLine() | items.Disconnected():
                self._screen.show(item)
            case items.WholeMessage() | AnnouncementMade():  # in any room
                self._screen.show(item)
            case items.OtherRenamed(name, other):
                if (found := self._joined.get(name)) is not None:
                    found.other = other
            case items.Live(name):
                self._screen.show_live(name)
            case items.NewSince(name, time):
                self._screen.show_new_since(name, time)
            case _ if isinstance(item, items.LocalCommand):
                self._answer(item)
            case _ if isinstance(item, AccountItem):
                self._show_account(item)
            case MessageErased():
                self._erase(item)
            case _ if isinstance(item, NotedItem):
                self._show_order(item)
            case _:
                if self._screen.is_exact and item.line:
                    self._screen.show(item)
                self._process(item)

    def _erase(self, item: MessageErased) -> None:
        """Forget a text, and say so; many erasures by the operator have one notice."""
        self._screen.forget_text(item.room, item.target)
        notice = item.room, item.by, item.name
        is_repeated = not item.by and notice == self._erased
        self._erased = notice
        if not is_repeated or self._screen.is_exact:
            self._show_order(item)

    def _show_account(self, item: AccountItem) -> None:
        """Show what is about the account. A program that cannot sign in ends."""
        if self._screen.is_exact and item.line:
            self._screen.show(item)
        if not (isinstance(item, SignInRefused) and self._destination.is_script):
            for each in account_notes(item):
                self._tell(each)

    def _show_order(self, item: NotedItem) -> None:
        """Show what keeps order."""
        if isinstance(item, Act) and (room := self._joined.get(item.room)):
            room.is_private = notes.is_private(item.action, before=room.is_private)
        is_exact = self._screen.is_exact
        for each in (item,) if is_exact else order_notes(item, self._address):
            if isinstance(each, ChatMessage):
                self._screen.show_message(each)
            else:
                self._screen.show(each)

    def _answer(self, command: items.LocalCommand) -> None:
        """Answer a command that needs no server."""
        match command:
            case items.SwitchRoom(target):
                self._switch_to(target)
            case items.ShowRooms():
                rooms = notes.own_rooms(self._joined.rooms, self.writes_to)
                self._screen.note(rooms)
            case items.ShowTopic(name):
                room = self._joined.get(name)
                unknown = (
                    notes.not_in(self._screen.name(name)) if name else notes.NO_ROOM
                )
                self._screen.note(unknown if room is None else notes.topic_of(room))
            case items.ShowIgnored():
                self._screen.note(notes.ignored(self._ignored))
            case items.ShowLast(limit, name):
                self._screen.show_last(name, limit)
            case items.ShowWhole(sequence, name):
                self._screen.show_whole(name, sequence)
            case items.Highlight(word):
                self._screen.highlight(word)
            case items.SetBell():
                self._screen.set_bell(command)
            case items.ClearScreen():
                self._screen.clear(command)
            case _:
                assert_never(command)

    def _process(self, event: RoomEvent) -> None:  # noqa: C901 -- one case for each
        """Process an event about a room, and tell people about it."""
        match event:
            case items.Refusal():
                self._refuse(event)
            case items.RoomEntered():
                self._enter(event)
            case items.RoomLeft(name):
                self._remove(name, notes.left(self._screen.name(name)))
            case items.RoomRead(name, _, sequence, unread):
                if (room := self._joined.get(name)) is not None:
                    room.unread.read_up_to(sequence, unread)
            case items.RoomClosed():
                self._close(event)
            case items.TopicChanged(name, topic, _, line):
                if (room := self._joined.get(name)) is not None:
                    room.topic = topic
                if not self._screen.is_exact:
                    text = notes.topic_changed(event)
                    message = ChatMessage(SERVER, text, line, room=name)
                    self._screen.show_message(message)
            case items.RoomList():
                self._show_open_rooms(event)
            case items.IgnoredList(names, _, is_requested):
                self._ignored = names
                if is_requested:
                    self._tell(Note(notes.ignored(names)))
            case _:
                assert_never(event)

    def _refuse(self, refusal: items.Refusal) -> None:
        refusal = refusal._replace(reason=in_local_time(refusal.reason))
        reason, line, _, room, about, to, text = refusal
        self._destination.refused(about, room, to)
        self._tell(refusal if line else Note(make_safe(reason)), room)
        label = room_label("", to) if to else self._screen.name(room)
        for note in notes.not_sent(label, (text,) if text else ()):
            self._screen.note(note)

    def _tell(
        self, item: Answer | ChatMessage | items.Refusal | Note, room: str = ""
    ) -> None:
        """Show *item* to people. A program gets what the server sends instead."""
        if not self._screen.is_exact:
            self._screen.show(item, room)

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
                self._tell(Note(notes.cannot_answer(room)))
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
        self._tell(Note(note))
        self._joined.leave(name)
        if was_current and self._joined.current is not None:
            self._screen.show_switch(self._joined.current)
        elif not self._joined.current:
            self._tell(Note(notes.NO_ROOM))

    def _close(self, closed: items.RoomClosed) -> None:
        """Process the end of a room, and tell which lines were not sent to it.

        If it is the current one, the user may be typing a line for it, which must not
        go elsewhere: the room is shown until the user switches.
        """
        name, _, reason, unsent, uncertain = closed
        room, label = self._joined.get(name), self._screen.name(name)
        note = notes.closed(label, in_local_time(reason))
        if (
            not self._destination.is_script
            and room is not None
            and room is self._joined.current
        ):
            room.is_over = True
            self._tell(Note(note))
        else:
            self._remove(name, note)
        for note in notes.not_sent(label, unsent, uncertain):
            self._screen.note(note)

    def _switch(self, room: Room) -> None:
        if room is self._joined.current:
            return
        self._joined.select(room)
        self._screen.show_switch(room)

    def _switch_to(self, target: str) -> None:
        """Switch to the room that a user means by *target*."""
        room = self._joined.find(target)
        unknown = "" if target.startswith(DIRECT_SIGIL) else folded(target)
        self._destination.switched(unknown if room is None else room.name)
        if room is not None:
            self._switch(room)
        else:
            self._refuse_unknown(target)

    def _refuse_unknown(self, target: str) -> None:
        """Say that no room is meant by *target*."""
        self._status.record(ExitCode.BAD_COMMAND)
        self._screen.note(notes.not_in(target))

    def _show_open_rooms(self, found: items.RoomList) -> None:
        self._open_rooms.add(found.rooms)
        self._tell(notes.open_rooms(found))
        if found.has_more and found.rooms:
            self._tell(Note(notes.more_rooms(found)))
