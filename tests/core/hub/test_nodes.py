"""Several nodes with one log: they have the same state, and close lost sessions."""

from tests.core.fake_server import line
from tests.core.hub.nodes import FULL, FakeLog
from tests.core.session_peers import connect_session, read_events, send_messages

TOKEN = "t" * 16


def names(log: FakeLog) -> list[list[str]]:
    """Return the users that each node has."""
    return [node.user_names() for node in log.nodes]


def test_a_rejected_batch_leaves_all_nodes_in_the_same_state() -> None:
    log = FakeLog()
    one, two = log.nodes
    ann = connect_session(one, "Ann", token=TOKEN)
    log.deliver()
    one.wait(5.0)
    send_messages(ann, "rejected")
    log.reject()
    connect_session(two, "Bob", token="x" * 16)  # by an earlier clock
    log.deliver()
    one.wait(5.0)
    send_messages(ann, "accepted")
    log.deliver()

    assert one.hub.state.snapshot() == two.hub.state.snapshot()


def test_the_session_of_a_lost_node_is_closed_by_another_in_the_end() -> None:
    log = FakeLog()
    one, two = log.nodes
    connect_session(one, "Ann", token=TOKEN)
    log.deliver()
    two.hub.lose_node(1)
    two.turn()
    log.deliver()
    assert names(log) == [["Ann"], ["Ann"]]

    two.wait(9.0)
    log.deliver()
    assert names(log) == [["Ann"], ["Ann"]]
    two.wait(2.0)
    log.deliver()
    assert names(log) == [[], []]


def test_a_session_that_a_lost_node_held_is_closed_by_another_in_the_end() -> None:
    log = FakeLog()
    one, two = log.nodes
    connect_session(one, "Ann", token=TOKEN).disconnect()
    log.deliver()
    two.hub.lose_node(1)
    two.turn()
    log.deliver()
    two.wait(11.0)
    log.deliver()

    assert names(log) == [[], []]


def test_a_session_of_a_lost_node_is_resumed_at_another() -> None:
    log = FakeLog()
    one, two = log.nodes
    connect_session(one, "Ann", token=TOKEN)
    log.deliver()
    two.hub.lose_node(1)
    two.turn()
    log.deliver()
    connect_session(two, "Ann", token=TOKEN)
    log.deliver()
    two.wait(11.0)
    log.deliver()

    assert names(log) == [["Ann"], ["Ann"]]


def test_a_session_without_a_token_ends_with_its_node() -> None:
    log = FakeLog()
    one, two = log.nodes
    one.connect().send(line("set-name", "Ann"))
    log.deliver()
    assert names(log) == [["Ann"], ["Ann"]]
    two.hub.lose_node(1)
    two.turn()
    log.deliver()

    assert names(log) == [[], []]


def test_the_first_of_two_nodes_that_give_a_name_wins_at_both() -> None:
    log = FakeLog()
    one, two = log.nodes
    connect_session(one, "Ann", token="1" * 16)
    connect_session(two, "Ann", token="2" * 16)
    log.deliver()

    assert names(log)[0] == names(log)[1]
    assert names(log)[0][-1] == "Ann"
    assert len(names(log)[0]) == 2


def test_a_node_that_was_idle_holds_the_sessions_of_a_lost_one_as_long() -> None:
    log = FakeLog(3)
    one, two, idle = log.nodes
    connect_session(one, "Ann", token=TOKEN)
    log.deliver()
    idle.now += 60.0
    two.hub.lose_node(1)
    two.turn()
    log.deliver()

    assert names(log) == [["Ann"], ["Ann"], ["Ann"]]


def test_a_node_that_was_idle_leaves_a_new_room_open() -> None:
    log = FakeLog()
    one, idle = log.nodes
    ann = connect_session(one, "Ann", token=TOKEN, rooms=["lobby"])
    log.deliver()
    idle.now += 1000.0
    ann.send(line("join", {"room": "dev"}))
    log.append()
    while idle.apply():
        pass

    assert log.proposed == []


def test_a_room_that_another_node_opened_is_entered_though_the_own_one_is_refused() -> (
    None
):
    log = FakeLog()
    one, two = log.nodes
    ann = connect_session(one, "Ann", token=TOKEN, rooms=["lobby"])
    bob = connect_session(two, "Bob", token="x" * 16, rooms=["lobby"])
    log.deliver()
    read_events(ann)
    for peer in (ann, bob):
        peer.send(line("join", {"room": "dev"}))
    (refused,) = [each for each in log.proposed if each[0] is one]
    log.proposed.remove(refused)
    log.deliver()
    one.hub.rejected(refused[1], FULL)
    one.turn()
    log.deliver()

    kinds = [each["type"] for each in read_events(ann)]
    assert "room" in kinds
    assert "error" not in kinds
