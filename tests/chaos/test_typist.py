"""What a program shows of the chat, as the checker reads it."""

from .typist import in_order


def test_recent_messages_count_as_said_before_those_above_them() -> None:
    heading = "-- the last 2 messages; older: /history before 3:"

    found = in_order(["c: c 5", heading, "c: c 3", "c: c 4", "c: c 6"])

    assert found == ["c: c 3", "c: c 4", "c: c 5", "c: c 6"]


def test_a_message_that_is_shown_again_is_not_hidden() -> None:
    found = in_order(["c: c 4", "-- the last 2 messages:", "c: c 3", "c: c 4", "-- x"])

    assert found == ["c: c 3", "c: c 4", "c: c 4", "-- x"]
