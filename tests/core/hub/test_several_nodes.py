"""Several hubs over one list of batches: everybody hears the same, in one order."""

import pytest

from parlour.core.entries import NodeLost
from parlour.core.events import RoomName
from tests.core.fake_cluster import FakeCluster, FakeNode
from tests.core.fake_server import FakePeer, line
from tests.core.room_peers import (
    codes,
    connect_in,
    epoch_of,
    in_room,
    kinds,
    lines,
    say,
)

DEV = RoomName("dev")


class Chat(FakeCluster):
    """Two nodes; Ann is at the first one, and Bob is at the second one."""

    def __init__(self, *rooms: str) -> None:
        super().__init__()
        self.one, self.two = self.nodes
        self.ann = connect_in(self.one, "Ann", *(rooms or ("lobby", "dev")))
        self.bob = connect_in(self.two, "Bob", *(rooms or ("lobby", "dev")))
        self.drop()

    def connect(
        self, node: FakeNode, name: str, *rooms: str, **more: object
    ) -> FakePeer:
        """Connect a session at a node; it has not read anything."""
        peer = connect_in(node, name, *rooms, **more)
        self.wait(0.1)
        return peer

    def drop(self) -> None:
        """Drop what all peers have received."""
        self.wait(0.1)
        for node in self.nodes:
            for peer in node.peers.values():
                peer.unread = b""

    def ask(self, peer: FakePeer, kind: str, **data: object) -> list[str]:
        """Send one line; return what the peer receives when all is settled."""
        peer.feed(line(kind, data))
        self.wait(0.1)
        return codes(lines(peer))


def messages(peer: FakePeer) -> list[tuple[int, str]]:
    """Return the messages that a peer received, with their sequences."""
    found = [data for kind, data in lines(peer) if kind == "message"]
    return [(data["sequence"], data["message"]) for data in found]


# -- one order --------------------------------------------------------------------


def test_a_message_is_heard_at_every_node_and_acknowledged_at_one() -> None:
    chat = Chat()

    found = chat.ask(chat.ann, "message", room="dev", message="hi", id="1")

    assert found == ["stored", "message"]
    assert kinds(chat.bob) == ["message dev"]
    assert len(chat.snapshots()) == 1


def test_all_hear_the_messages_of_all_nodes_in_one_order() -> None:
    chat = Chat()
    chat.two.is_behind = True
    say(chat.ann, "dev", "1 of Ann")
    say(chat.bob, "dev", "1 of Bob")
    say(chat.ann, "dev", "2 of Ann")
    chat.catch_up()
    say(chat.bob, "dev", "2 of Bob")
    chat.wait(0.1)

    heard = [messages(peer) for peer in (chat.ann, chat.bob)]

    assert heard[0] == heard[1]
    assert [sequence for sequence, _ in heard[0]] == [1, 2, 3, 4]
    assert {text for _, text in heard[0]} == {
        f"{number} of {name}" for number in (1, 2) for name in ("Ann", "Bob")
    }


def test_nothing_is_heard_before_the_journal_has_it() -> None:
    chat = Chat()
    chat.one.is_behind = True

    say(chat.ann, "dev", "hi")
    chat.settle()

    assert messages(chat.bob) == [(1, "hi")]
    assert lines(chat.ann) == []
    chat.catch_up()
    assert messages(chat.ann) == [(1, "hi")]


def test_joins_leaves_topics_and_renames_are_heard_at_every_node() -> None:
    chat = Chat()

    cat = chat.connect(chat.one, "Cat", "dev")
    chat.ask(cat, "topic", room="dev", topic="gardens")
    chat.ask(cat, "set-name", name="Eve")
    chat.ask(cat, "leave", room="dev")

    assert lines(chat.bob) == [
        ("joined", {"room": "dev", "name": "Cat"}),
        ("topic", {"room": "dev", "topic": "gardens", "by": "Cat"}),
        ("renamed", {"room": "dev", "name": "Cat", "to": "Eve"}),
        ("left", {"room": "dev", "name": "Eve", "reason": "left"}),
    ]
    assert len(chat.snapshots()) == 1


def test_users_of_all_nodes_are_listed() -> None:
    chat = Chat()

    for peer in (chat.ann, chat.bob):
        peer.feed(line("users", {"room": "dev"}))
    chat.wait(0.1)

    for peer in (chat.ann, chat.bob):
        ((_, users),) = lines(peer)
        assert [each["name"] for each in users["users"]] == ["Ann", "Bob"]


