"""The judge finds each kind of wrong in a small run that is else right."""

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


def honest() -> Run:
    """Return a run in which two speak in turns, and Juliet comes back once."""
    romeo, juliet = ClientRecord(ROMEO, {ROMEO}), ClientRecord(JULIET, {JULIET})
    for number, (name, text) in enumerate(TEXTS, 1):
        stored = Acknowledged(number, 10 * number + 1, 0)
        speaker = romeo if name == ROMEO else juliet
        speaker.sent[text] = Sent(text, [10 * number], [stored])
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


def view(run: Run) -> ConnectionRecord:
    """Return what Juliet was told after she came back."""
    return run.clients[1].connections[1]


def test_an_honest_run_is_not_blamed() -> None:
    assert check(honest()) == []


def lose_the_end(run: Run) -> None:
    del run.histories[0].messages[3]


def lose_the_middle(run: Run) -> None:
    del run.histories[0].messages[1]


def keep_twice(run: Run) -> None:
    run.histories[0].messages.append(StoredMessage(5, ROMEO, "one"))


def make_up(run: Run) -> None:
    run.histories[0].messages.append(StoredMessage(5, ROMEO, "never said"))


def take_for_another(run: Run) -> None:
    run.histories[0].messages[0] = StoredMessage(1, JULIET, "one")


def turn_a_sender_round(run: Run) -> None:
    one, _, three, _ = run.histories[0].messages
    run.histories[0].messages[0] = StoredMessage(1, ROMEO, three.text)
    run.histories[0].messages[2] = StoredMessage(3, ROMEO, one.text)


def let_later_be_earlier(run: Run) -> None:
    run.clients[1].sent["two"].attempts[0] = 1000


def store_elsewhere(run: Run) -> None:
    run.clients[0].sent["one"].stored[0] = Acknowledged(3, 11, 0)


def answer_twice(run: Run) -> None:
    run.clients[0].sent["one"].stored *= 2


def refuse_what_is_kept(run: Run) -> None:
    run.clients[0].sent["one"].stored.clear()
    run.clients[0].sent["one"].refused = 1


def never_answer(run: Run) -> None:
    run.clients[0].sent["five"] = Sent("five", [50])


def tell_twice(run: Run) -> None:
    view(run).events += seen(4)


def tell_again_after_a_return(run: Run) -> None:
    view(run).events[:0] = seen(2)


def tell_in_another_order(run: Run) -> None:
    view(run).events.reverse()


def tell_what_is_not_kept(run: Run) -> None:
    view(run).events[1] = Received(4, JULIET, "for", 204)


def hide_a_gap(run: Run) -> None:
    del view(run).events[0]


def count_a_gap_wrong(run: Run) -> None:
    del view(run).events[0]
    view(run).events[:0] = [Missed(0, 3)]


def never_tell_the_end(run: Run) -> None:
    del view(run).events[1]


def come_back_elsewhere(run: Run) -> None:
    view(run).resume = Cursor("e", 3)


def change_the_epoch(run: Run) -> None:
    view(run).welcome = Welcome("another", 3, True)


def hide_another_epoch(run: Run) -> None:
    view(run).resume = Cursor("older", 2)


def hide_a_lost_end(run: Run) -> None:
    view(run).resume = Cursor("e", 9)


def tell_of_no_gap(run: Run) -> None:
    view(run).resume = Cursor("older", 2)
    view(run).welcome = Welcome("e", 3, False)


def give_up_without_need(run: Run) -> None:
    view(run).welcome = Welcome("e", 3, False)
    view(run).events = [Missed(None, 3), *seen(4)]


def leave_out_of_a_page(run: Run) -> None:
    one, _, three = seen(1, 2, 3)
    assert isinstance(one, Received)
    assert isinstance(three, Received)
    view(run).events.append(Page((one, three)))


@pytest.mark.parametrize(
    ("harm", "promise"),
    [
        (lose_the_end, "acknowledged is kept"),
        (lose_the_end, "seen is kept"),
        (lose_the_middle, "numbered without gaps"),
        (keep_twice, "nothing is kept twice"),
        (make_up, "nothing is made up"),
        (take_for_another, "nothing is made up"),
        (turn_a_sender_round, "a sender's order is kept"),
        (let_later_be_earlier, "later is later"),
        (store_elsewhere, "stored tells the place"),
        (answer_twice, "one answer to each"),
        (refuse_what_is_kept, "refused is not kept"),
        (never_answer, "all is answered in the end"),
        (tell_twice, "nothing is told twice"),
        (tell_again_after_a_return, "nothing is told twice"),
        (tell_in_another_order, "nothing is told twice"),
        (tell_what_is_not_kept, "seen is kept"),
        (hide_a_gap, "a gap is told"),
        (count_a_gap_wrong, "a gap is told"),
        (never_tell_the_end, "all is heard in the end"),
        (come_back_elsewhere, "a client goes on where it was"),
        (change_the_epoch, "the epoch is told"),
        (hide_another_epoch, "a gap is told"),
        (hide_a_lost_end, "a gap is told"),
        (tell_of_no_gap, "a gap is told"),
        (give_up_without_need, "all that is kept is told"),
        (leave_out_of_a_page, "a page has no gap"),
    ],
)
def test_a_broken_promise_is_told(harm: Callable[[Run], None], promise: str) -> None:
    run = honest()

    harm(run)

    assert promise in promises(run)


def test_a_gap_that_is_told_is_no_harm() -> None:
    run = honest()
    view(run).events = [Missed(1, 3), *seen(4)]

    assert check(run) == []


def test_a_new_epoch_that_is_told_is_no_harm() -> None:
    run = honest()
    view(run).resume = Cursor("older", 2)
    view(run).welcome = Welcome("e", 3, False)
    view(run).events = [Missed(None, 3), *seen(4)]

    assert check(run) == []


def test_what_was_refused_once_may_be_overtaken() -> None:
    run = honest()
    turn_a_sender_round(run)
    one = run.clients[0].sent["one"]
    one.attempts, one.refused, one.stored = [10, 35], 1, [Acknowledged(3, 36, 0)]
    run.clients[0].sent["three"].stored = [Acknowledged(1, 31, 0)]
    run.clients[0].sent["three"].attempts = run.clients[1].sent["two"].attempts = [12]
    for client in run.clients:
        client.connections.clear()

    assert promises(run) == set()


def test_a_plain_view_is_judged_by_its_texts() -> None:
    run = honest()
    texts = [Received(0, name, text, 300) for name, text in TEXTS]
    plain = ConnectionRecord(
        0, events=[texts[0], Missed(1, None), texts[2]], is_plain=True
    )
    run.clients.append(ClientRecord("plain", connections=[plain]))
    run.is_settled = False

    assert check(run) == []
    plain.events[1:2] = []
    assert promises(run) == {"a gap is told"}
    plain.events.append(texts[0])
    assert promises(run) == {"a gap is told", "nothing is told twice"}
