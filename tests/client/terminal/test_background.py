"""Whether the background of a terminal is light or dark."""

import pytest

from parlour.client.terminal.background import (
    REPLY_TIMEOUT,
    Background,
    BackgroundReply,
    background_of,
)

LIGHT, DARK = "\x1b]11;rgb:ffff/ffff/eded\x1b\\", "\x1b]11;rgb:1c1c/1e1e/2222\x07"


@pytest.mark.parametrize(
    ("colors", "background"),
    [
        ("15;0", Background.DARK),
        ("0;15", Background.LIGHT),
        ("0;default;7", Background.LIGHT),
        ("0;default", Background.UNKNOWN),
        ("", Background.UNKNOWN),
    ],
)
def test_some_terminals_tell_in_the_environment(
    colors: str, background: Background
) -> None:
    assert background_of({"COLORFGBG": colors}) is background


@pytest.mark.parametrize(
    ("reads", "typed", "background"),
    [
        ([LIGHT], "", Background.LIGHT),
        ([f"a{DARK}b"], "ab", Background.DARK),
        ([DARK[:9], DARK[9:]], "", Background.DARK),
        ([LIGHT[:-1], LIGHT[-1:] + "x"], "x", Background.LIGHT),
        (["\x1b]11;rgb:1/2/3\x07"], "", Background.DARK),
        (["\x1b]11;rgba:ff/ff/ff/ff\x07"], "", Background.LIGHT),
        (["\x1b", "]11"], "\x1b]11", Background.UNKNOWN),
        (["\x1b]11;x"], "\x1b]11;x", Background.UNKNOWN),
        (["hello"], "hello", Background.UNKNOWN),
    ],
)
def test_the_reply_is_not_typed(
    reads: list[str], typed: str, background: Background
) -> None:
    reply = BackgroundReply()
    reply.asked(0.0)

    assert "".join(map(reply.without_reply, reads)) == typed
    assert reply.background is background


def test_only_one_reply_is_awaited() -> None:
    reply = BackgroundReply()

    assert reply.without_reply(LIGHT) == LIGHT
    reply.asked(0.0)
    assert reply.without_reply(LIGHT + DARK) == DARK


def test_messages_wait_shortly_for_the_reply() -> None:
    reply = BackgroundReply()
    assert reply.seconds_to_wait(0.0) == 0
    reply.asked(0.0)

    assert reply.seconds_to_wait(0.0) == REPLY_TIMEOUT
    assert reply.seconds_to_wait(1.0) == 0
    reply.without_reply(DARK)
    assert reply.seconds_to_wait(0.0) == 0
