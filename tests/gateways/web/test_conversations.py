"""The conversations of the session dialect pass through WebSockets, too."""

from functools import partial
from pathlib import Path

import pytest

from parlour.core.limits import Limits
from tests.conversation import play, scripts
from tests.gateways.web.running_gateway import play_on_websocket
from tests.server.running_servers import Serve, on_both_drivers

SESSION = scripts("session")


@on_both_drivers
@pytest.mark.parametrize("script", SESSION, ids=[path.stem for path in SESSION])
def test_conversation(script: Path, serve: Serve) -> None:
    with partial(play_on_websocket, serve)(65_536, Limits()) as connect:
        play(script.read_text().splitlines(), connect, script.name)
