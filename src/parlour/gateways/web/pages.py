"""The pages for people: templates with their values.

Everything here is public, except the private rooms of an account, which are for it
alone. No page shows a conversation of two. A room that is closed shows its history,
and is in no list.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from time import time
from typing import NamedTuple

from parlour.core.events import ListedRoom, Message, RoomName, Snapshot
from parlour.core.sessions.own_rooms import OwnRooms
from parlour.core.storage import Before, Page, Query
from parlour.search_hits import SearchHits

from . import parameters, paths, rendered_rooms, rendering
from .parameters import Arguments
from .text_html import TextCache
from .visitor_queries import VisitorQueries


class RoomNotOpenError(Exception):
    """The room of an address is not open and has no history."""

    def __init__(self, room: RoomName) -> None:
        super().__init__(f"#{room} is not open")
        self.room = room


class View(NamedTuple):
    """A template with its values, and the status of the response."""

    template: str
    values: dict[str, object]
    status: int = 200


class Pages:
    """The views of the pages. They keep no state between requests.

    *account* returns the name of the account that asks, or an empty string.
    """

    def __init__(self, chat: VisitorQueries, account: Callable[[], str]) -> None:
        self._chat, self._account = chat, account

    def chat(self, room: RoomName, arguments: Arguments) -> View:
        """Show the users and the newest messages, or a page of older messages."""
        before = parameters.before(arguments)
        snapshot = self._snapshot(room)  # first: the page resumes from its cursor
        if before is not None:
            return self._older_page(room, before, snapshot.sequence)
        page = self._read(Before(room, snapshot.sequence + 1, parameters.PAGE_SIZE))
        users = rendering.render_users(snapshot.users, time())
        own = self._own_rooms()
        readings = [each.reading for each in own.rooms if each.listed.room == room]
        return View(
            "chat.html",
            {
                **self._room_list(room, own),
                "unread": sum(each.unread for each in readings if each is not None),
                "room": room,
                "name": parameters.value(arguments, "name"),
                "topic": snapshot.topic,
                "snapshot": snapshot,
                "users": users,
                "others": len(snapshot.users) - len(users),
                "messages": list(rendering.render_messages(page.messages)),
                "first": _first(page.messages, snapshot.sequence + 1),
                "more": page.has_more,
            },
        )

    def closed_room(self, room: RoomName) -> View:
        """Show that there is no such room; a script offers to open it.

        Somebody who is invited to it can enter it.
        """
        own = self._own_rooms()
        invited = [each for each in own.invitations if each.room == room]
        inviters = [each.by for each in rendered_rooms.render_invitations(invited)]
        values = {"room": room, "inviters": inviters}
        return View("chat.html", {**self._room_list(room, own), **values}, 404)

    def rooms(self, arguments: Arguments) -> View:
        """Show a list of the open rooms."""
        after = parameters.after_name(arguments)
        own = self._own_rooms()
        found = _after(self._rooms(own), after)
        rooms = rendered_rooms.render_rooms(found, own.rooms)
        is_cut = len(rooms) < len(found)
        more = paths.rooms_path(found[len(rooms) - 1].room) if is_cut else None
        return View("rooms.html", {"rooms": rooms, "more": more, "is_first": not after})

    def search(self, arguments: Arguments) -> View:
        """Show the search form, and the messages that match."""
        wanted, words = parameters.rooms(arguments), parameters.words(arguments)
        listed = self._rooms(self._own_rooms())
        # The list may be a second old: a room in it may have become private since.
        heads = self._chat.heads(wanted)
        rooms = [each for each in wanted if each in heads]
        if not rooms:
            raise RoomNotOpenError(wanted[0])
        places = [each.room for each in rendered_rooms.first_rooms(listed, rooms[0])]
        if rooms[0] not in places:  # it is closed
            places.append(rooms[0])
        values: dict[str, object] = {
            "words": words,
            "rooms": rooms,
            "room": rooms[0],
            "places": places,
        }
        if not words:
            return View("search.html", values)
        texts = TextCache(hits=SearchHits(words))
        page = self._read(parameters.search(arguments, words, heads), heads, texts)
        older = None
        if page.has_more and len(rooms) == 1:
            older = paths.search_path(rooms, words, _first(page.messages, 1))
        found = rendering.render_messages(page.messages, texts, is_grouped=False)
        results = {"messages": list(found), "older": older, "is_cut": page.has_more}
        return View("search.html", {**values, **results})

    def message(self, room: RoomName, sequence: int) -> View | None:
        """Show one message with its neighbours; None if there is no such message."""
        head = self._chat.heads([room]).get(room)
        if head is None:
            raise RoomNotOpenError(room)
        if sequence > head:
            return None
        older = self._chat.read(parameters.up_to(room, sequence)).messages
        if not older or older[-1].sequence != sequence:
            return None
        newer = self._chat.read(parameters.after(room, sequence, head)).messages
        near = rendering.neighbours(older, newer)
        messages = list(rendering.render_messages(near))
        values = {
            "room": room,
            "messages": messages,
            "sequence": sequence,
            "is_own": older[-1].source == self._account(),
            "is_erased": older[-1].is_erased,
        }
        return View("message.html", values)

    def _older_page(self, room: RoomName, before: int, head: int) -> View:
        query = Before(room, min(before, head + 1), parameters.PAGE_SIZE)
        page = self._read(query)
        last = page.messages[-1].sequence if page.messages else query.sequence - 1
        return View(
            "older.html",
            {
                "room": room,
                "messages": list(rendering.render_messages(page.messages)),
                "older": _first(page.messages, 1) if page.has_more else None,
                "newer": self._newer_page(room, last, head),
            },
        )

    def _newer_page(self, room: RoomName, last: int, head: int) -> int | None:
        """Return the sequence before which the messages after *last* are a page.

        It is None if there are none. Sequences have holes, so the messages are read.
        """
        if last >= head:
            return None
        page = self._chat.read(parameters.newer_page(room, last, head))
        found = rendering.fitting(page.messages, rendering.html_size)
        return found[-1].sequence + 1 if found else None

    def _room_list(self, current: RoomName, own: OwnRooms) -> dict[str, object]:
        """Return the values for the list of rooms beside the chat."""
        rooms = self._rooms(own)
        shown = rendered_rooms.first_rooms(rooms, current)
        return {
            "rooms": rendered_rooms.render_rooms(shown, own.rooms),
            "other_rooms": len(rooms) - len(shown),
            "invitations": rendered_rooms.render_invitations(own.invitations),
        }

    def _own_rooms(self) -> OwnRooms:
        account = self._account()
        return self._chat.own_rooms(account) if account else OwnRooms()

    def _rooms(self, own: OwnRooms) -> list[ListedRoom]:
        """Return the open rooms that the person who asks may see, sorted by name."""
        private = [each.listed for each in own.rooms if each.listed.is_private]
        rooms = self._chat.rooms()
        if not private:
            return rooms
        return sorted([*rooms, *private], key=lambda each: each.room)

    def _snapshot(self, room: RoomName) -> Snapshot:
        snapshot = self._chat.snapshot(room, self._account())
        if snapshot is None:
            raise RoomNotOpenError(room)
        return snapshot

    def _read(
        self,
        query: Query,
        heads: Mapping[RoomName, int] | None = None,
        texts: TextCache = rendering.TEXTS,
    ) -> Page:
        """Return the newest messages for *query* that fit on a page.

        Those after the *heads* of their rooms, which a search in several rooms finds,
        too, are dropped.
        """
        page = self._chat.read(query)
        found = [
            each
            for each in page.messages
            if heads is None or each.sequence <= heads[each.room]
        ]
        size = partial(rendering.html_size, texts=texts)
        newest = rendering.fitting(found[::-1], size)[::-1]
        more = page.has_more or len(newest) < len(found)
        return Page(
            tuple(newest), has_more=more, total=page.total, expired=page.expired
        )


def _after(rooms: Iterable[ListedRoom], name: str | None) -> list[ListedRoom]:
    """Return the *rooms* after the one called *name*."""
    return [each for each in rooms if name is None or each.room > name]


def _first(messages: tuple[Message, ...], otherwise: int) -> int:
    return messages[0].sequence if messages else otherwise