# -- rivals -----------------------------------------------------------------------


def test_of_two_rivals_for_a_name_the_first_in_the_journal_wins() -> None:
    chat = Chat()
    for node, peer in ((chat.two, chat.bob), (chat.one, chat.ann)):
        node.is_behind = True
        peer.send(line("set-name", {"name": "Eve"}))
    chat.catch_up()

    told = ["renamed", "renamed"]  # in the lobby and in #dev
    assert codes(lines(chat.bob)) == told
    assert sorted(codes(lines(chat.ann))) == ["name_taken", *told]
    assert chat.one.user_names(DEV) == chat.two.user_names(DEV) == ["Ann", "Eve"]


def test_a_room_that_two_nodes_open_at_once_is_one_room() -> None:
    chat = Chat()
    for node, peer in ((chat.one, chat.ann), (chat.two, chat.bob)):
        node.is_behind = True
        peer.send(line("join", {"room": "new"}))
    chat.catch_up()
    say(chat.ann, "new", "hi")
    chat.wait(0.1)

    assert messages(chat.bob) == [(1, "hi")]
    assert epoch_of(chat.one, "new") == epoch_of(chat.two, "new")
    assert len(chat.snapshots()) == 1


def test_an_empty_room_is_closed_once_whichever_node_proposes_it() -> None:
    chat = Chat("lobby")
    cat = chat.connect(chat.one, "Cat", "new")
    chat.ask(cat, "message", room="new", message="x")
    chat.ask(cat, "leave", room="new")

    for _ in range(31):
        chat.wait(20.0)
        for peer in (chat.ann, chat.bob, cat):
            peer.feed(line("pong", {"token": ""}))

    new = RoomName("new")
    assert [node.hub.state.rooms[new].is_open for node in chat.nodes] == [False, False]
    assert len(chat.snapshots()) == 1


# -- sessions that move -----------------------------------------------------------


def resume_of(chat: Chat, sequence: int) -> dict[str, object]:
    """Return the cursor of a client that read #dev up to *sequence*."""
    return {"dev": {"epoch": epoch_of(chat.one, "dev"), "sequence": sequence}}


def test_a_session_is_resumed_on_another_node_and_misses_nothing() -> None:
    chat = Chat()
    say(chat.bob, "dev", "one")
    chat.wait(0.1)
    chat.ann.disconnect()
    say(chat.bob, "dev", "two")
    chat.drop()

    again = chat.connect(chat.two, "Ann", "dev", resume=resume_of(chat, 1))

    assert in_room(lines(again), "dev") == ["room", "message two", "joined"]
    assert lines(chat.bob) == [
        ("left", {"room": "lobby", "name": "Ann", "reason": "left"})
    ], "no other room has seen a change"
    assert len(chat.snapshots()) == 1


def test_a_session_that_moved_is_not_ended_by_the_node_that_held_it() -> None:
    chat = Chat()
    chat.ann.disconnect()
    chat.wait(5.0)

    again = chat.connect(chat.two, "Ann", "lobby", "dev")
    chat.wait(11.0)
    chat.drop()

    assert chat.one.user_names(DEV) == ["Ann", "Bob"]
    say(again, "dev", "hi")
    chat.wait(0.1)
    assert messages(chat.bob) == [(1, "hi")]


def test_a_held_session_ends_on_every_node_after_ten_seconds() -> None:
    chat = Chat("dev")
    chat.ann.disconnect()

    chat.wait(11.0)

    assert kinds(chat.bob) == ["left dev"]
    assert chat.one.user_names(DEV) == chat.two.user_names(DEV) == ["Bob"]


def test_the_old_connection_is_replaced_on_its_own_node() -> None:
    chat = Chat()

    again = chat.connect(chat.two, "Ann", "lobby", "dev")
    chat.wait(0.1)

    (bye,) = [data for kind, data in lines(chat.ann) if kind == "bye"]
    assert bye["code"] == "replaced"
    assert chat.ann.ended is not None
    assert codes(lines(again))[0] == "welcome"
    assert [kind for kind, _ in lines(chat.bob)] == []


