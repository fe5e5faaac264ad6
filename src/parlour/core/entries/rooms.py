"""Entries about rooms, and what is said in them."""

from ..events import AccountNumber, PersonId, RoomName, SessionId, Value


class Said(Value, frozen=True, gc=False, tag="said"):
    """A message in a room.

    *key* is the idempotency key: entries with the same key, unless it is empty, are one
    message. *id* is chosen by the client and identifies the message in the
    acknowledgement. It may be empty; it is None if the client expects no
    acknowledgement. *token* is the token of the session, if there is a key.
    *account* is that of the session, or 0, and *session* is the author's, whatever
    connection it has later.
    """

    room: RoomName
    source: str
    text: str
    attachment: SessionId
    key: str = ""
    id: str | None = None
    token: str = ""
    account: AccountNumber = AccountNumber(0)
    session: SessionId = SessionId(0)


class Whispered(Value, frozen=True, gc=False, tag="whispered"):
    """A message in a direct room, which is not kept; its fields are as in `Said`."""

    room: RoomName
    source: str
    text: str
    attachment: SessionId
    key: str = ""
    id: str | None = None
    token: str = ""


class RoomOpened(Value, frozen=True, gc=False, tag="room_opened"):
    """A session opens a room. *keys* are the conflict keys of its name.

    A new room belongs to the *owner*, an account, or to nobody. If it is to be
    *is_private*, it has an owner, and there was no room of that name.
    """

    room: RoomName
    attachment: SessionId
    keys: tuple[str, ...] = ()
    owner: AccountNumber = AccountNumber(0)
    is_private: bool = False


class RoomClosed(Value, frozen=True, gc=False, tag="room_closed"):
    """A public room without members, which nobody owns, closes; its history remains."""

    room: RoomName


class TopicSet(Value, frozen=True, gc=False, tag="topic_set"):
    """A session sets the topic of a room; it may be empty.

    *attachment* is 0 for the operator of the machine.
    """

    room: RoomName
    attachment: SessionId
    topic: str


class DirectOpened(Value, frozen=True, gc=False, tag="direct_opened"):
    """A session opens the direct room *room* with the person *other*.

    The room is not kept: one of the two, at least, is a guest.
    """

    room: RoomName
    attachment: SessionId
    other: PersonId


class DirectErased(Value, frozen=True, gc=False, tag="direct_erased"):
    """A session erases the message *target* of its user in a room that is not kept.

    Its proposer has found who the author is.
    """

    room: RoomName
    attachment: SessionId
    target: int
