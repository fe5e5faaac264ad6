"""Format display items as sentences that can be listened to. Pure."""

from typing import Final
from unicodedata import normalize

from parlour.core.events import SERVER
from parlour.markup import ACTION

from ...protocol.display_items import Answer, ChatMessage, Refusal
from ...protocol.order_items import AnnouncementMade
from ...protocol.rooms import DIRECT_SIGIL
from ..formatter import PENDING, Formatter, OutputLine, Widths
from ..line_wrapping import wrap_text
from ..safe_text import make_safe, safe_name, shorten, width
from ..shown_items import Labelled, ShownItem, unlabelled

INFO: Final = "Info: "
"""The prefix of the client's own notes."""

DIRECT: Final = "Direct message from "
MENTION: Final = "Mention from "
SERVER_NAME: Final = "Server"
WAITING: Final = "Not sent yet: "

_OWN_WORDS: Final = (INFO, DIRECT, MENTION, SERVER_NAME, WAITING, "user")


def spoken_name(source: str) -> str:
    """Return the name of a person, which sounds like none of the client's words."""
    heard = _letters(source)
    is_name = heard and not heard.startswith(_BEGINNINGS)
    return source if is_name else f"user {source}"


def _letters(text: str) -> str:
    """Return the letters and digits of *text*, which is what is heard of it."""
    return "".join(filter(str.isalnum, normalize("NFKD", text))).casefold()


_BEGINNINGS: Final = tuple(map(_letters, _OWN_WORDS))


class SpokenFormatter(Formatter):
    """A formatter without signs and colours.

    The typed lines stay where they were typed, so only those are shown again that the
    server does not have yet.
    """

    note_prefix = INFO

    def _lines(self, shown: ShownItem, clock: str, widths: Widths) -> list[OutputLine]:
        return super()._lines(_spoken(shown), clock, widths)

    def _message(
        self, before: str, source: str, text: str, widths: Widths, hint: str = ""
    ) -> list[OutputLine]:
        name = f"{before}{safe_name(source)}"
        if not text.startswith(ACTION):
            lines = super()._message(before, source, text, widths, hint)
        elif (columns := widths.chat) is None:
            acts = f"{name} {make_safe(text.removeprefix(ACTION))}"
            lines = [OutputLine(acts, is_chat=True)]
        else:
            acts = text.removeprefix(ACTION)
            rows = wrap_text(f"{name} ", acts, columns, hint=hint)
            lines = [OutputLine(row, is_chat=True) for row in rows]
        return _with_speaker(lines, f"{name}: ")

    def _whole(self, message: ChatMessage, widths: Widths) -> list[OutputLine]:
        source = _source(message.source)
        said = super()._whole(message._replace(source=source), widths)
        return _with_speaker(said, f"{safe_name(source)}: ")

    def _typed(self, mark: str, text: str, widths: Widths) -> list[OutputLine]:
        is_pending = mark.startswith(PENDING)
        return self._notes(f"{WAITING}{text}", widths) if is_pending else []

    def _divider(self, label: str, widths: Widths) -> list[OutputLine]:
        return self._notes(f"Current room: {label}", widths)


def _with_speaker(lines: list[OutputLine], head: str) -> list[OutputLine]:
    """Return the rows of a message; those that sound like the client begin with *head*.

    The head is as wide as the indent, unless the terminal is very narrow.
    """
    first, *others = lines
    return [first, *(_said_by(head, line) for line in others)]


def _said_by(head: str, line: OutputLine) -> OutputLine:
    text = line.text
    room = min(width(head), len(text) - len(text.lstrip(" ")))
    if not room or not _letters(text).startswith(_BEGINNINGS):
        return line
    speaker = shorten(head.strip(), room)
    return line._replace(text=speaker + " " * (room - width(speaker)) + text[room:])


def _spoken(shown: ShownItem) -> ShownItem:
    """Return an item whose source says what kind of message it is."""
    item, label, is_mention = unlabelled(shown)
    if isinstance(item, Answer):
        rows = (row._replace(source=_source(row.source)) for row in item.rows)
        answer = item._replace(rows=tuple(rows))
        return Labelled(answer, label) if label else answer
    if isinstance(item, Refusal):
        said = ChatMessage(SERVER_NAME, item.reason, item.line)
        return Labelled(said, label) if label else said
    if isinstance(item, AnnouncementMade):
        text = item.text[:1].upper() + item.text[1:]
        return ChatMessage(SERVER_NAME, text, item.line)
    if not isinstance(item, ChatMessage):
        return shown
    is_direct = label.startswith(DIRECT_SIGIL)
    source = _source(item.source)
    if is_mention:
        source = f"{DIRECT if is_direct else MENTION}{source}"
    spoken = item._replace(source=source)
    return Labelled(spoken, label) if label and not is_direct else spoken


def _source(source: str) -> str:
    return SERVER_NAME if source == SERVER else spoken_name(source)
