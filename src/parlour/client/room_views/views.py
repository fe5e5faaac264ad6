"""The rooms of a conversation as its user sees them. Pure.

It follows which rooms the client is in, switches between them, and answers the
commands about them that need no server.
"""

from collections.abc import Callable, Iterable
from typing import assert_never

from parlour.core.events import LOBBY, SERVER

from ..exit_status import ExitStatus
from ..protocol import display_items as items
from ..protocol import local_commands as commands
from ..protocol.account_items import AccountItem, SignInRefused
from ..protocol.display_items import Answer, ChatMessage, DisplayItem, Note
from ..protocol.order_items import Act, AnnouncementMade, MessageErased, NotedItem
from ..protocol.requests import Request
from ..terminal.completion import Completions
from ..terminal.prompt_status import PromptStatus
from ..terminal.safe_text import make_safe
from ..terminal.shown_items import ShownItem
from . import notes
from .account_notes import account_notes
from .destination import Destination
from .joined_rooms import JoinedRooms
from .labels import room_label
from .memberships import Membership, Memberships
from .open_rooms import OpenRooms
from .order_notes import in_local_time, order_notes
from .room_status import room_status
from .screen import RoomDisplay, Screen

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
        self._joined = JoinedRooms(rooms)
        labels_all = labels_all or len(rooms) > 1
        self._screen = Screen(
            self._joined, display, labels_all=labels_all, own_name=own_name
        )
        self._destination = Destination(rooms, is_script=is_script)
        self.memberships = Memberships(
            self._joined, self._screen, self._destination, status
        )
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
        """Why nothing is sent to the current room, or "" if it is not over."""
        current = self._joined.current
        return notes.over(current) if current is not None and current.is_over else ""

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
            case _ if isinstance(item, commands.LocalCommand):
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
                self._screen.tell(each)

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

    def _answer(self, command: commands.LocalCommand) -> None:
        """Answer a command that needs no server."""
        match command:
            case commands.SwitchRoom(target):
                self.memberships.switch_to(target)
            case commands.ShowRooms():
                rooms = notes.own_rooms(self._joined.rooms, self.writes_to)
                self._screen.note(rooms)
            case commands.ShowTopic(name):
                room = self._joined.get(name)
                unknown = (
                    notes.not_in(self._screen.name(name)) if name else notes.NO_ROOM
                )
                self._screen.note(unknown if room is None else notes.topic_of(room))
            case commands.ShowIgnored():
                self._screen.note(notes.ignored(self._ignored))
            case commands.ShowLast(limit, name):
                self._screen.show_last(name, limit)
            case commands.ShowWhole(sequence, name):
                self._screen.show_whole(name, sequence)
            case commands.Highlight(word):
                self._screen.highlight(word)
            case commands.SetBell():
                self._screen.set_bell(command)
            case commands.ClearScreen():
                self._screen.clear(command)
            case _:
                assert_never(command)

    def _process(self, event: RoomEvent) -> None:
        """Process an event about a room, and tell people about it."""
        match event:
            case items.Refusal():
                self._refuse(event)
            case _ if isinstance(event, Membership):
                self.memberships.process(event)
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
                    self._screen.tell(Note(notes.ignored(names)))
            case _:
                assert_never(event)

    def _refuse(self, refusal: items.Refusal) -> None:
        refusal = refusal._replace(reason=in_local_time(refusal.reason))
        reason, line, _, room, about, to, text = refusal
        self._destination.refused(about, room, to)
        if line:
            self._screen.tell(refusal, room)
        else:  # the client itself refuses it: a program gets no line about that
            self._screen.show(Note(make_safe(reason)), room)
        label = room_label("", to) if to else self._screen.name(room)
        for note in notes.not_sent(label, (text,) if text else ()):
            self._screen.note(note)

    def _show_open_rooms(self, found: items.RoomList) -> None:
        self._open_rooms.add(found.rooms)
        self._screen.tell(notes.open_rooms(found))
        if found.has_more and found.rooms:
            self._screen.tell(Note(notes.more_rooms(found)))
