"""What the style `rich` shows below the messages."""

import pytest

from parlour.client.terminal.background import Background
from parlour.client.terminal.colors import ColorDepth, NameStyles
from parlour.client.terminal.prompt_status import BarColors, PromptStatus, RoomCount
from parlour.client.terminal.rich.status import prompt_fragments

DEV = RoomCount("#dev", 3, for_you=0)
PARIS = RoomCount("@paris", 1, for_you=1)
UNDER_WAY = "                   … "
STATUS = PromptStatus(
    room="#lobby", unread=(DEV, PARIS), name="romeo", users=12, place="#lobby"
)


def rows(status: PromptStatus, columns: int = 80) -> list[str]:
    text = "".join(text for _, text in prompt_fragments(status, columns))
    return text.split("\n")


def test_the_room_its_users_unread_rooms_and_the_connection() -> None:
    assert rows(STATUS) == [
        "#lobby  12 here  ·  @paris 1  #dev 3  ·  connected",
        "romeo> ",
    ]


def test_a_connection_with_tls_is_named() -> None:
    encrypted = STATUS._replace(is_encrypted=True, unread=())

    assert rows(encrypted)[0] == "#lobby  12 here  ·  connected with TLS"


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (51, "#lobby  12 here  ·  @paris 1  #dev 3  ·  connected"),
        (50, "#lobby  ·  @paris 1  #dev 3  ·  connected"),
        (41, "#lobby  ·  @paris 1  #dev 3"),
        (27, "#lobby  ·  @paris 1"),
        (19, "#lobby"),
        (6, "#lob…"),
    ],
)
def test_a_narrow_terminal_shows_what_matters_most(columns: int, row: str) -> None:
    assert rows(STATUS, columns)[0] == row


def test_a_user_who_is_away_is_told_so_if_it_fits() -> None:
    status = STATUS._replace(is_away=True, unread=(PARIS,))

    assert rows(status)[0] == "#lobby  12 here  ·  @paris 1  ·  connected  ·  away"
    assert rows(status, 51)[0] == "#lobby  12 here  ·  @paris 1  ·  connected"


def test_a_lost_connection_says_what_to_do() -> None:
    status = STATUS._replace(connection="(offline, retry in 4s) ", unread=())

    assert rows(status)[0] == "#lobby  ·  offline, retry in 4s  ·  Enter: try now"
    assert rows(status, 40)[0] == "#lobby  ·  offline, retry in 4s"


def test_lines_under_way_are_above() -> None:
    status = STATUS._replace(under_way=("one\ntwo", "x" * 90))

    assert rows(status)[:2] == [f"{UNDER_WAY}one", f"{UNDER_WAY}{'x' * 57}…"]


def test_many_lines_under_way_are_counted() -> None:
    status = STATUS._replace(under_way=tuple("abcde"))

    assert rows(status)[:4] == [f"{UNDER_WAY}{shown}" for shown in ("2 more", *"cde")]


def test_an_unknown_name_and_no_room() -> None:
    assert rows(PromptStatus(place="#lobby")) == ["#lobby  ·  connected", "you> "]


def test_nothing_is_shown_once_the_conversation_has_ended() -> None:
    assert prompt_fragments(PromptStatus(), 80) == []


def test_control_characters_are_visible() -> None:
    status = STATUS._replace(name="a\x1bb", under_way=("\x1b[2J",))

    assert rows(status)[0] == f"{UNDER_WAY}␛[2J"
    assert rows(status)[-1] == "a␛b> "


def test_a_room_has_its_number_and_the_current_one_its_topic() -> None:
    unread = (DEV._replace(number=2), PARIS._replace(number=3))
    status = STATUS._replace(unread=unread, topic="release\non Friday")

    assert rows(status)[0] == (
        "#lobby  12 here  ·  3:@paris 1  2:#dev 3  ·  connected  ·  release on Friday"
    )
    assert rows(status, 70)[0] == (
        "#lobby  12 here  ·  3:@paris 1  2:#dev 3  ·  connected  ·  release o…"
    )


@pytest.mark.parametrize("name", ["127.0.0.1:4711", "[2001:db8::1]:4711"])
def test_a_user_without_a_name_is_told_how_to_take_one(name: str) -> None:
    (row, _) = rows(STATUS._replace(unread=(), name=name))

    assert row == "#lobby  12 here  ·  /setname NAME to take a name  ·  connected"


def test_mentions_are_counted_beside_the_other_messages() -> None:
    dev = DEV._replace(number=2, for_you=1)
    found = prompt_fragments(STATUS._replace(unread=(dev,)), 80)

    assert ("", "2:#dev 3 ") in found
    assert ("bold ansibrightmagenta", "@1") in found


def test_trouble_has_a_colour_of_its_own_on_a_bar() -> None:
    bar = NameStyles(ColorDepth.TRUE, Background.LIGHT).bar
    found = prompt_fragments(STATUS._replace(bar=bar, connection="slow"), 80)

    assert ("bg:#e4e4e4 bold #875f00", "slow") in found


def test_a_terminal_without_colours_has_a_reversed_bar() -> None:
    bar = NameStyles(ColorDepth.NONE).bar
    found = prompt_fragments(STATUS._replace(bar=bar), 80)

    shown = [style for style, text in found if text.strip() == "connected"]
    assert [style.split() for style in shown] == [["reverse"]]


def test_a_bar_reaches_to_the_end_of_the_row() -> None:
    colors = BarColors("bg:#303030", "#a8a8a8", "bold #d787af", "bold")
    found = prompt_fragments(STATUS._replace(bar=colors), 80)

    bar = [text for style, text in found if style.startswith("bg:#303030")]
    assert len("".join(bar)) == 79
    assert ("bg:#303030 #a8a8a8", "connected") in found  # not dim: it is hard to read
