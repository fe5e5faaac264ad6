"""The chat on the server's own terminal."""

import pytest

from parlour.cli.console_dialect import ConsoleDialect
from parlour.core.events import (
    LOBBY,
    Acted,
    Announcement,
    Event,
    Joined,
    Message,
    RoomName,
)

FORGED = "[Server]: juliet has left the chat"


@pytest.mark.parametrize(
    ("event", "columns", "written"),
    [
        (Message(LOBBY, 1, 0.0, "eve", "hi"), 80, "eve: hi\n"),
        (
            Message(LOBBY, 1, 0.0, "eve", "hi" + " " * 33 + FORGED),
            40,
            f"eve: hi\n     {FORGED}\n",
        ),
        (Message(LOBBY, 1, 0.0, "eve", f"a\n{FORGED}"), 80, f"eve: a\n     {FORGED}\n"),
        (Message(LOBBY, 1, 0.0, "eve", f"a\n{FORGED}"), 0, f"eve: a^J{FORGED}\n"),
        (Message(RoomName("dev"), 1, 0.0, "eve", "hi"), 80, "#dev eve: hi\n"),
        (
            Joined(RoomName("dev"), "eve"),
            0,
            "#dev [Server]: eve has entered the chat\n",
        ),
        (
            Joined(LOBBY, "a name of some length"),
            30,
            "[Server]: a name of some\n    length has entered the\n    chat\n",
        ),
    ],
)
def test_only_the_first_row_of_an_event_begins_at_column_0(
    event: Event, columns: int, written: str
) -> None:
    console = ConsoleDialect(lambda: columns)

    assert console.encode(event) == written.encode()


def test_a_message_is_wrapped_to_the_current_width() -> None:
    width = 80
    console = ConsoleDialect(lambda: width)
    message = Message(LOBBY, 1, 0.0, "eve", "one two three four five")

    before, width = console.encode(message), 20

    assert before == b"eve: one two three four five\n"
    assert console.encode(message) == b"eve: one two three\n     four five\n"


def test_what_moderators_do_is_shown_with_its_room() -> None:
    act = Acted(RoomName("dev"), "kick", "ann", "bob", reason="noise")

    shown = ConsoleDialect().encode(act)

    assert shown == b"#dev [Server]: ann has removed bob: noise\n"


def test_an_announcement_stands_out_and_is_shown_once() -> None:
    console = ConsoleDialect()
    lobby, dev = (Announcement(room, "", "bye") for room in (LOBBY, RoomName("dev")))

    shown = console.encode(dev) + console.encode(lobby)

    assert shown == b"[Server]: *** announcement by the operator: bye ***\n"
