"""The API: what the pages show, as JSON objects of the session dialect."""

from typing import Final

from parlour.core.events import LOBBY, ListedRoom, RoomName, Snapshot, User
from parlour.core.roles import shown_role
from parlour.core.storage import Before, StorageError
from parlour.core.timestamps import rfc3339

from . import parameters, rendering
from .allowed_origins import AllowedOrigins
from .chat_queries import RoomQueries
from .host_checks import origin_refusal
from .pages import RoomNotOpenError
from .parameters import Arguments

WEBSOCKET_NOTE: Final = "The chat is at /ws, for WebSockets.\n"

Json = dict[str, object]


class Api:
    """The views of the API. They keep no state between requests."""

    def __init__(self, chat: RoomQueries, origins: AllowedOrigins) -> None:
        self._chat, self._origins = chat, origins

    def rooms(self, arguments: Arguments) -> Json:
        """List the open rooms by name, from the one after a given name."""
        after, limit = (
            parameters.after_name(arguments),
            parameters.room_limit(arguments),
        )
        found = [
            each for each in self._chat.rooms() if after is None or each.room > after
        ]
        rooms = list(map(_room, found[:limit]))
        sent = rendering.fitting(rooms, rendering.json_size)
        return {"rooms": sent, "more": len(sent) < len(found)}

    def users(self, arguments: Arguments) -> Json:
        """List the users of a room by name, from the one after a given name."""
        room, after = parameters.room(arguments), parameters.after_name(arguments)
        users = [
            _user(user)
            for user in self._snapshot(room).users
            if after is None or user.name > after
        ]
        sent = rendering.fitting(users, rendering.json_size)
        return {"room": room, "users": sent, "more": len(sent) < len(users)}

    def messages(self, arguments: Arguments) -> Json:
        """List messages, like `history` in the session dialect."""
        room = parameters.room(arguments)
        snapshot = self._snapshot(room)
        query = parameters.message_list(arguments, room, snapshot.sequence)
        page = self._chat.read(query)
        found = [rendering.as_json(message) for message in page.messages]
        if isinstance(query, Before):
            sent = rendering.fitting(found[::-1], rendering.json_size)[::-1]
        else:
            sent = rendering.fitting(found, rendering.json_size)
        more = page.has_more or len(sent) < len(found)
        return {"room": room, "epoch": snapshot.epoch, "messages": sent, "more": more}

    def origin(
        self, origin: str, host: str, *, has_cookie: bool, has_tls: bool = False
    ) -> Json:
        """Return whether a page of *origin* may open a WebSocket, and why not.

        A script cannot see why its handshake was refused, so it requests the reason.
        """
        found = origin_refusal(
            self._origins, host, origin, has_cookie=has_cookie, has_tls=has_tls
        )
        return {"allowed": found is None, "reason": found[1] if found else None}

    def health(self) -> StorageError | None:
        """Return why the chat does not respond, or None."""
        try:
            self._chat.snapshot(LOBBY)
        except StorageError as exc:
            return exc
        return None

    def _snapshot(self, room: RoomName) -> Snapshot:
        snapshot = self._chat.snapshot(room)
        if snapshot is None:
            raise RoomNotOpenError(room)
        return snapshot


def _user(user: User) -> dict[str, str | int]:
    role = shown_role(user.role)
    shown = {"role": role} if role else {}
    return {"name": user.name, "since": rfc3339(user.since), **shown}


def _room(room: ListedRoom) -> dict[str, str | int]:
    return {"room": room.room, "topic": room.topic, "users": room.users}
