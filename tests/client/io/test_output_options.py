"""The client's options for output and traces, in both engines."""

import json
from pathlib import Path

from tests.client.conftest import StartClient
from tests.client.listener import Listener
from tests.client.server_lines import plain_message


def test_json_output_contains_only_json(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client("json=True")
    with listener.accept() as peer:
        peer.send_message("bob", "ž\x1b[2J\n")
        peer.sock.sendall(b'{"type": "news"}\n')

    client.write_input(b"", is_end=True)
    assert client.wait() == 0
    first, second = map(json.loads, client.out.splitlines())
    assert first == {
        "type": "message",
        "data": {"source": "bob", "message": "ž\x1b[2J\n"},
    }
    assert second == {"type": "news"}
    assert "Server disconnected\n" in client.err


def test_timestamps_shows_times(start_client: StartClient, listener: Listener) -> None:
    client = start_client("timestamps=True")
    with listener.accept() as peer:
        peer.send_message("bob", "hello")

    assert client.wait() == 0
    hours, _, rest = client.out.splitlines()[0].partition(":")
    assert hours.isdecimal()
    assert rest[2:] == " bob: hello"


def test_output_to_a_pipe_is_coloured_only_on_request(
    start_client: StartClient, listener: Listener
) -> None:
    for options, has_color in (("", False), ("color='always'", True)):
        client = start_client(options)
        with listener.accept() as peer:
            peer.send_message("bob", "hello")

        assert client.wait() == 0
        assert ("\x1b[" in client.out) is has_color


def test_the_initial_name_is_requested_and_traced(
    start_client: StartClient, listener: Listener, tmp_path: Path
) -> None:
    client = start_client(
        f"name='Kobzol', trace=__import__('pathlib').Path({str(tmp_path / 't')!r})"
    )
    client.write_input(b"hi\n", is_end=True)
    with listener.accept() as peer:
        assert peer.read_json() == {"type": "set-name", "data": "Kobzol"}
        peer.send_message("[Server]", "you renamed to Kobzol")
        peer.echo("Kobzol")
        assert peer.read_line() == b""

    assert client.wait() == 0
    lines = [
        line.split(" ", 1)[1] for line in (tmp_path / "t").read_text().splitlines()
    ]
    assert lines == [
        '> {"type": "set-name", "data": "Kobzol"}',
        plain_message("[Server]", "you renamed to Kobzol")
        .decode()
        .replace("{", "< {", 1)[:-1],
        '> {"type": "message", "data": "hi"}',
        '< {"type": "message", "data": {"source": "Kobzol", "message": "hi"}}',
    ]


def test_an_unwritable_trace_is_reported(
    start_client: StartClient, tmp_path: Path
) -> None:
    client = start_client(f"trace=__import__('pathlib').Path({str(tmp_path)!r})")

    assert client.wait() == 2
    assert client.err.startswith(f"parlour: cannot write the trace to {tmp_path}: ")
