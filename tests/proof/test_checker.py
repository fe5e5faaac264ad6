"""The checker finds each kind of violation in a small run that is otherwise correct."""

from collections.abc import Callable

import pytest

from tests.proof.checker import check
from tests.proof.records import (
    Acknowledged,
    ClientRecord,
    ConnectionRecord,
    Cursor,
    Missed,
    Page,
    Received,
    Run,
    Sent,
    StoredHistory,
    StoredMessage,
    Welcome,
)

ROMEO, JULIET = "romeo", "juliet"
TEXTS = [(ROMEO, "one"), (JULIET, "two"), (ROMEO, "three"), (JULIET, "four")]


def seen(*sequences: int, step: int = 100) -> list[Received | Missed | Page]:
    return [
        Received(number, *TEXTS[number - 1], step=step + number) for number in sequences
    ]


def correct_run() -> Run:
    """Return a run in which two clients send in turn, and Juliet resumes once."""
    romeo, juliet = ClientRecord(ROMEO, {ROMEO}), ClientRecord(JULIET, {JULIET})
    for number, (name, text) in enumerate(TEXTS, 1):
        stored = Acknowledged(number, 10 * number + 1, 0)
        sender = romeo if name == ROMEO else juliet
        sender.sent[text] = Sent(text, [10 * number], [stored])
    romeo.connections = [
        ConnectionRecord(0, None, Welcome("e", 0, True), seen(1, 2, 3, 4))
    ]
    juliet.connections = [
        ConnectionRecord(0, None, Welcome("e", 0, True), seen(1, 2)),
        ConnectionRecord(
            0, Cursor("e", 2), Welcome("e", 3, True), seen(3, 4, step=200)
        ),
    ]
    log = StoredHistory("e", [StoredMessage(n, *TEXTS[n - 1]) for n in range(1, 5)])
    return Run([romeo, juliet], [log], is_settled=True)


def promises(run: Run) -> set[str]:
    return {violation.promise for violation in check(run)}


def resumed(run: Run) -> ConnectionRecord:
    """Return what Juliet received after she resumed."""
    return run.clients[1].connections[1]


def test_a_correct_run_has_no_violations() -> None:
    assert check(correct_run()) == []


def lose_the_end(run: Run) -> None:
    del run.histories[0].messages[3]


def lose_the_middle(run: Run) -> None:
    del run.histories[0].messages[1]


def store_twice(run: Run) -> None:
    run.histories[0].messages.append(StoredMessage(5, ROMEO, "one"))


def invent_a_message(run: Run) -> None:
    run.histories[0].messages.append(StoredMessage(5, ROMEO, "never sent"))


def change_the_sender(run: Run) -> None:
    run.histories[0].messages[0] = StoredMessage(1, JULIET, "one")


def swap_messages_of_a_sender(run: Run) -> None:
    one, _, three, _ = run.histories[0].messages
    run.histories[0].messages[0] = StoredMessage(1, ROMEO, three.text)
    run.histories[0].messages[2] = StoredMessage(3, ROMEO, one.text)


def store_a_later_message_first(run: Run) -> None:
    run.clients[1].sent["two"].attempts[0] = 1000


def acknowledge_another_sequence(run: Run) -> None:
    run.clients[0].sent["one"].stored[0] = Acknowledged(3, 11, 0)


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
    resumed(run).events[1] = Received(4, JULIET, "for", 204)


def hide_a_gap(run: Run) -> None:
    del resumed(run).events[0]


def declare_a_gap_too_small(run: Run) -> None:
    del resumed(run).events[0]
    resumed(run).events[:0] = [Missed(0, 3)]


def never_send_the_end(run: Run) -> None:
    del resumed(run).events[1]


def resume_at_another_cursor(run: Run) -> None:
    resumed(run).resume = Cursor("e", 3)


def change_the_epoch(run: Run) -> None:
    resumed(run).welcome = Welcome("another", 3, True)


def hide_another_epoch(run: Run) -> None:
    resumed(run).resume = Cursor("older", 2)


def hide_a_lost_end(run: Run) -> None:
    resumed(run).resume = Cursor("e", 9)


def declare_no_gap(run: Run) -> None:
    resumed(run).resume = Cursor("older", 2)
    resumed(run).welcome = Welcome("e", 3, False)


def declare_a_needless_gap(run: Run) -> None:
    resumed(run).welcome = Welcome("e", 3, False)
    resumed(run).events = [Missed(None, 3), *seen(4)]


def omit_from_a_page(run: Run) -> None:
    one, _, three = seen(1, 2, 3)
    assert isinstance(one, Received)
    assert isinstance(three, Received)
    resumed(run).events.append(Page((one, three)))


@pytest.mark.parametrize(
    ("falsify", "promise"),
    [
        (lose_the_end, "acknowledged messages are stored"),
        (lose_the_end, "received messages are stored"),
        (lose_the_middle, "numbered without gaps"),
        (store_twice, "nothing is stored twice"),
        (invent_a_message, "nothing is invented"),
        (change_the_sender, "nothing is invented"),
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
        (hide_a_gap, "gaps are declared"),
        (declare_a_gap_too_small, "gaps are declared"),
        (never_send_the_end, "everything is received in the end"),
        (resume_at_another_cursor, "a client resumes at its cursor"),
        (change_the_epoch, "a new epoch is announced"),
        (hide_another_epoch, "gaps are declared"),
        (hide_a_lost_end, "gaps are declared"),
        (declare_no_gap, "gaps are declared"),
        (declare_a_needless_gap, "no unnecessary gaps"),
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
    resumed(run).events = [Missed(1, 3), *seen(4)]

    assert check(run) == []


def test_an_announced_epoch_is_not_a_violation() -> None:
    run = correct_run()
    resumed(run).resume = Cursor("older", 2)
    resumed(run).welcome = Welcome("e", 3, False)
    resumed(run).events = [Missed(None, 3), *seen(4)]

    assert check(run) == []


def test_a_message_that_was_refused_once_may_be_overtaken() -> None:
    run = correct_run()
    swap_messages_of_a_sender(run)
    one = run.clients[0].sent["one"]
    one.attempts, one.refused, one.stored = [10, 35], 1, [Acknowledged(3, 36, 0)]
    run.clients[0].sent["three"].stored = [Acknowledged(1, 31, 0)]
    run.clients[0].sent["three"].attempts = run.clients[1].sent["two"].attempts = [12]
    for client in run.clients:
        client.connections.clear()

    assert promises(run) == set()


def test_a_plain_connection_is_checked_by_its_texts() -> None:
    run = correct_run()
    texts = [Received(0, name, text, 300) for name, text in TEXTS]
    plain = ConnectionRecord(
        0, events=[texts[0], Missed(1, None), texts[2]], is_plain=True
    )
    run.clients.append(ClientRecord("plain", connections=[plain]))
    run.is_settled = False

    assert check(run) == []
    plain.events[1:2] = []
    assert promises(run) == {"gaps are declared"}
    plain.events.append(texts[0])
    assert promises(run) == {"gaps are declared", "nothing is sent twice"}
