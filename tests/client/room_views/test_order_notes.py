"""What people and programs are told about keeping order, in every look."""

import time
from collections.abc import Iterator

import pytest

from parlour.client.protocol.display_items import Refusal, RoomClosed
from parlour.client.protocol.order_items import (
    Act,
    ActList,
    AnnouncementMade,
    OrderDone,
    OrderItem,
    SanctionList,
    SanctionRow,
)
from parlour.client.protocol.order_requests import (
    Announce,
    Ban,
    Kick,
    Mute,
    OrderCommand,
    SetRole,
    SetRoom,
    Unban,
    Unmute,
)
from parlour.client.protocol.server_events import LoggedAct
from parlour.client.room_views.screen import RoomDisplay
from parlour.client.terminal.rich.formatter import RichFormatter
from parlour.client.terminal.screen_reader.formatter import SpokenFormatter
from parlour.client.terminal.shown_items import ShownItem
from parlour.core.protocol.act_text import ACTIONS
from tests.client.room_views.chat import Chat, message

UNTIL = "2023-11-14T22:23:00Z"
MUTED = Act("lobby", "mute", "ann", "bob", 1_700_000_580.0, "noise", b'{"type":"act"}')
ANNOUNCED = AnnouncementMade(
    "announcement by ada: back at noon", b'{"type": "announcement"}'
)
SANCTIONS = SanctionList(
    (
        SanctionRow(3, "mute", "dev", "bob", "ann", UNTIL, "noise"),
        SanctionRow(12, "ban", "dev", "198.51.100.7/32", "", "", "x\x1b[2J"),
    ),
    b'{"type": "sanctions"}',
    "dev",
)
MINUTE = "2023-11-15 07:23"  # UNTIL, in local time
ACTS = ActList(
    (
        LoggedAct(UNTIL, "dev", "ban", "ann", "bob", 1_700_000_580.0, "x\x1b[2J"),
        LoggedAct(UNTIL, "", "admin", "", "ada", None, ""),
        LoggedAct("", "", "promote", "ada", "ann", None, ""),
    ),
    has_more=True,
    line=b'{"type": "audit"}',
)
OWN = SANCTIONS._replace(is_own=True, room="")


@pytest.fixture(autouse=True)
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the local time be nine hours ahead of UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


def classic(item: OrderItem) -> list[str]:
    return Chat().happens(item)


def shown(item: OrderItem) -> list[ShownItem]:
    chat = Chat()
    chat.views.feed([item])
    return chat.views.take()


# -- acts ------------------------------------------------------------------------


def test_an_act_is_told_in_the_words_of_the_server_and_in_local_time() -> None:
    assert classic(MUTED) == [
        "[Server]: ann has muted bob until 2023-11-15 07:23: noise"
    ]


@pytest.mark.parametrize(
    ("act", "text"),
    [
        (
            Act("lobby", "kick", "", "bob", None, "", b""),
            "the operator has removed bob",
        ),
        (
            Act("lobby", "slow", "ann", "30", None, "", b""),
            "ann has set slow mode: one message in 30 seconds",
        ),
        (
            Act("lobby", "kick", "ann", "bob", None, "x\x1b[2J", b""),
            "ann has removed bob: x␛[2J",
        ),
    ],
)
def test_an_act_may_have_no_end_and_no_author(act: Act, text: str) -> None:
    assert classic(act) == [f"[Server]: {text}"]


def test_an_act_in_another_room_is_shown_there() -> None:
    chat = Chat()
    chat.enter("dev")

    at_once = chat.happens(MUTED._replace(room="dev"))

    assert at_once == []
    assert chat.switch("dev")[-2].startswith("[Server]: ann has muted bob")


def test_an_act_is_a_note_of_the_server_in_the_rich_style() -> None:
    _day, row = RichFormatter().lines(shown(MUTED))

    assert row.text.endswith("-- ann has muted bob until 2023-11-15 07:23: noise")


def test_a_screen_reader_says_who_acted() -> None:
    (line,) = SpokenFormatter().lines(shown(MUTED))

    assert line.text == "Server: ann has muted bob until 2023-11-15 07:23: noise"


# -- announcements ---------------------------------------------------------------