def test_a_message_that_is_void_when_its_batch_is_formed_stays_void() -> None:
    """Other nodes have not got it, even if it is valid when the batch is applied."""
    chat = Chat()
    cat = chat.connect(chat.one, "Cat", "dev")
    chat.drop()
    chat.one.is_behind = True
    say(chat.ann, "dev", "in flight")
    say(cat, "dev", "late")
    moved = connect_in(chat.two, "Cat", "lobby")  # it leaves #dev
    chat.one.is_behind = False
    chat.one.turn_once()
    chat.one.is_behind = True
    moved.send(line("join", {"room": "dev"}))
    chat.one.turn_once()  # forms the batch, and does not know of the join
    assert chat.journal[-1].entries == ()

    chat.catch_up()

    assert [text for _, text in messages(chat.bob)] == ["in flight"]
    assert len(chat.snapshots()) == 1


def test_a_message_that_became_void_in_the_journal_is_refused() -> None:
    chat = Chat()
    chat.one.is_behind = True
    say(chat.ann, "lobby", "first")  # in flight
    chat.connect(chat.two, "Ann", "dev")  # which leaves the lobby, behind it
    say(chat.ann, "lobby", "second")
    chat.catch_up()

    said = [text for _, text in messages(chat.bob)]
    assert said == ["first"]
    assert len(chat.snapshots()) == 1


def test_a_retry_on_another_node_is_recognised() -> None:
    chat = Chat()
    chat.one.is_behind = True
    chat.ann.send(line("message", {"room": "dev", "message": "hi", "id": "1"}))
    again = chat.connect(chat.two, "Ann", "dev")
    lines(again)

    found = chat.ask(again, "message", room="dev", message="hi", id="1")
    chat.catch_up()

    assert found == ["stored"]
    assert messages(chat.bob) == [(1, "hi")]
    assert len(chat.snapshots()) == 1


# -- direct rooms -----------------------------------------------------------------


def test_a_direct_room_spans_two_nodes() -> None:
    chat = Chat()
    chat.ann.feed(line("direct", {"to": "Bob"}))
    chat.wait(0.1)
    ((_, room),) = lines(chat.ann)
    name = room["room"]

    say(chat.ann, name, "psst")
    chat.wait(0.1)
    say(chat.bob, name, "yes?")
    chat.wait(0.1)

    assert in_room(lines(chat.bob), name) == [
        "room",
        "message psst",
        "stored",
        "message yes?",
    ]
    assert in_room(lines(chat.ann), name) == ["stored", "message psst", "message yes?"]
    chat.ask(chat.bob, "leave", room=name)
    assert in_room(lines(chat.ann), name) == ["closed"]
    assert len(chat.snapshots()) == 1


def test_those_who_open_a_direct_room_at_once_share_one() -> None:
    chat = Chat()
    for node, peer, to in ((chat.one, chat.ann, "Bob"), (chat.two, chat.bob, "Ann")):
        node.is_behind = True
        peer.send(line("direct", {"to": to}))
    chat.catch_up()

    names = {data["room"] for peer in (chat.ann, chat.bob) for _, data in lines(peer)}
    assert len(names) == 1
    assert len(chat.snapshots()) == 1


# -- nodes that come and go -------------------------------------------------------


def test_the_sessions_of_a_lost_node_are_held_and_resumed_elsewhere() -> None:
    chat = Chat()
    say(chat.ann, "dev", "one")
    chat.drop()
    chat.nodes.remove(chat.one)

    chat.append(NodeLost(1))
    again = chat.connect(chat.two, "Ann", "lobby", "dev")

    assert lines(chat.bob) == []
    assert chat.two.user_names(DEV) == ["Ann", "Bob"]
    say(again, "dev", "two")
    chat.wait(0.1)
    assert messages(chat.bob) == [(2, "two")]


@pytest.mark.parametrize("rooms", [("lobby",), ("lobby", "dev")])
def test_a_node_that_starts_from_a_snapshot_agrees_with_the_others(
    rooms: tuple[str, ...],
) -> None:
    chat = Chat(*rooms)
    say(chat.ann, rooms[-1], "one")
    chat.drop()

    third = FakeNode(3, chat.journal)
    third.restart(chat.one.hub.state.snapshot())
    third.applied = chat.one.applied
    chat.nodes.append(third)
    cat = chat.connect(third, "Cat", *rooms)
    say(chat.bob, rooms[-1], "two")
    chat.wait(0.1)

    assert messages(cat) == [(2, "two")]
    assert len(chat.snapshots()) == 1
