"""The unprocessed input of all connections together is limited."""

import pytest
from websockets.frames import Frame, Opcode

from parlour.gateways.web import input_limit
from parlour.gateways.web.input_limit import InputLimit
from tests.gateways.web.clients import (
    HANDSHAKE,
    connect_socket,
    hello,
    read_to_end,
    receive_types,
)
from tests.gateways.web.running_gateway import run_gateway
from tests.server.running_servers import Serve, on_both_drivers

UNFINISHED_FRAME = Frame(Opcode.TEXT, b"{" * 60_000).serialize(mask=True)[:-1]


def test_the_largest_connections_are_aborted_first() -> None:
    limit = InputLimit[str]()

    limit.set("small", 1000)
    limit.set("large", input_limit.MAX_INPUT)
    limit.set("larger", input_limit.MAX_INPUT + 1)

    assert list(limit.excess()) == ["larger", "large"]
    limit.set("large", 0)
    limit.set("larger", 2000)
    assert limit.total == 3000
    assert list(limit.excess()) == []


@on_both_drivers
def test_a_page_whose_unfinished_frame_is_too_large_is_aborted(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(input_limit, "MAX_INPUT", 50_000)
    with run_gateway(serve) as gateway, connect_socket(gateway) as page:
        other = gateway.connect()
        other.send(hello("Juliet"))
        assert receive_types(other, 2) == ["welcome", "joined"]

        page.sendall(HANDSHAKE + UNFINISHED_FRAME)

        assert read_to_end(page).startswith(b"HTTP/1.1 101 ")  # then the end
        other.send(b'{"type":"ping"}\n')
        assert receive_types(other, 1) == ["pong"]
