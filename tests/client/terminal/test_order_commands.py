"""The commands by which moderators keep order, as they are typed."""

import pytest

from parlour.client.protocol.order_requests import (
    Announce,
    AskActs,
    AskSanctions,
    AskWhy,
    Ban,
    Erase,
    Kick,
    Mute,
    SetRole,
    SetRoom,
    Unban,
    Unmute,
)
from parlour.client.terminal.command_table import MODERATION
from parlour.client.terminal.commands import (
    InvalidCommand,
    ParsedLine,
    ShowHelp,
    parse_line,
)
from parlour.client.terminal.completion import Completions, complete

PEOPLE = Completions(people=("bob", "Jan Novák"))
UNTIL_LIFTED = None


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("/kick bob", Kick("dev", "bob")),
        ("/kick bob  enough of that", Kick("dev", "bob", "enough of that")),
        ('/kick "Jan Novák" enough', Kick("dev", "Jan Novák", "enough")),
        ("/mute bob", Mute("dev", "bob", UNTIL_LIFTED)),
        ("/mute bob 10m noise", Mute("dev", "bob", 600, "noise")),
        ("/mute bob forever noise", Mute("dev", "bob", UNTIL_LIFTED, "noise")),
        ("/mute bob noise in 10m", Mute("dev", "bob", UNTIL_LIFTED, "noise in 10m")),
        ('/mute "Jan Novák" 2H', Mute("dev", "Jan Novák", 7_200)),
        ("/mute --server bob 1w", Mute(None, "bob", 604_800)),
        ("/unmute Jan Novák", Unmute("dev", "Jan Novák")),
        ('/unmute --server "bob"', Unmute(None, "bob")),
        ("/ban bob 3d spam", Ban("dev", "bob", 259_200, "spam")),
        ("/ban --server 2001:db8::/48 1m", Ban(None, "2001:db8::/48", 60)),
        ('/ban "--server"', Ban("dev", "--server")),
        ("/unban 12", Unban("dev", number=12)),
        ("/unmute --server 1012", Unmute(None, number=1012)),
        ("/unmute 1,012", Unmute("dev", "1,012")),
        ("/unban 012", Unban("dev", "012")),
        ("/unban " + "9" * 16, Unban("dev", "9" * 16)),
        ('/unban "12"', Unban("dev", "12")),
        ("/unban 0", Unban("dev", "0")),
        ("/unban --server 198.51.100.0/24", Unban(None, "198.51.100.0/24")),
        ("/bans", AskSanctions("dev")),
        ("/bans --server", AskSanctions(None)),
        ("/bans before 120", AskSanctions("dev", 120)),
        ("/bans --server before 9", AskSanctions(None, 9)),
        ("/audit", AskActs("dev", 20)),
        ("/audit 1,000", AskActs("dev", 1_000)),
        ("/audit --server 5", AskActs(None, 5)),
        ("/erase bob", Erase("dev", name="bob")),
        ("/erase Jan Novák", Erase("dev", name="Jan Novák")),
        ("/erase 4711", Erase("dev", 4711)),
        ("/erase 4,711", Erase("dev", 4711)),
        ('/erase "42"', Erase("dev", name="42")),
        ("/lock", SetRoom("dev", locked=True)),
        ("/unlock", SetRoom("dev", locked=False)),
        ("/slow 30", SetRoom("dev", slow=30)),
        ("/slow off", SetRoom("dev", slow=0)),
        ("/role bob Moderator", SetRole("dev", "bob", "moderator")),
        ("/role Jan Novák owner", SetRole("dev", "Jan Novák", "owner")),
        ('/role --server "bob" admin', SetRole(None, "bob", "admin")),
        ("/announce --- back at 9", Announce("--- back at 9")),
        ("/why", AskWhy()),
    ],
)
def test_a_command_of_a_moderator_is_parsed(line: str, found: ParsedLine) -> None:
    parsed = parse_line(line, room="dev")

    assert (type(parsed), parsed) == (type(found), found)


WRONG_TIME = "A time is a number and a unit, such as 10m, 2h, 3d or 1w, or forever. "


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("/kick", "Usage: /kick NAME [REASON] "),
        ("/kick --server bob", "Unknown option --server. Usage: /kick"),
        ('/kick "Jan Novák', 'The name lacks its closing ". Usage: /kick'),
        ("/mute --server", "Usage: /mute [--server] NAME [TIME] [REASON] "),
        ("/mute bob 10", WRONG_TIME),
        ("/mute bob 0m", WRONG_TIME),
        ("/mute bob 10x", WRONG_TIME),
        ("/ban bob 999999999w", WRONG_TIME),
        ("/ban --all bob", "Unknown option --all. Usage: /ban"),
        ("/ban bob " + "x" * 201, "The reason is longer than 200 characters. "),
        ("/kick bob " + "x" * 201, "The reason is longer than 200 characters. "),
        ("/unban --server", "Usage: /unban [--server] NAME or N "),
        ("/audit bob", "Usage: /audit [--server] [N] "),
        ("/audit 0", "At most 1,000 acts at a time. "),
        ("/audit 10000", "At most 1,000 acts at a time. "),
        ("/bans bob", "Usage: /bans [--server] "),
        ("/lock dev", "Usage: /lock"),
        ("/slow x", "Usage: /slow SECONDS "),
        ("/slow ²", "Usage: /slow SECONDS "),
        ("/slow 3601", "At most 3600 seconds. "),
        ("/role bob", "Usage: /role [--server] NAME ROLE "),
        ("/role bob king", "Roles in a room are member, moderator, owner. "),
        (
            "/role --server bob owner",
            "Roles on the whole server are member, moderator, admin. ",
        ),
        ("/announce", "Usage: /announce TEXT "),
        ("/announce " + "x" * 201, "The text is longer than 200 characters. "),
        ("/why me", "Usage: /why"),
    ],
)
def test_a_command_of_a_moderator_that_is_wrong_says_why(
    line: str, reason: str
) -> None:
    found = parse_line(line, room="dev")

    assert isinstance(found, InvalidCommand)
    assert found.reason.startswith(reason)


def test_the_help_for_moderators_fits_a_small_screen() -> None:
    found = parse_line("/help moderation")

    assert isinstance(found, ShowHelp)
    rows = found.text.splitlines()
    assert len(rows) <= 23
    assert max(map(len, rows)) <= 77
    assert all(entry.usage in found.text for entry in MODERATION)


def test_help_describes_a_command_of_moderators() -> None:
    found = parse_line("/help kick")

    assert isinstance(found, ShowHelp)
    assert found.text.splitlines() == [
        "/kick NAME [REASON]: remove a user",
        "for example: /kick eve spam",
    ]


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("/mu", ["/mute "]),
        ("/help mod", ["/help moderation"]),
        ("/kick b", ["/kick bob "]),
        ("/mute j", ['/mute "Jan Novák" ']),
        ("/mute --s", ["/mute --server "]),
        ("/mute --server b", ["/mute --server bob "]),
        ("/bans -", ["/bans --server "]),
        ("/audit -", ["/audit --server "]),
        ("/unban b", ["/unban bob"]),
        ("/role bob m", ["/role bob member", "/role bob moderator"]),
        ("/role bob o", ["/role bob owner"]),
        ("/role --server bob a", ["/role --server bob admin"]),
        ("/role bob a", []),
    ],
)
def test_tab_completes_names_and_roles(before: str, found: list[str]) -> None:
    assert complete(before, PEOPLE) == found
