"""The answers to requests of the operator that are about the running server."""

from ..events import Value


class UserFacts(Value, frozen=True, gc=False, omit_defaults=True):
    """A user; *idle* is in seconds. Of a session that is lost, some are None.

    *kind* is ``client``, ``plain`` (of the assignment's protocol), ``page`` or
    ``lost``. *rooms* are the first ones, and there are so many *more*.
    """

    session: int
    name: str
    account: bool
    address: str
    kind: str
    rooms: tuple[str, ...] = ()
    more_rooms: int = 0
    since: str | None = None
    idle: int | None = None


class UserFactsList(Value, frozen=True, gc=False):
    """Users, in order of their sessions; *more* have higher numbers."""

    users: tuple[UserFacts, ...]
    more: bool = False

    @property
    def following(self) -> int:
        """The number to ask for more with, or 0."""
        return self.users[-1].session if self.more else 0


class RoomFacts(Value, frozen=True, gc=False, omit_defaults=True):
    """An open room; *messages* is the sequence of the last one."""

    number: int
    room: str
    members: int
    messages: int
    owner: str | None = None
    locked: bool = False
    slow: int = 0
    private: bool = False


class RoomFactsList(Value, frozen=True, gc=False):
    """Rooms, in order of their numbers; *more* have higher ones."""

    rooms: tuple[RoomFacts, ...]
    more: bool = False

    @property
    def following(self) -> int:
        """The number to ask for more with, or 0."""
        return self.rooms[-1].number if self.more else 0


class Stats(Value, frozen=True, gc=False):
    """Totals of the server and its present state, by name."""

    stats: dict[str, int | float | str]


class Reloaded(Value, frozen=True, gc=False, omit_defaults=True):
    """The settings that have changed, and those that need a restart.

    If there are *problems*, nothing has changed.
    """

    changed: tuple[str, ...] = ()
    needs_restart: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Draining(Value, frozen=True, gc=False):
    """The server shuts down, and waits at most so many *seconds* for clients."""

    seconds: float
