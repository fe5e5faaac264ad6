"""The lines of the user from Enter until the server sends them back."""

from parlour.client.protocol.own_lines import ECHO_TIMEOUT, OwnLines
from parlour.client.protocol.queued_request import QueuedRequest
from parlour.client.protocol.requests import Direct, Say


def typed(*texts: str) -> OwnLines:
    """Return lines with these texts, numbered from 1."""
    lines = OwnLines()
    for number, text in enumerate(texts, 1):
        lines.add(QueuedRequest(Say(text, "dev"), number, 0.0))
    return lines


def under_way(lines: OwnLines) -> list[str]:
    return [line.text for line in lines.under_way]


def test_a_line_is_under_way_until_it_comes_back() -> None:
    lines = typed("one", "two")

    lines.stored(1)
    lines.received("one")

    assert under_way(lines) == ["two"]
    assert list(lines.tick(100.0)) == []


def test_of_equal_lines_the_first_comes_back() -> None:
    lines = typed("one", "one")
    lines.stored(1)
    lines.stored(2)

    lines.received("one")
    lines.tick(1.0)

    assert under_way(lines) == ["one"]
    assert [line.text for line in lines.tick(1.0 + ECHO_TIMEOUT)] == ["one"]


def test_a_stored_line_that_does_not_come_back_is_shown_later() -> None:
    lines = typed("one")
    lines.stored(1)
    lines.forget(1)

    assert lines.deadline == 0.0
    assert list(lines.tick(5.0)) == []
    assert lines.deadline == 5.0 + ECHO_TIMEOUT
    (line,) = lines.tick(5.0 + ECHO_TIMEOUT)

    assert line == ("one", "dev")
    assert under_way(lines) == []
    assert lines.deadline is None


def test_a_line_that_is_not_settled_waits_for_ever() -> None:
    lines = typed("one")

    assert lines.deadline is None
    assert list(lines.tick(1_000.0)) == []
    assert under_way(lines) == ["one"]


def test_a_refused_line_is_reported_once() -> None:
    lines = typed("one")

    lines.refused(1)
    lines.forget(1)

    assert under_way(lines) == []
    assert lines.take_refused() == [("one", "dev")]
    assert lines.take_refused() == []


def test_a_forgotten_line_is_not_under_way() -> None:
    lines = typed("one")

    lines.forget(1)

    assert under_way(lines) == []
    assert lines.notes() == []


def test_a_direct_message_has_no_room_yet() -> None:
    lines = OwnLines()

    lines.add(QueuedRequest(Direct("bob", "psst"), 1, 0.0))

    assert lines.under_way == [("psst", "")]