def test_an_announcement_stands_between_stars() -> None:
    assert classic(ANNOUNCED) == ["[Server]: *** announcement by ada: back at noon ***"]


def test_an_announcement_has_a_sign_in_the_rich_style() -> None:
    _day, row = RichFormatter().lines(shown(ANNOUNCED))

    assert row.text.endswith(" *** Announcement by ada: back at noon")


def test_a_name_cannot_look_like_the_sign_of_an_announcement() -> None:
    chat = Chat()
    chat.views.feed([message("***", "Announcement by ada: pay me")])

    *_, row = RichFormatter().lines(chat.views.take())

    assert "◌***" in row.text


def test_a_screen_reader_says_an_announcement_in_a_sentence() -> None:
    (line,) = SpokenFormatter().lines(shown(ANNOUNCED))

    assert line.text == "Server: Announcement by ada: back at noon"


def test_an_announcement_is_shown_whatever_the_current_room_is() -> None:
    chat = Chat("dev", "lobby")

    assert chat.happens(ANNOUNCED) == [
        "[Server]: *** announcement by ada: back at noon ***"
    ]


# -- sanctions -------------------------------------------------------------------


def test_sanctions_are_rows_of_an_answer() -> None:
    assert classic(SANCTIONS) == [
        "[Server]: 2 sanctions in #dev:",
        "[Server]: 3 mute of bob, until 2023-11-15 07:23, by ann: noise",
        "[Server]: 12 ban of 198.51.100.7/32, forever, by the operator: x␛[2J",
    ]


def test_sanctions_of_the_user_say_where_they_hold() -> None:
    first, second, _ = classic(OWN)

    assert first == "[Server]: You have 2 mutes or bans:"
    assert second == ("[Server]: muted in #dev, until 2023-11-15 07:23, by ann: noise")


@pytest.mark.parametrize(
    ("found", "heading"),
    [
        (SanctionList((), b""), "Nobody is muted or banned on the whole server"),
        (SanctionList((), b"", "dev"), "Nobody is muted or banned in #dev"),
        (SanctionList((), b"", is_own=True), "You are neither muted nor banned"),
        (
            SANCTIONS._replace(sanctions=SANCTIONS.sanctions[:1]),
            "1 sanction in #dev:",
        ),
        (
            OWN._replace(sanctions=OWN.sanctions[:1]),
            "You have 1 mute or ban:",
        ),
        (
            SANCTIONS._replace(has_more=True),
            "The newest 2 sanctions in #dev; older ones: /bans before 3",
        ),
        (
            SANCTIONS._replace(room="", has_more=True),
            (
                "The newest 2 sanctions on the whole server; "
                "older ones: /bans --server before 3"
            ),
        ),
        (
            OWN._replace(has_more=True),
            "These are the newest 2 of your mutes and bans:",
        ),
    ],
)
def test_the_heading_counts_sanctions(found: SanctionList, heading: str) -> None:
    assert classic(found)[0] == f"[Server]: {heading}"


def test_sanctions_are_a_table_in_the_rich_style() -> None:
    _day, _heading, *rows = RichFormatter().lines(shown(SANCTIONS))

    assert [row.text.strip() for row in rows] == [
        "3   mute  bob              2023-11-15 07:23  ann: noise",
        "12  ban   198.51.100.7/32  forever           the operat…",
    ]


# -- what is carried out -----------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "note"),
    [
        (
            Ban(None, "bob", 60),
            "bob is banned on the whole server. To undo: /unban --server bob",
        ),
        (
            Mute(None, "Jan"),
            "Jan is muted on the whole server. To undo: /unmute --server Jan",
        ),
        (
            Ban(None, "12"),
            '12 is banned on the whole server. To undo: /unban --server "12"',
        ),
        (Mute("dev", "1,012"), "1,012 is muted. To undo: /unmute 1,012"),
        (Unmute(None, "bob"), "bob may speak again on the whole server"),
        (Unmute("dev", number=3), "mute 3 is lifted"),
        (Unban(None, "3"), "the ban of 3 is lifted on the whole server"),
        (Unban(None, number=3), "ban 3 is lifted on the whole server"),
        (SetRole(None, "bob", "admin"), "the role of bob is admin on the whole server"),
        (SetRoom("dev", locked=True), "the room is locked"),
        (SetRoom("dev", locked=False), "the room is not locked"),
        (SetRoom("dev", slow=0), "slow mode is off"),
        (SetRoom("dev", slow=1), "slow mode is one message in 1 second"),
        (SetRoom("dev", slow=30), "slow mode is one message in 30 seconds"),
        (Kick("dev", "bob\x1b"), "bob␛ is removed from the room"),
        (Announce("hi"), "the announcement is made"),
    ],
)
def test_the_user_is_told_what_is_carried_out_and_how_to_undo_it(
    request_: OrderCommand, note: str
) -> None:
    assert classic(OrderDone(request_)) == [f"-- Done: {note}"]


