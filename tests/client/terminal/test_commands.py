import pytest

from parlour.client.protocol.requests import AskHistory, AskUsers, Rename, Say
from parlour.client.terminal.commands import (
    COMMANDS,
    Confirm,
    EmptyLine,
    InvalidCommand,
    Leave,
    ParsedLine,
    ShowHelp,
    parse_line,
)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("hello", Say("hello")),
        (" hello ", Say(" hello ")),
        ("//text", Say("/text")),
        ("//", Say("/")),
        (" /text", Say(" /text")),
        ("", EmptyLine()),
        ("  \t", EmptyLine()),
        ("/setname Kobzol", Rename("Kobzol")),
        ("/nick  Kobzol the first ", Rename("Kobzol the first")),
        ("/history", AskHistory()),
        ("/setname\tKobzol", Rename("Kobzol")),
        ("/setname\u3000Kobzol", Rename("Kobzol")),
        ("/history ", AskHistory()),
        ("/users", AskUsers()),
        ("/names", AskUsers()),
        ("/who", AskUsers()),
        ("/Users", AskUsers()),
        ("/quit", Leave()),
        ("/exit", Leave()),
        ("/q", Leave()),
    ],
)
def test_a_line_means(line: str, found: ParsedLine) -> None:
    assert parse_line(line) == found


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/histroy", "Unknown command /histroy. Did you mean /history?"),
        ("/", "Unknown command /."),
        ("/ users", "Unknown command /."),
        ("/ history", "Unknown command /. Did you mean /history?"),
        ("/  Users", "Unknown command /. Did you mean /users?"),
        ("/history5", "Unknown command /history5. Did you mean /history 5?"),
        ("/History:20", "Unknown command /History:20. Did you mean /history 20?"),
        ("/setname:Bob", "Unknown command /setname:Bob. Did you mean /setname?"),
        ("/users?", "Unknown command /users?. Did you mean /users?"),
        ("/.quit", "Unknown command /.quit. Did you mean /quit?"),
        ("/hist", "Unknown command /hist. Did you mean /history?"),
        ("/se", "Unknown command /se. (/help)"),
        ("/\uff48\uff45\uff4c\uff50", "Did you mean /help?"),
        ("/xyzzy", "Unknown command /xyzzy. (/help)"),
        ("/setname", "Usage: /setname NAME (for example /setname Kobzol)"),
        ("/setname  ", "Usage: /setname NAME"),
        ("/users are nice", "Usage: /users"),
        ("/history x", "Usage: /history [N] [before NUMBER] (for example /history 20"),
        ("/help jion", "Unknown command /jion."),
    ],
)
def test_what_is_not_a_command_says_what_would_be(line: str, words: str) -> None:
    found = parse_line(line)

    assert isinstance(found, InvalidCommand)
    assert words in found.reason


def test_help_fits_a_small_screen_and_names_every_command() -> None:
    found = parse_line("/help")

    assert isinstance(found, ShowHelp)
    rows = found.text.splitlines()
    assert len(rows) <= 24
    assert max(map(len, rows)) <= 77
    assert all(entry.usage in found.text for entry in COMMANDS)


def test_help_about_a_command_tells_its_other_names() -> None:
    found = parse_line("/help /who")

    assert isinstance(found, ShowHelp)
    assert found.text.splitlines() == [
        "/users: list the users",
        "also known as: /names, /who",
    ]


def test_somebody_careful_is_asked_first() -> None:
    assert parse_line("hello", confirm=True) == Say("hello")
    assert isinstance(parse_line(" /help", confirm=True), Confirm)
    assert isinstance(parse_line("\uff0fusers", confirm=True), Confirm)
    assert parse_line("\\o/", confirm=True) == Say("\\o/")


@pytest.mark.parametrize("line", ["two\nlines", "//two\nlines", "/two\nlines"])
def test_several_lines_are_asked_about_before_any_slash(line: str) -> None:
    found = parse_line(line, confirm=True)

    assert isinstance(found, Confirm)
    assert found.question.startswith("2 lines: ")


def test_what_only_some_call_a_line_break_is_none() -> None:
    assert parse_line("a\x0bb\x0cc\x1cd\x85e\u2028f", confirm=True) == Say(
        "a\x0bb\x0cc\x1cd\x85e\u2028f"
    )
    found = parse_line("a\x0bb\nc", confirm=True)
    assert isinstance(found, Confirm)
    assert found.question.startswith("2 lines: ")


@pytest.mark.parametrize("typed", ["/{}", "/help {}", " /{}"])
def test_a_wrong_word_is_repeated_in_one_short_safe_line(typed: str) -> None:
    found = parse_line(typed.format("x\x1b[2J" + "y" * 9_999), confirm=True)

    assert isinstance(found, InvalidCommand | Confirm)
    (told,) = found
    assert f"/x␛[2J{'y' * 25}" in told
    assert told.isprintable()
    assert len(told) < 100
