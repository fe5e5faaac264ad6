"""A small correct run, which tests of the checker falsify."""

from tests.proof.records import (
    LOBBY,
    Acknowledged,
    ClientRecord,
    Cursor,
    Missed,
    Opening,
    Received,
    RoomView,
    Run,
    Sent,
    StoredHistory,
    StoredMessage,
)

ROMEO, JULIET = "romeo", "juliet"
TEXTS = [(ROMEO, "one"), (JULIET, "two"), (ROMEO, "three"), (JULIET, "four")]
SEQUENCES = [1, 2, 5, 6]  # two are left out
DIRECT = "direct:1"


def seen(*numbers: int, step: int = 100) -> list[Received | Missed | Opening]:
    """Return the messages with these numbers, which count from 1."""
    return [received(number, step) for number in numbers]


def received(number: int, step: int = 100) -> Received:
    return Received(SEQUENCES[number - 1], *TEXTS[number - 1], step + number)


def correct_run() -> Run:
    """Return a run in which two clients send in turn, and Juliet resumes once."""
    romeo, juliet = ClientRecord(ROMEO, {ROMEO}), ClientRecord(JULIET, {JULIET})
    for number, (name, text) in enumerate(TEXTS, 1):
        answer = Acknowledged(SEQUENCES[number - 1], 10 * number + 1, 0)
        sender = romeo if name == ROMEO else juliet
        sender.sent[text] = Sent(text, [10 * number], [answer])
    start = Opening("e", 0, recovered=True)
    romeo.views = [RoomView(LOBBY, 0, None, start, seen(1, 2, 3, 4))]
    juliet.views = [
        RoomView(LOBBY, 0, None, start, seen(1, 2), is_over=True),
        RoomView(
            *(LOBBY, 0, Cursor("e", 2), Opening("e", 5, recovered=True)),
            seen(3, 4, step=200),
        ),
    ]
    messages = [
        StoredMessage(sequence, *said)
        for sequence, said in zip(SEQUENCES, TEXTS, strict=True)
    ]
    history = StoredHistory("e", {LOBBY: messages})
    return Run([romeo, juliet], [history], is_settled=True)


def run_with_direct_messages() -> Run:
    """Return a correct run in which Romeo and Juliet also have a conversation."""
    run = correct_run()
    both = frozenset({ROMEO, JULIET})
    said = [(3, ROMEO, "five"), (4, JULIET, "six")]
    for client, (sequence, _, text) in zip(run.clients, said, strict=True):
        answer = Acknowledged(sequence, 410, 0)
        client.sent[text] = Sent(text, [400], [answer], room=DIRECT, readers=both)
    for client in run.clients:
        start = Opening("e.0", 0, recovered=True)
        heard: list[Received | Missed | Opening] = [Received(*m, 420) for m in said]
        client.views.append(RoomView(DIRECT, 0, None, start, heard))
    return run


def stored(run: Run) -> list[StoredMessage]:
    """Return what is stored in the lobby."""
    return run.histories[0].rooms[LOBBY]


def resumed(run: Run) -> RoomView:
    """Return what Juliet received in the lobby after she resumed."""
    return run.clients[1].views[1]


def direct(run: Run) -> RoomView:
    """Return what Juliet received in the conversation of two."""
    return run.clients[1].views[2]
