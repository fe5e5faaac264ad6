"""Whatever sessions of several nodes do, and however late a node is, all agree."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.fake_cluster import FakeCluster, FakeNode
from tests.core.fake_server import FakePeer, line
from tests.core.room_peers import token_of

NAMES = ["Ann", "Bob", "Cat"]
ROOMS = ["lobby", "dev", "ops"]


@dataclass
class Client:
    """A client, which may be connected to any node, and what it has heard."""

    name: str
    node: FakeNode | None = None
    peer: FakePeer | None = None
    direct: list[str] = field(default_factory=list)


class Run:
    """Clients of a cluster, and what was heard of each room by anybody."""

    def __init__(self) -> None:
        self.cluster = FakeCluster(2)
        self.clients = [Client(name) for name in NAMES]
        self.said: dict[tuple[str, int], str] = {}
        self.count = 0
        for number, client in enumerate(self.clients):
            self.connect(client, self.cluster.nodes[number % 2], ROOMS[:2])

    def connect(self, client: Client, node: FakeNode, rooms: list[str]) -> None:
        """Connect a client, which resumes its session if there is one."""
        hello = {"version": 1, "token": token_of(client.name), "name": client.name}
        client.node, client.peer = node, node.connect()
        self.send(client, "hello", **hello, rooms=rooms)

    def send(self, client: Client, kind: str, **data: object) -> None:
        """Send a line, if the client is connected and its connection open."""
        if client.peer is not None and client.peer.ended is None:
            client.peer.send(line(kind, data))

    def say(self, client: Client, room: str, id_: str) -> None:
        """Send a message that nobody else sends, or a retry of one."""
        self.count += 1
        text = f"{client.name} {id_ or self.count}"
        self.send(client, "message", room=room, message=text, id=id_)

    def disconnect(self, client: Client) -> None:
        """Break the connection of a client."""
        if client.peer is not None and client.node is not None:
            client.peer.disconnect()
            client.peer = None

    def end(self) -> None:
        """Let every node apply everything, and check what was heard."""
        self.cluster.catch_up()
        assert len(self.cluster.snapshots()) == 1
        for node in self.cluster.nodes:
            for peer in node.peers.values():
                self.check(peer)

    def check(self, peer: FakePeer) -> None:
        """Check that a peer heard the messages of each room in the one order."""
        last: dict[str, int] = defaultdict(int)
        for raw in peer.unread.splitlines():
            event = json.loads(raw)
            data = event["data"]
            if event["type"] != "message":
                continue
            room, sequence = data["room"], data["sequence"]
            assert sequence > last[room]
            last[room] = sequence
            heard = self.said.setdefault((room, sequence), data["message"])
            assert heard == data["message"]


CLIENTS = st.integers(0, len(NAMES) - 1)
NODES = st.integers(0, 1)
SOME_ROOMS = st.lists(st.sampled_from(ROOMS), max_size=3, unique=True)
IDS = st.sampled_from(["", "1", "2"])

Step = Callable[[Run], None]
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(
        lambda each, room, id_: lambda run: run.say(run.clients[each], room, id_),
        CLIENTS,
        st.sampled_from(ROOMS),
        IDS,
    ),
    st.builds(
        lambda each, kind, room: (
            lambda run: run.send(run.clients[each], kind, room=room)
        ),
        CLIENTS,
        st.sampled_from(["join", "leave", "users", "history"]),
        st.sampled_from(ROOMS),
    ),
    st.builds(
        lambda each, kind, name: (
            lambda run: run.send(run.clients[each], kind, name=name, to=name)
        ),
        CLIENTS,
        st.sampled_from(["set-name", "direct", "ignore", "unignore"]),
        st.sampled_from([*NAMES, "Eve"]),
    ),
    st.builds(
        lambda each, text: (
            lambda run: run.send(run.clients[each], "topic", room="dev", topic=text)
        ),
        CLIENTS,
        st.sampled_from(["", "gardens"]),
    ),
    st.builds(
        lambda each: lambda run: run.disconnect(run.clients[each]),
        CLIENTS,
    ),
    st.builds(
        lambda each, node, rooms: (
            lambda run: run.connect(run.clients[each], run.cluster.nodes[node], rooms)
        ),
        CLIENTS,
        NODES,
        SOME_ROOMS,
    ),
    st.builds(
        lambda node, is_behind: (
            lambda run: setattr(run.cluster.nodes[node], "is_behind", is_behind)
        ),
        NODES,
        st.booleans(),
    ),
    st.builds(lambda: lambda run: run.cluster.settle()),
    st.builds(
        lambda seconds: lambda run: run.cluster.wait(seconds),
        st.sampled_from([0.1, 6.0]),
    ),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_all_nodes_have_one_state_and_all_hear_one_order(steps: list[Step]) -> None:
    run = Run()

    for step in steps:
        step(run)

    run.end()
