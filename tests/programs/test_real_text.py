"""More than ten thousand lines of real text through two clients in pipes."""

import json
import subprocess

import pytest

from parlour.core.events import SERVER

from .launch import PAIRS, start_client, start_server
from .real_text import real_lines
from .sandbox import Sandbox


@pytest.fixture(scope="module")
def text() -> list[str]:
    lines = real_lines(14_000)

    sent = [line for line in lines if line.strip()]
    assert len(sent) > 10_000
    assert sum(not line.isascii() for line in sent) > 100
    assert any(line.startswith("/") for line in sent)
    assert len(sent) < len(lines), "no line is empty"
    return lines


@pytest.mark.parametrize(("server_engine", "client_engine"), PAIRS)
def test_every_line_arrives_in_order(
    sandbox: Sandbox, text: list[str], server_engine: str, client_engine: str
) -> None:
    server = start_server(sandbox, server_engine)
    reader = start_client(
        sandbox, server.port, client_engine, "--json", stdin=subprocess.DEVNULL
    )
    reader.out.expect('"welcome"')
    writer = start_client(sandbox, server.port, client_engine)

    writer.type(*[f"/{line}" if line.startswith("/") else line for line in text])
    writer.close_input()
    assert writer.wait() == 0
    reader.out.expect('"left"')
    server.stop()

    assert reader.wait() == 0
    received = [json.loads(line) for line in reader.out.lines]
    messages = [each["data"] for each in received if each["type"] == "message"]
    # A reader whose hello is late hears of its arrival in the assignment's protocol.
    texts = [each["message"] for each in messages if each["source"] != SERVER]
    assert texts == [line for line in text if line.strip()]
