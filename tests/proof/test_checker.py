"""The checker finds each kind of violation in a small run that is otherwise correct."""

from collections.abc import Callable

import pytest

from tests.proof.checker import check
from tests.proof.records import (
    LOBBY,
    Acknowledged,
    ClientRecord,
    Cursor,
    Missed,
    Opening,
    Page,
    Received,
    RoomView,
    Run,
    Sent,
    StoredMessage,
)
from tests.proof.small_run import (
    JULIET,
    ROMEO,
    TEXTS,
    correct_run,
    received,
    resumed,
    seen,
    stored,
)


def promises(run: Run) -> set[str]:
    return {violation.promise for violation in check(run)}


def test_a_correct_run_has_no_violations() -> None:
    assert check(correct_run()) == []


def lose_the_end(run: Run) -> None:
    del stored(run)[3]


def swap_sequences(run: Run) -> None:
    stored(run).reverse()


def store_twice(run: Run) -> None:
    stored(run).append(StoredMessage(7, ROMEO, "one"))


def invent_a_message(run: Run) -> None:
    stored(run).append(StoredMessage(7, ROMEO, "never sent"))


def change_the_sender(run: Run) -> None:
    stored(run)[0] = StoredMessage(1, JULIET, "one")


def change_the_room(run: Run) -> None:
    run.clients[0].sent["one"].room = "dev"


def swap_messages_of_a_sender(run: Run) -> None:
    one, _, three, _ = stored(run)
    stored(run)[0] = StoredMessage(1, ROMEO, three.text)
    stored(run)[2] = StoredMessage(5, ROMEO, one.text)


def store_a_later_message_first(run: Run) -> None:
    run.clients[1].sent["two"].attempts[0] = 1000


def acknowledge_another_sequence(run: Run) -> None:
    run.clients[0].sent["one"].stored[0] = Acknowledged(5, 11, 0)


def answer_twice(run: Run) -> None:
    run.clients[0].sent["one"].stored *= 2


def refuse_a_stored_message(run: Run) -> None:
    run.clients[0].sent["one"].stored.clear()
    run.clients[0].sent["one"].refused = 1


def never_answer(run: Run) -> None:
    run.clients[0].sent["five"] = Sent("five", [50])


def send_twice(run: Run) -> None:
    resumed(run).events += seen(4)


def send_again_after_a_resume(run: Run) -> None:
    resumed(run).events[:0] = seen(2)


def send_in_another_order(run: Run) -> None:
    resumed(run).events.reverse()


def send_what_is_not_stored(run: Run) -> None:
    resumed(run).events[1] = Received(6, JULIET, "for", 204)


def send_with_another_sequence(run: Run) -> None:
    resumed(run).events[0] = received(3)._replace(sequence=4)


def hide_a_gap(run: Run) -> None:
    del resumed(run).events[0]


def declare_a_gap_too_small(run: Run) -> None:
    del resumed(run).events[0]
    resumed(run).events[:0] = [Missed(0, 5)]


def never_send_the_end(run: Run) -> None:
    del resumed(run).events[1]


def resume_at_another_cursor(run: Run) -> None:
    resumed(run).resume = Cursor("e", 5)


def change_the_epoch(run: Run) -> None:
    resumed(run).opening = Opening("another", 5, recovered=True)


def hide_another_epoch(run: Run) -> None:
    resumed(run).resume = Cursor("older", 2)


def hide_a_lost_end(run: Run) -> None:
    resumed(run).resume = Cursor("e", 9)


def declare_no_gap(run: Run) -> None:
    resumed(run).resume = Cursor("older", 2)
    resumed(run).opening = Opening("e", 5, recovered=False)


def declare_a_needless_gap(run: Run) -> None:
    resumed(run).opening = Opening("e", 5, recovered=False)
    resumed(run).events = [Missed(None, 5), *seen(4)]


def report_another_state(run: Run) -> None:
    resumed(run).events.insert(1, Opening("e", 6, recovered=True))


