"""The commands about private rooms and invitations, as they are typed."""

import pytest

from parlour.client.protocol.order_requests import (
    AskInvitations,
    CloseRoom,
    Invite,
    SetRoom,
    Uninvite,
)
from parlour.client.protocol.requests import Join
from parlour.client.protocol.secret import Secret
from parlour.client.terminal.account_commands import may_hold_secret, without_secret
from parlour.client.terminal.commands import InvalidCommand, ParsedLine, parse_line
from parlour.client.terminal.completion import Completions, complete

LINK = "parlour://chat.example:6666/cellar?invite=abc-DEF_123"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("/invite", Invite("dev")),
        ("/invite bob", Invite("dev", "bob")),
        ('/invite "Jan Novák"', Invite("dev", "Jan Novák")),
        ("/invite Jan Novák --for 2d", Invite("dev", "Jan Novák", 172_800)),
        ("/invite --for 1h", Invite("dev", "", 3_600)),
        ("/invite --server", Invite(None)),
        ("/invite --server --for 2d", Invite(None, "", 172_800)),
        ("/invites", AskInvitations("dev")),
        ("/invites 1,200", AskInvitations("dev", 1_200)),
        ("/invites --server", AskInvitations(None)),
        ("/uninvite Jan Novák", Uninvite("dev", "Jan Novák")),
        ("/uninvite 5", Uninvite("dev", number=5)),
        ("/uninvite --server 5", Uninvite(None, number=5)),
        ("/private", SetRoom("dev", private=True)),
        ("/public", SetRoom("dev", private=False)),
        ("/close #Dev", CloseRoom("dev")),
        ("/join --private cellar", Join("cellar", is_private=True)),
        (f"/join {LINK}", Join("cellar", invite=Secret("abc-DEF_123"))),
        (
            "/join https://chat.example/r/cellar#invite=abc",
            Join("cellar", invite=Secret("abc")),
        ),
        ("/join parlour://chat.example/dev", Join("dev")),
    ],
)
def test_what_a_command_means(line: str, found: ParsedLine) -> None:
    assert parse_line(line, room="dev") == found


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("/invite bob --for", "An invitation ends: "),
        ("/invite bob --for ever", "An invitation ends: "),
        ("/invite bob --for forever", "An invitation ends: "),
        ("/invite bob --for 400d", "At most 365 days. "),
        ("/invite --server bob", "/invite --server takes no name. "),
        ("/invites ann", "Usage: /invites "),
        ("/uninvite", "Usage: /uninvite "),
        ("/uninvite --server", "Usage: /uninvite "),
        ("/invite --all", "Unknown option --all. "),
        ("/join --hidden cellar", "Unknown option --hidden. "),
        ("/join --private", "Usage: /join "),
        ("/close", "Usage: /close ROOM"),
        ("/join parlour://chat.example?invite=abc", "That is not the link of a room"),
        ("/join ftp://chat.example/cellar", "That is not the link of a room"),
        ("/join parlour://a/b/c?invite=d", "That is not the link of a room"),
        ("/join parlour://a:x/b", "That is not the link of a room"),
    ],
)
def test_what_is_wrong_with_a_command(line: str, reason: str) -> None:
    found = parse_line(line, room="dev")

    assert isinstance(found, InvalidCommand)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize("width", [8, 39, 47])
def test_a_link_may_be_copied_from_wrapped_rows(width: int) -> None:
    line = f"/join {LINK[:width]}\n   {LINK[width:]}"

    assert parse_line(line, room="dev", confirm=True) == Join(
        "cellar", invite=Secret("abc-DEF_123")
    )
    assert may_hold_secret(line)
    assert "123" not in without_secret(line)


@pytest.mark.parametrize("line", [f"/join {LINK}", f"look: {LINK}", f" /join {LINK}"])
def test_a_line_with_a_code_is_not_remembered(line: str) -> None:
    assert may_hold_secret(line)


def test_a_code_is_not_shown_again() -> None:
    assert "abc-DEF" not in without_secret(f"/join {LINK}")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("/invite", ["/invite ", "/invites "]),
        ("/uninv", ["/uninvite "]),
        ("/uninvite b", ["/uninvite bob"]),
        ("/invite b", ["/invite bob"]),
        ("/invite --s", ["/invite --server "]),
        ("/join --p", ["/join --private "]),
        ("/close d", ["/close dev"]),
    ],
)
def test_what_tab_completes(typed: str, found: list[str]) -> None:
    known = Completions(people=("bob",), joined=("#dev", "@bob"))

    assert [each.rstrip() for each in complete(typed, known)] == [
        each.rstrip() for each in found
    ]
