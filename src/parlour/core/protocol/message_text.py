"""What a message may say."""

from ..events import Refused


def is_valid_text(text: str, most: int) -> bool:
    """Tell whether *text* is not blank, has no NUL and at most *most* bytes of UTF-8.

    A character has four of them at the most.
    """
    return (
        not text.isspace()
        and "\0" not in text
        and 0 < len(text) <= most
        and (len(text) * 4 <= most or len(text.encode()) <= most)
    )


def text_error(text: str, most: int, name: str = "") -> Refused:
    """Return why a message that its sender calls *name* may not be said."""
    if not text or text.isspace():
        return Refused("empty_message", "an empty message is not sent", name)
    if "\0" in text:
        return Refused("bad_text", "a message has no NUL character in it", name)
    size = len(text.encode())
    reason = f"that message has {size:,} bytes; {most:,} are the most"
    return Refused("message_too_long", reason, name)
