"""Encode frames of WebSockets."""

from websockets.frames import Frame, Opcode


def encode_text_frame(data: bytes) -> bytes:
    """Return *data* as a text frame of a server."""
    return Frame(Opcode.TEXT, data).serialize(mask=False)
