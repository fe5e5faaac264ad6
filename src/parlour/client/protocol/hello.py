"""The first line of a connection: what the client wants to be, and where."""

from . import session_encoder
from .client_state import ClientState


def send_hello(state: ClientState, token: str) -> None:
    """Send hello: the wanted account or name, the rooms, and the cursors.

    A *token* reserves the name and the rooms when the connection is lost.
    """
    credentials = state.sign_in.presented
    left = state.outbox.rooms_to_leave()
    wanted = [room for room in state.rooms if room.name not in left]
    cursors = {
        room.name: room.cursor.position
        for room in wanted
        if room.cursor.position is not None
    }
    hello = session_encoder.hello(
        token,
        state.nickname.wanted if credentials is None else "",
        [room.name for room in wanted],
        cursors,
        credentials,
    )
    for room in state.rooms:
        room.was_resumed = room.name in hello.resumed
    state.send_buffer.add(hello.line)
