"""What only real sockets, pipes and signals can do, in both engines."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.client.conftest import Start
from tests.client.helpers import Listener, said

HI = {"type": "message", "data": "hi"}


def test_a_conversation_in_a_pipe(start: Start, listener: Listener) -> None:
    client = start()
    with listener.accept() as peer:
        peer.say("[Server]", "you has entered the chat")
        client.see("[Server]: you has entered the chat\n")
        client.type(b"hi\n/users\n")
        peer.echo("you")
        client.see("you: hi\n")
        assert peer.heard() == {"type": "users", "data": ""}
        client.type(b"last", is_all=True)
        peer.echo("you")
        assert peer.hear() == b""

    assert client.wait() == 0
    assert client.out.endswith("you: hi\nyou: last\n")
    assert client.err == ""


@pytest.mark.parametrize("size", [1, 2, 7, 256])
def test_any_size_of_read_is_the_same_chat(
    start: Start, listener: Listener, size: int
) -> None:
    client = start(f"recv_size={size}")
    client.type(b"", is_all=True)
    with listener.accept() as peer:
        for number in range(2_000):
            peer.say("žofie", f"číslo {number}")

    assert client.wait() == 0
    wanted = [f"žofie: číslo {number}" for number in range(2_000)]
    assert client.out.splitlines() == [*wanted, "Server disconnected"]


def test_one_byte_at_a_time_is_shown_when_its_line_is_whole(
    start: Start, listener: Listener
) -> None:
    client = start()
    with listener.accept() as peer:
        for byte in said("bob", "ž"):
            peer.sock.sendall(bytes([byte]))

        client.see("bob: ž\n")


def test_a_message_is_never_kept_back(start: Start, listener: Listener) -> None:
    client = start()
    with listener.accept() as peer:
        peer.sock.sendall(said("bob", "whole") + said("bob", "half")[:-5])

        client.see("bob: whole\n")


def test_a_reset_with_nothing_pending_is_fine(start: Start, listener: Listener) -> None:
    client = start()
    listener.accept().reset()

    assert client.wait() == 0
    assert client.out == "Server disconnected\n"
    assert client.err == ""


def test_a_reset_with_lines_on_their_way_is_not(
    start: Start, listener: Listener
) -> None:
    client = start()
    client.type(b"hi\n")
    with listener.accept() as peer:
        assert peer.heard() == HI
        peer.reset()

    assert client.wait() == 5
    assert client.out == "Server disconnected\n"
    assert "1 of the lines was not acknowledged" in client.err


def test_last_words_are_shown_even_if_the_server_hears_no_more(
    start: Start, listener: Listener
) -> None:
    client = start()
    with listener.accept() as peer:
        peer.say("[Server]", "the room is full")
    client.type(b"hi\nho\n")

    client.see("Server disconnected")
    assert client.out.startswith("[Server]: the room is full\n")


def test_no_input_only_listens(start: Start, listener: Listener) -> None:
    client = start(stdin=subprocess.DEVNULL)
    with listener.accept() as peer:
        client.see("-- No input: only listening", stream=2)
        peer.say("bob", "hello")
        client.see("bob: hello\n")

    assert client.wait() == 0
    assert client.out == "bob: hello\nServer disconnected\n"


def test_the_input_may_be_an_ordinary_file(
    start: Start, listener: Listener, tmp_path: Path
) -> None:
    (tmp_path / "input").write_bytes(b"hi")
    with (tmp_path / "input").open("rb") as file:
        client = start(stdin=file.fileno())
    with listener.accept() as peer:
        peer.echo()
        assert peer.hear() == b""

    assert client.wait() == 0
    assert client.out == "me: hi\n"


def test_answers_are_awaited_before_the_socket_is_half_closed(
    start: Start, listener: Listener
) -> None:
    client = start()
    client.type(b"hi\n/history\n", is_all=True)
    with listener.accept() as peer:
        peer.echo()
        assert peer.heard() == {"type": "history", "data": ""}
        for number in range(3):
            peer.say("[Server]", f"line {number}")
            client.see(f"line {number}\n")
        assert peer.hear() == b""
        peer.say("bob", "a last word")

    assert client.wait() == 0
    assert client.out.endswith("bob: a last word\n")


def test_a_bad_command_fails_in_the_end(start: Start, listener: Listener) -> None:
    client = start()
    client.type(b"/jion\n", is_all=True)
    with listener.accept() as peer:
        assert peer.hear() == b""

    assert client.wait() == 2
    assert client.err == "-- Unknown command /jion. (/help)\n"


def test_a_line_too_long_fails_in_the_end(start: Start, listener: Listener) -> None:
    client = start()
    client.type(b"x" * 99_999 + b"\n/jion\n", is_all=True)
    with listener.accept() as peer:
        assert peer.hear() == b""

    assert client.wait() == 6


def test_everything_arrives_while_the_server_talks_and_reads_late(
    start: Start, listener: Listener, tmp_path: Path
) -> None:
    lines = [f"{number} {'x' * 500}" for number in range(3_000)]
    (tmp_path / "input").write_text("\n".join(lines))
    with (tmp_path / "input").open("rb") as file:
        client = start(stdin=file.fileno())
    with listener.accept() as peer:
        for number in range(1_000):  # with nobody reading what the client sends
            peer.say("bob", f"{number} {'y' * 500}")
        client.see("bob: 999 ")
        for number, line in enumerate(lines):
            assert peer.heard()["data"] == line
            peer.say("me", line)
            if number % 50 == 0:
                client.see(f"me: {line}")
        assert peer.hear() == b""

    assert client.wait() == 0
    told = client.out.splitlines()
    assert [line for line in told if line.startswith("me")] == [
        f"me: {line}" for line in lines
    ]


def test_a_closed_reader_ends_it_quietly(start: Start, listener: Listener) -> None:
    client = start()
    with listener.accept() as peer:
        client.stop_reading()
        peer.say("bob", "hello")
        assert peer.hear() == b""

    assert client.wait() == 141
    assert client.err == ""


def test_ctrl_c_is_130(start: Start, listener: Listener) -> None:
    client = start()
    with listener.accept() as peer:
        peer.say("bob", "hello")
        client.see("bob: hello")

        client.signal(signal.SIGINT)

        assert client.wait() == 130
    assert client.err == ""


def test_nobody_there_is_3(start: Start, listener: Listener) -> None:
    listener.close()

    client = start()

    assert client.wait() == 3
    assert client.out == ""
    assert client.err.startswith(
        f"parlour: cannot connect to 127.0.0.1:{listener.port}: connection refused. "
    )


def test_programs_get_json_and_nothing_else(start: Start, listener: Listener) -> None:
    client = start("json=True")
    with listener.accept() as peer:
        peer.say("bob", "ž\x1b[2J\n")
        peer.sock.sendall(b'{"type": "news"}\n')

    client.type(b"", is_all=True)
    assert client.wait() == 0
    first, second = map(json.loads, client.out.splitlines())
    assert first == {
        "type": "message",
        "data": {"source": "bob", "message": "ž\x1b[2J\n"},
    }
    assert second == {"type": "news"}
    assert "Server disconnected\n" in client.err


def test_lines_have_times_if_asked_for(start: Start, listener: Listener) -> None:
    client = start("timestamps=True")
    with listener.accept() as peer:
        peer.say("bob", "hello")

    assert client.wait() == 0
    hours, _, rest = client.out.splitlines()[0].partition(":")
    assert hours.isdecimal()
    assert rest[2:] == " bob: hello"


def test_a_pipe_has_no_colour_unless_it_is_asked_for(
    start: Start, listener: Listener
) -> None:
    for options, has_color in (("", False), ("color='always'", True)):
        client = start(options)
        with listener.accept() as peer:
            peer.say("bob", "hello")

        assert client.wait() == 0
        assert ("\x1b[" in client.out) is has_color


def test_a_name_and_a_trace(start: Start, listener: Listener, tmp_path: Path) -> None:
    client = start(
        f"name='Kobzol', trace=__import__('pathlib').Path({str(tmp_path / 't')!r})"
    )
    client.type(b"hi\n", is_all=True)
    with listener.accept() as peer:
        assert peer.heard() == {"type": "set-name", "data": "Kobzol"}
        peer.say("[Server]", "you renamed to Kobzol")
        peer.echo("Kobzol")
        assert peer.hear() == b""

    assert client.wait() == 0
    lines = [
        line.split(" ", 1)[1] for line in (tmp_path / "t").read_text().splitlines()
    ]
    assert lines == [
        '> {"type": "set-name", "data": "Kobzol"}',
        said("[Server]", "you renamed to Kobzol").decode().replace("{", "< {", 1)[:-1],
        '> {"type": "message", "data": "hi"}',
        '< {"type": "message", "data": {"source": "Kobzol", "message": "hi"}}',
    ]


def test_a_trace_that_cannot_be_written_is_told(start: Start, tmp_path: Path) -> None:
    client = start(f"trace=__import__('pathlib').Path({str(tmp_path)!r})")

    assert client.wait() == 2
    assert client.err.startswith(f"parlour: cannot write the trace to {tmp_path}: ")
