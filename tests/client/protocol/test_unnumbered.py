"""The messages that were shown before their sequences were known."""

from parlour.client.protocol.server_events import Message
from parlour.client.protocol.unnumbered import MAX_UNNUMBERED, Unnumbered


def said(sequence: int, text: str, source: str = "Bob") -> Message:
    return Message("lobby", sequence, "", source, text)


def shown(*texts: str) -> Unnumbered:
    """Return those of Bob with these texts."""
    unnumbered = Unnumbered()
    for text in texts:
        unnumbered.add("Bob", text)
    return unnumbered


def test_a_message_is_taken_as_often_as_it_was_shown() -> None:
    unnumbered = shown("ok", "ok")
    unnumbered.entered(9)

    taken = [unnumbered.take(said(sequence, "ok")) for sequence in (3, 5, 8)]

    assert taken == [True, True, False]
    assert len(unnumbered) == 0


def test_the_same_text_of_somebody_else_was_not_shown() -> None:
    unnumbered = shown("ok")
    unnumbered.entered(9)

    assert not unnumbered.take(said(3, "ok", source="Eve"))


def test_what_is_said_after_the_entry_was_not_shown() -> None:
    unnumbered = shown("ok")
    unnumbered.entered(9)

    assert not unnumbered.take(said(10, "ok"))
    assert unnumbered.not_shown([said(10, "ok")]) == (said(10, "ok"),)
    assert unnumbered.take(said(9, "ok"))


def test_the_first_entry_is_the_bound_until_more_is_shown() -> None:
    unnumbered = shown("ok", "ok")
    unnumbered.entered(9)
    unnumbered.begin(position=7)
    unnumbered.entered(12)

    assert not unnumbered.take(said(12, "ok"))

    unnumbered.add("Bob", "later")
    unnumbered.entered(20)

    assert unnumbered.take(said(19, "later"))


def test_all_are_forgotten_once_a_connection_begins_beyond_them() -> None:
    unnumbered = shown("ok")
    unnumbered.entered(9)
    unnumbered.begin(position=8)
    before = len(unnumbered)

    unnumbered.begin(position=9)

    assert before == 1
    assert len(unnumbered) == 0


def test_they_stay_over_connections_without_a_session() -> None:
    unnumbered = shown("ok")
    unnumbered.begin(position=None)
    unnumbered.begin(position=5)
    unnumbered.entered(9)

    assert unnumbered.take(said(6, "ok"))


def test_a_recreated_history_repeats_only_up_to_its_own_sequence() -> None:
    unnumbered = shown("ok")
    unnumbered.entered(1_000)
    unnumbered.begin(position=900)
    unnumbered.entered(3)

    assert not unnumbered.take(said(4, "ok"))


def test_of_equal_messages_of_a_page_the_last_ones_were_shown() -> None:
    unnumbered = shown("ok", "no")
    unnumbered.entered(9)
    page = [said(1, "ok"), said(2, "so"), said(3, "ok"), said(4, "no")]

    assert unnumbered.not_shown(page) == (said(1, "ok"), said(2, "so"))
    assert len(unnumbered) == 2


def test_the_messages_that_were_shown_longest_ago_are_forgotten() -> None:
    unnumbered = shown("first", "first", "second")
    unnumbered.add("Bob", "first")
    for number in range(MAX_UNNUMBERED - 1):
        unnumbered.add("Bob", f"{number}")
    unnumbered.entered(9)

    assert not unnumbered.take(said(1, "second"))
    assert unnumbered.take(said(2, "first"))
    assert len(unnumbered) == MAX_UNNUMBERED + 1
