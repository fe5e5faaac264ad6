"""Compares the positions of messages with a list of them."""

from bisect import bisect_left, bisect_right

from hypothesis import given
from hypothesis import strategies as st

from parlour.core.delivery.message_positions import MessagePositions
from parlour.core.events import LOBBY, Message

STEP = st.one_of(
    st.lists(st.integers(1, 3), min_size=1, max_size=5),  # how much sequences increase
    st.integers(1, 3),  # notices
    st.just("discard"),
)


@given(st.lists(STEP, max_size=12), st.data())
def test_positions_and_sequences_are_those_of_a_list(
    steps: list[list[int] | int | str], data: st.DataObject
) -> None:
    positions, base, head, sequence = MessagePositions(), 0, 0, 0
    known: list[tuple[int, int]] = []  # positions and sequences
    discarded = 0
    for step in steps:
        if isinstance(step, int):
            head += step
        elif isinstance(step, list):
            messages: list[Message] = []
            for increase in step:
                sequence += increase
                known.append((head + len(messages), sequence))
                messages.append(Message(LOBBY, sequence, 0.0, "Ann", "hi"))
            positions.extend(head, messages)
            head += len(messages)
        else:
            base = data.draw(st.integers(base, head))
            positions.discard_before(base)
            discarded += sum(position < base for position, _ in known)
            known = [each for each in known if each[0] >= base]

    found, sequences = [each[0] for each in known], [each[1] for each in known]
    assert positions.discarded == discarded
    for position in range(base, head + 1):
        index = bisect_left(found, position)
        before = sequences[index - 1] if index else None
        assert positions.sequence_before(position) == before
        assert positions.count_before(position) == discarded + index
    for each in range(sequence + 2):
        index = bisect_right(sequences, each)
        after = found[index - 1] + 1 if index else None
        assert positions.position_after(each) == after
