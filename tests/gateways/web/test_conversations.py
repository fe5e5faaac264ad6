"""The conversations of the session dialect pass through WebSockets, and with TLS."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from parlour.core.limits import Limits
from tests.conversation import Connect, play, scripts
from tests.gateways.web.running_gateway import (
    play_on_secure_websocket,
    play_on_websocket,
)
from tests.server.running_servers import Serve, on_both_drivers

SESSION = scripts("session")

Stage = Callable[[Serve, int, Limits], AbstractContextManager[Connect]]


@on_both_drivers
@pytest.mark.parametrize("stage", [play_on_websocket, play_on_secure_websocket])
@pytest.mark.parametrize("script", SESSION, ids=[path.stem for path in SESSION])
def test_conversation(script: Path, stage: Stage, serve: Serve) -> None:
    with stage(serve, 65_536, Limits()) as connect:
        play(script.read_text().splitlines(), connect, script.name)
