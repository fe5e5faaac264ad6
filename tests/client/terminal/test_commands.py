import pytest

from parlour.client.protocol.local_commands import (
    ShowIgnored,
    ShowRooms,
    ShowTopic,
    SwitchRoom,
)
from parlour.client.protocol.requests import (
    AskHistory,
    AskRooms,
    AskUsers,
    Direct,
    Ignore,
    Join,
    LeaveRoom,
    Rename,
    Say,
    Search,
    SetTopic,
    Unignore,
)
from parlour.client.terminal.command_table import COMMANDS
from parlour.client.terminal.commands import (
    Confirm,
    EmptyLine,
    InvalidCommand,
    Leave,
    LeaveOther,
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
def test_a_line_is_parsed(line: str, found: ParsedLine) -> None:
    assert parse_line(line) == found


@pytest.mark.parametrize(
    ("line", "message"),
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
        ("/room2", "Unknown command /room2. Did you mean /room 2?"),
        ("/\uff48\uff45\uff4c\uff50", "Did you mean /help?"),
        ("/xyzzy", "Unknown command /xyzzy. (/help)"),
        ("/setname", "Usage: /setname NAME (for example /setname Kobzol)"),
        ("/setname  ", "Usage: /setname NAME"),
        ("/users are nice", "Usage: /users"),
        ("/history x", "Usage: /history [N] [before M] (for example /history 20"),
        ("/help jion", "Unknown command /jion."),
    ],
)
def test_an_invalid_command_has_a_suggestion(line: str, message: str) -> None:
    found = parse_line(line)

    assert isinstance(found, InvalidCommand)
    assert message in found.reason


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("hello", Say("hello", "dev")),
        ("//hello", Say("/hello", "dev")),
        ("/history 5", AskHistory(5, room="dev")),
        ("/users", AskUsers("dev")),
        ("/search tea", Search("tea", "dev")),
        ("/search --all green tea", Search("green tea", None)),
        ("/search --all\ttea", Search("tea", None)),
        ("/search -- --all tea", Search("--all tea", "dev")),
        ("/search --- tea", Search("--- tea", "dev")),
        ("/search tea --all", Search("tea --all", "dev")),
        ("/join #Ops", Join("ops")),
        ("/j ops", Join("ops")),
        ("/leave", LeaveRoom("dev")),
        ("/part @Bob", LeaveOther("@Bob")),
        ("/leave 2", LeaveOther("2")),
        ("/room", ShowRooms()),
        ("/room #Ops", SwitchRoom("#Ops")),
        ("/room 2", SwitchRoom("2")),
        ("/rooms", AskRooms()),
        ("/list #Ops", AskRooms("ops")),
        ("/topic", ShowTopic("dev")),
        ("/topic all about  tea", SetTopic("dev", "all about  tea")),
        ('/topic ""', SetTopic("dev", "")),
        ("/msg bob", Direct("bob")),
        ("/msg bob  hi  there", Direct("bob", "hi  there")),
        ('/w "Jan Novák" hi', Direct("Jan Novák", "hi")),
        ('/query "Jan Novák"', Direct("Jan Novák")),
        ("/ignore", ShowIgnored()),
        ("/ignore Jan Novák", Ignore("Jan Novák")),
        ('/unignore "Jan Novák"', Unignore("Jan Novák")),
    ],
)
def test_a_line_is_for_the_room_in_which_it_was_typed(
    line: str, found: ParsedLine
) -> None:
    assert parse_line(line, room="dev") == found


@pytest.mark.parametrize(
    "line",
    ["/join", "/join #", "/search --all", "/msg", "/unignore"],
)
def test_an_incomplete_room_command_shows_its_usage(line: str) -> None:
    found = parse_line(line, room="dev")

    assert isinstance(found, InvalidCommand)
    assert found.reason.startswith(f"Usage: {line.split(maxsplit=1)[0]} ")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("/join bad name", "The name of a room is one word (for example /join dev)"),
        ("/search --al hi", "Unknown option --al. Usage: /search [--all] WORDS "),
        ("/search --allotment", "Unknown option --allotment. Usage: "),
        ('/msg "olde psst', 'The name lacks its closing ". Usage: /msg NAME [TEXT] '),
        ('/msg "" psst', "Usage: /msg NAME [TEXT] "),
    ],
)
def test_a_command_that_is_refused_says_why(line: str, reason: str) -> None:
    found = parse_line(line, room="dev")

    assert isinstance(found, InvalidCommand)
    assert found.reason.startswith(reason)


def test_help_fits_a_small_screen_and_names_every_command() -> None:
    found = parse_line("/help")

    assert isinstance(found, ShowHelp)
    rows = found.text.splitlines()
    assert len(rows) <= 24
    assert max(map(len, rows)) <= 77
    assert all(entry.usage in found.text for entry in COMMANDS)


def test_help_about_a_command_lists_its_aliases() -> None:
    found = parse_line("/help /who")

    assert isinstance(found, ShowHelp)
    assert found.text.splitlines() == [
        "/users: list the users of the room",
        "also known as: /names, /who",
    ]


def test_a_slash_after_blanks_needs_confirmation() -> None:
    assert parse_line("hello", confirm=True) == Say("hello")
    assert isinstance(parse_line(" /help", confirm=True), Confirm)
    assert isinstance(parse_line("\uff0fusers", confirm=True), Confirm)
    assert parse_line("\\o/", confirm=True) == Say("\\o/")


@pytest.mark.parametrize("line", ["two\nlines", "//two\nlines", "/two\nlines"])
def test_several_lines_need_confirmation_even_with_a_slash(line: str) -> None:
    found = parse_line(line, confirm=True)

    assert isinstance(found, Confirm)
    assert found.question.startswith("2 lines: ")


def test_only_lf_is_a_line_break() -> None:
    assert parse_line("a\x0bb\x0cc\x1cd\x85e\u2028f", confirm=True) == Say(
        "a\x0bb\x0cc\x1cd\x85e\u2028f"
    )
    found = parse_line("a\x0bb\nc", confirm=True)
    assert isinstance(found, Confirm)
    assert found.question.startswith("2 lines: ")


@pytest.mark.parametrize("typed", ["/{}", "/help {}", " /{}"])
def test_an_unknown_command_is_repeated_in_one_short_safe_line(typed: str) -> None:
    found = parse_line(typed.format("x\x1b[2J" + "y" * 9_999), confirm=True)

    assert isinstance(found, InvalidCommand | Confirm)
    (message,) = found
    assert f"/x␛[2J{'y' * 25}" in message
    assert message.isprintable()
    assert len(message) < 100
