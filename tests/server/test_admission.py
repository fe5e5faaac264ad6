"""Admission considers what a client has sent, even if the server reads it late."""

import json

from parlour.core.limits import Limits
from parlour.server.sockets import listen
from tests.server.running_servers import Serve, SocketPeer, on_both_drivers

HELLO = b'{"type": "hello", "data": {"version": 1, "name": "Romeo"}}\n'


@on_both_drivers
def test_an_unread_hello_postpones_admission(serve: Serve) -> None:
    listeners = listen("127.0.0.1", 0)
    peers = [SocketPeer(listeners[0].getsockname()[1]) for _ in range(50)]
    for peer in peers:
        peer.send(HELLO)

    with serve(Limits(admission_delay=1e-6), listeners=listeners):
        kinds = {json.loads(peer.receive())["type"] for peer in peers}
        for peer in peers:
            peer.close()

    assert kinds == {"welcome"}
