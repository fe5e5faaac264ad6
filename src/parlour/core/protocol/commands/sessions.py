"""Commands about the session itself: its start, its name, whom it ignores."""

from ...events import LOBBY, Cursor, Refused, RoomName, Value, is_direct_room
from .accounts import Credentials


class Hello(Value, frozen=True, gc=False):
    """Switch to the session dialect.

    *token* is a hash of the client's token, or empty if it has none. *rooms* are the
    rooms to be in, not validated yet; None if the client knows no other room than the
    lobby. *cursors* are how far the client has read each room. *errors* are those in
    the rest of the hello. With *credentials*, the user signs in; if they are malformed,
    they are the refusal.
    """

    token: str
    name: str | None
    is_watching: bool
    rooms: tuple[str, ...] | None = None
    cursors: tuple[tuple[str, Cursor], ...] = ()
    errors: tuple[Refused, ...] = ()
    credentials: Credentials | Refused | None = None

    @property
    def wanted_rooms(self) -> tuple[RoomName, ...]:
        """The rooms to be in: the lobby, if the client knows no other room."""
        return (LOBBY,) if self.rooms is None else tuple(map(RoomName, self.rooms))

    @property
    def knows_rooms(self) -> bool:
        """Whether the client can be in other rooms than the lobby."""
        return self.rooms is not None

    def cursor(self, room: RoomName) -> Cursor | None:
        """Return how far the client has read *room*, if it said so."""
        return next((each for name, each in self.cursors if name == room), None)

    def without_cursor(self, room: RoomName) -> "Hello":
        """Return the hello after the cursor of *room* was used."""
        cursors = tuple(each for each in self.cursors if each[0] != room)
        return self.replace(cursors=cursors)

    def with_direct_cursors(self) -> "Hello":
        """Return the hello with no cursors but those of direct rooms."""
        direct = [each for each in self.cursors if is_direct_room(each[0])]
        return self.replace(cursors=tuple(direct))


class SetName(Value, frozen=True, gc=False):
    """Rename the user to *name*."""

    name: str


class Ignore(Value, frozen=True, gc=False):
    """Ignore the user called *name*."""

    name: str


class Unignore(Value, frozen=True, gc=False):
    """No longer ignore the user called *name*."""

    name: str


class Goodbye(Value, frozen=True, gc=False):
    """End the session; the client will not resume it."""
