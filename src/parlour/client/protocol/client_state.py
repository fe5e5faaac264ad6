"""What the handlers of both dialects share."""

from typing import NamedTuple

from .display_queue import DisplayQueue
from .nickname import Nickname
from .outbox import Outbox
from .rooms import Rooms
from .send_buffer import SendBuffer
from .sign_in import SignIn


class ClientState(NamedTuple):
    """The state of a client, over one connection after another."""

    display: DisplayQueue
    outbox: Outbox
    rooms: Rooms
    nickname: Nickname
    send_buffer: SendBuffer
    sign_in: SignIn