def omit_from_a_page(run: Run) -> None:
    run.clients[1].pages.append(Page(LOBBY, 0, (received(1), received(3))))


@pytest.mark.parametrize(
    ("falsify", "promise"),
    [
        (lose_the_end, "acknowledged messages are stored"),
        (lose_the_end, "received messages are stored"),
        (swap_sequences, "all see one order of a room"),
        (store_twice, "nothing is stored twice"),
        (invent_a_message, "nothing is invented"),
        (change_the_sender, "nothing is invented"),
        (change_the_room, "nothing is invented"),
        (change_the_room, "a message stays in its room"),
        (swap_messages_of_a_sender, "the order of a sender is kept"),
        (store_a_later_message_first, "messages keep their order in time"),
        (acknowledge_another_sequence, "acknowledgements have the right sequence"),
        (answer_twice, "one answer to each message"),
        (refuse_a_stored_message, "refused messages are not stored"),
        (never_answer, "every message is answered in the end"),
        (send_twice, "nothing is sent twice"),
        (send_again_after_a_resume, "nothing is sent twice"),
        (send_in_another_order, "nothing is sent twice"),
        (send_what_is_not_stored, "received messages are stored"),
        (send_with_another_sequence, "received messages are stored"),
        (hide_a_gap, "gaps are declared"),
        (declare_a_gap_too_small, "gaps are declared"),
        (never_send_the_end, "everything is received in the end"),
        (resume_at_another_cursor, "a client resumes at its cursor"),
        (change_the_epoch, "a new epoch is announced"),
        (hide_another_epoch, "gaps are declared"),
        (hide_a_lost_end, "gaps are declared"),
        (declare_no_gap, "gaps are declared"),
        (declare_a_needless_gap, "no unnecessary gaps"),
        (report_another_state, "a room is reported as it is"),
        (omit_from_a_page, "pages have no gaps"),
    ],
)
def test_each_broken_promise_is_reported(
    falsify: Callable[[Run], None], promise: str
) -> None:
    run = correct_run()

    falsify(run)

    assert promise in promises(run)


def test_a_declared_gap_is_not_a_violation() -> None:
    run = correct_run()
    resumed(run).events = [Missed(1, 5), *seen(4)]

    assert check(run) == []


def test_an_announced_epoch_is_not_a_violation() -> None:
    run = correct_run()
    resumed(run).resume = Cursor("older", 2)
    resumed(run).opening = Opening("e", 5, recovered=False)
    resumed(run).events = [Missed(None, 5), *seen(4)]

    assert check(run) == []


def test_a_room_that_was_left_need_not_be_received() -> None:
    run = correct_run()
    never_send_the_end(run)
    resumed(run).is_over = True

    assert check(run) == []


def test_a_message_that_was_refused_once_may_be_overtaken() -> None:
    run = correct_run()
    swap_messages_of_a_sender(run)
    one = run.clients[0].sent["one"]
    one.attempts, one.refused, one.stored = [10, 35], 1, [Acknowledged(5, 36, 0)]
    run.clients[0].sent["three"].stored = [Acknowledged(1, 31, 0)]
    run.clients[0].sent["three"].attempts = run.clients[1].sent["two"].attempts = [12]
    for client in run.clients:
        client.views.clear()

    assert promises(run) == set()


def test_a_plain_connection_is_checked_by_its_texts() -> None:
    run = correct_run()
    texts = [Received(0, name, text, 300) for name, text in TEXTS]
    plain = RoomView(events=[texts[0], Missed(1, None), texts[2]], is_plain=True)
    run.clients.append(ClientRecord("plain", views=[plain]))
    run.is_settled = False

    assert check(run) == []
    plain.events[1:2] = []
    assert promises(run) == {"gaps are declared"}
    plain.events.append(texts[0])
    assert promises(run) == {"gaps are declared", "nothing is sent twice"}
