"""What one session has heard, read against what the whole room has heard."""

import re
from dataclasses import dataclass, field
from itertools import islice

NOTICE = re.compile(r"\[Server\]: (\S+) (has entered|has left|renamed to) (.+)")
KEEPING = re.compile(r"messages are kept again|messages cannot be kept now.+|over")
RECAP = re.compile(r"the last (\d+) of \1 messages?:")
USERS = re.compile(r"\d+ users?: (.+)")
MISSED = re.compile(r"you fell behind and missed (\d+) lines?")


@dataclass
class Progress:
    """How far a session has come in the room, and what it was told beside that."""

    place: int
    """How much of the room it has heard, or has been told that it missed."""
    answers: list[str] = field(default_factory=list)
    missed: int = 0


def messages(room: list[str]) -> list[str]:
    """Return what was said in *room* by those who are in it."""
    return [said for said in room if not said.startswith("[Server]: ")]


def roster(room: list[str]) -> list[str]:
    """Return who is there after *room* was heard, which must make sense."""
    here: list[str] = []
    for said in room:
        notice = NOTICE.fullmatch(said)
        if notice is None:
            assert said.split(": ")[0] in [*here, "[Server]"], said
            continue
        name, what, rest = notice.groups()
        assert (name in here) == (what != "has entered"), said
        if name in here:
            here.remove(name)
        if what != "has left":
            here.append(name if what == "has entered" else rest)
        assert len({each.casefold() for each in here}) == len(here), said
    return sorted(here, key=lambda name: (name.casefold(), name))


def read(heard: list[str], room: list[str], start: int) -> Progress:
    """Follow *heard* through *room*, where it must begin at *start*.

    Answers must fit the place in the room at which they stand.
    """
    told, lines = Progress(start), iter(heard)
    for said in lines:
        text = said.removeprefix("[Server]: ")
        if text == said or NOTICE.fullmatch(said) or KEEPING.fullmatch(text):
            assert told.place < len(room), f"heard before the room: {said}"
            assert room[told.place] == said
            told.place += 1
        elif count := MISSED.fullmatch(text):
            told.missed += int(count[1])
            told.place += int(count[1])
        elif count := RECAP.fullmatch(text):
            shown = list(islice(lines, int(count[1])))  # some may be on the way
            so_far = messages(room[: told.place])
            assert shown == so_far[: len(shown)]
            assert told.missed or int(count[1]) == len(so_far)
            told.answers.append("history")
        elif text == "nothing has been said yet":
            assert told.missed or not messages(room[: told.place])
            told.answers.append("history")
        elif count := USERS.fullmatch(text):
            assert told.missed or count[1].split(", ") == roster(room[: told.place])
            told.answers.append("users")
        elif text.startswith("that line is not JSON"):
            told.answers.append("nonsense")
    return told