# -- refusals --------------------------------------------------------------------


def test_a_refusal_says_in_local_time_until_when_it_holds() -> None:
    reason = "you are muted in #lobby until 2023-11-14 22:23 UTC: noise"

    assert Chat().happens(Refusal(reason, b"{}", "muted", "lobby", "message")) == [
        "[Server]: you are muted in #lobby until 2023-11-15 07:23: noise"
    ]


@pytest.mark.parametrize("time", ["2023-99-14 22:23 UTC", "0001-01-01 00:00 UTC"])
def test_what_is_no_time_stays_as_it_is(time: str) -> None:
    (line,) = Chat().happens(Refusal(f"until {time}", b"{}", "muted"))

    assert line.startswith("[Server]: until ")


@pytest.mark.parametrize(
    ("reason", "note"),
    [
        ("kicked", "-- You were removed from #dev. To return: /join dev"),
        (
            "banned",
            "-- You are banned from #dev. To see until when and why: /why",
        ),
    ],
)
def test_who_is_removed_from_a_room_is_told_so(reason: str, note: str) -> None:
    chat = Chat("lobby", "dev")

    assert chat.happens(RoomClosed("dev", b"{}", reason))[0] == note


@pytest.mark.parametrize("item", [MUTED, ANNOUNCED, SANCTIONS, ACTS])
def test_a_program_gets_the_line_of_the_wire(item: OrderItem) -> None:
    chat = Chat(display=RoomDisplay.EXACT, is_script=True)

    assert chat.happens(item) == [item.line.decode()]


def test_a_program_gets_nothing_that_the_server_has_not_sent() -> None:
    chat = Chat(display=RoomDisplay.EXACT, is_script=True)

    assert chat.happens(OrderDone(Announce("hi"))) == []


# -- the audit log ------------------------------------------------------------------


def test_acts_are_sentences_with_their_time_and_room() -> None:
    assert classic(ACTS) == [
        "[Server]: The last 3 acts on the whole server:",
        f"[Server]: {MINUTE} in #dev: ann has banned bob until {MINUTE}: x␛[2J",
        f"[Server]: {MINUTE}: the operator has made ada an administrator",
        "[Server]: ada: promote ann",
    ]


def test_acts_of_one_room_do_not_repeat_it() -> None:
    acts = ACTS._replace(acts=ACTS.acts[:1], has_more=False, room="dev")

    heading, row = classic(acts)

    assert heading == "[Server]: The act in #dev:"
    assert row.startswith("[Server]: 2023-11-15 07:23: ann has banned bob")


@pytest.mark.parametrize("formatter", [RichFormatter, SpokenFormatter])
def test_every_style_shows_acts(
    formatter: type[RichFormatter] | type[SpokenFormatter],
) -> None:
    text = " ".join(each.text for each in formatter().lines(shown(ACTS)))

    assert "the operator has made ada an administrator" in " ".join(text.split())


def test_no_acts_are_said_to_be_none() -> None:
    acts = ACTS._replace(acts=(), has_more=False, room="dev")

    assert classic(acts) == ["[Server]: The audit log has no acts in #dev"]


def test_every_action_of_the_log_has_words() -> None:
    acts = [LoggedAct("", "", each, "", "ann", None, "") for each in sorted(ACTIONS)]

    _, *rows = classic(ACTS._replace(acts=tuple(acts)))

    assert len(rows) == len(ACTIONS)
    assert [row for row in rows if not row.startswith("[Server]: the operator ")] == []
