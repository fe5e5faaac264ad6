"""Check the events that one session received against the events of the room."""

import re
from dataclasses import dataclass, field
from itertools import islice

NOTICE = re.compile(r"\[Server\]: (\S+) (has entered|has left|renamed to) (.+)")
STORAGE = re.compile(r"messages are kept again|messages cannot be kept now.+|over")
RECAP = re.compile(r"the last (\d+) of \1 messages?:")
USERS = re.compile(r"\d+ users?: (.+)")
MISSED = re.compile(r"you fell behind and missed (\d+) lines?")


@dataclass
class Progress:
    """The position of a session in the events of the room, and its answers."""

    position: int
    """The number of the room's events that it received or missed."""
    answers: list[str] = field(default_factory=list)
    missed: int = 0


def messages(room: list[str]) -> list[str]:
    """Return the messages among the events of *room*."""
    return [text for text in room if not text.startswith("[Server]: ")]


def roster(room: list[str]) -> list[str]:
    """Check the events of *room*, and return the names of the users after them."""
    present: list[str] = []
    for text in room:
        notice = NOTICE.fullmatch(text)
        if notice is None:
            assert text.split(": ")[0] in [*present, "[Server]"], text
            continue
        name, change, rest = notice.groups()
        assert (name in present) == (change != "has entered"), text
        if name in present:
            present.remove(name)
        if change != "has left":
            present.append(name if change == "has entered" else rest)
        assert len({each.casefold() for each in present}) == len(present), text
    return sorted(present, key=lambda name: (name.casefold(), name))


def follow(received: list[str], room: list[str], start: int) -> Progress:
    """Check the events that a session *received* from position *start* of *room*.

    An answer must be correct at the position at which it was received.
    """
    progress, lines = Progress(start), iter(received)
    for line in lines:
        text = line.removeprefix("[Server]: ")
        if text == line or NOTICE.fullmatch(line) or STORAGE.fullmatch(text):
            assert progress.position < len(room), f"received before the room: {line}"
            assert room[progress.position] == line
            progress.position += 1
        elif count := MISSED.fullmatch(text):
            progress.missed += int(count[1])
            progress.position += int(count[1])
        elif count := RECAP.fullmatch(text):
            shown = list(islice(lines, int(count[1])))  # some may not be written yet
            so_far = messages(room[: progress.position])
            assert shown == so_far[: len(shown)]
            assert progress.missed or int(count[1]) == len(so_far)
            progress.answers.append("history")
        elif text == "nothing has been said yet":
            assert progress.missed or not messages(room[: progress.position])
            progress.answers.append("history")
        elif count := USERS.fullmatch(text):
            names = roster(room[: progress.position])
            assert progress.missed or count[1].split(", ") == names
            progress.answers.append("users")
        elif text.startswith("that line is not JSON"):
            progress.answers.append("nonsense")
    return progress
