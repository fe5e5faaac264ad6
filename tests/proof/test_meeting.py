"""Session clients that meet: when they have everything, and what they report."""

from itertools import count

from tests.proof.meeting import are_idle, have_everything, judge, members, send_fences
from tests.proof.records import LOBBY, StoredMessage
from tests.proof.session_client import SessionClient
from tests.proof.wire import decode, line

EPOCH = "e1"


class Client:
    """A client whose server is the test."""

    def __init__(self, name: str, steps: "count[int]") -> None:
        self.session = SessionClient(name, "t" * 32, steps, [LOBBY])
        self.sent = list[bytes]()
        self.session.connect(0)
        state = {"epoch": EPOCH, "sequence": 0, "recovered": True}
        self.receive("welcome", you=name, rooms={LOBBY: state})

    @property
    def is_idle(self) -> bool:
        return self.session.is_idle

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    def receive(self, kind: str, **data: object) -> None:
        self.session.receive(line(kind, data))

    def receive_message(self, sequence: int, source: str, text: str) -> None:
        place = {"room": LOBBY, "sequence": sequence}
        self.receive("message", source=source, message=text, **place)


def two_clients() -> tuple[Client, Client]:
    steps = count()
    return Client("ann", steps), Client("bob", steps)


def say(ann: Client, *others: Client) -> None:
    """Let Ann say something; the server stores it, and sends it to all but *others*."""
    ann.send(ann.session.send("hi"))
    ann.receive_message(1, "ann", "hi")
    ann.receive("stored", room=LOBBY, id="0", sequence=1)
    for each in others:
        each.receive_message(1, "ann", "hi")


def test_members_have_everything_once_they_have_one_cursor() -> None:
    ann, bob = two_clients()
    say(ann)

    assert members([ann, bob]) == {LOBBY: [ann, bob]}
    assert are_idle([ann, bob])
    assert not have_everything([ann, bob])

    bob.receive_message(1, "ann", "hi")

    assert have_everything([ann, bob])


def test_an_unanswered_message_is_waited_for() -> None:
    ann, bob = two_clients()
    ann.send(ann.session.send("hi"))

    assert not have_everything([ann, bob])


def test_one_member_of_each_room_sends_a_fence() -> None:
    ann, bob = two_clients()

    assert send_fences([ann, bob]) == {LOBBY: "fence of lobby"}
    assert [decode(each)["data"]["message"] for each in ann.sent] == ["fence of lobby"]
    assert bob.sent == []


def test_what_all_have_received_is_no_violation() -> None:
    ann, bob = two_clients()
    say(ann, bob)

    assert judge([ann, bob], {LOBBY: [StoredMessage(1, "ann", "hi")]}) == []


def test_a_lost_message_and_a_line_that_must_not_come_are_violations() -> None:
    ann, bob = two_clients()
    say(ann)
    bob.receive("stored", room=LOBBY, id="7", sequence=1)

    found = judge([ann, bob], {LOBBY: [StoredMessage(1, "ann", "hi")]})

    assert [(each.promise, each.client) for each in found] == [
        ("everything is received in the end", "bob"),
        ("the wire is as documented", "bob"),
    ]


def test_another_epoch_of_one_client_is_a_violation() -> None:
    steps = count()
    clients = [Client(name, steps) for name in ("ann", "bob", "cleo")]
    clients[0].session.connect(0)
    state = {"epoch": "e2", "sequence": 0, "recovered": True}
    clients[0].receive("welcome", you="ann", rooms={LOBBY: state})

    found = judge(clients, {})

    assert {each.client for each in found} == {"ann"}
    assert "a new epoch is announced" in {each.promise for each in found}
