"""Both drivers with real sockets, pipes and signals."""

import signal
import subprocess
from pathlib import Path

import pytest

from parlour.client.shutdown import NO_CHAT, NO_ROOMS
from tests.client.conftest import StartClient
from tests.client.listener import Listener
from tests.client.server_lines import plain_message, welcome

HI = {"type": "message", "data": "hi"}


def test_a_conversation_in_a_pipe(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client()
    with listener.accept() as peer:
        peer.send_message("[Server]", "you has entered the chat")
        client.wait_for_output("[Server]: you has entered the chat\n")
        client.write_input(b"hi\n/users\n")
        peer.echo("you")
        client.wait_for_output("you: hi\n")
        assert peer.read_json() == {"type": "users", "data": ""}
        client.write_input(b"last", is_end=True)
        peer.echo("you")
        assert peer.read_line() == b""

    assert client.wait() == 0
    assert client.out.endswith("you: hi\nyou: last\n")
    assert client.err == ""


@pytest.mark.parametrize("size", [1, 2, 7, 256])
def test_reads_of_any_size_give_the_same_chat(
    start_client: StartClient, listener: Listener, size: int
) -> None:
    client = start_client(f"recv_size={size}")
    client.write_input(b"", is_end=True)
    with listener.accept() as peer:
        for number in range(2_000):
            peer.send_message("žofie", f"číslo {number}")

    assert client.wait() == 0
    wanted = [f"žofie: číslo {number}" for number in range(2_000)]
    assert client.out.splitlines() == [*wanted, "Server disconnected"]


def test_a_line_received_byte_by_byte_is_shown(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client()
    with listener.accept() as peer:
        for byte in plain_message("bob", "ž"):
            peer.sock.sendall(bytes([byte]))

        client.wait_for_output("bob: ž\n")


def test_a_message_is_shown_before_the_next_one_is_complete(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client()
    with listener.accept() as peer:
        peer.sock.sendall(
            plain_message("bob", "whole") + plain_message("bob", "half")[:-5]
        )

        client.wait_for_output("bob: whole\n")


def test_a_reset_without_unacknowledged_lines_is_not_an_error(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client()
    with listener.accept() as peer:
        peer.send_message("bob", "hi")
        client.wait_for_output("bob: hi\n")
        peer.reset()

    assert client.wait() == 0
    assert client.out == "bob: hi\nServer disconnected\n"
    assert client.err == ""


def test_a_reset_by_what_may_be_no_chat_is_not_an_error(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client()
    listener.accept().reset()

    assert client.wait() == 0
    assert client.out == "Server disconnected\n"
    assert client.err == f"-- {NO_CHAT}\n"


def test_a_reset_with_unacknowledged_lines_is_an_error(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client()
    client.write_input(b"hi\n")
    with listener.accept() as peer:
        assert peer.read_json() == HI
        peer.reset()

    assert client.wait() == 5
    assert client.out == "Server disconnected\n"
    assert "1 of the lines was not acknowledged" in client.err


def test_input_that_a_server_does_not_wait_for_is_an_error(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client()
    client.write_input(b"hi\n", is_end=True)
    listener.accept().close()

    assert client.wait() == 5
    assert "1 line" in client.err or "1 of the lines" in client.err


def test_a_line_that_comes_too_late_is_counted(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client("dialect='auto', rooms=('dev',)")
    with listener.accept() as peer:
        peer.sock.sendall(welcome(0))
        client.wait_for_output(f"-- {NO_ROOMS}\n", stream=2)
        client.write_input(b"hi\n")

    assert client.wait() == 3
    assert client.err == f"-- {NO_ROOMS}\n-- Not sent: at least 1 line of the input\n"


def test_the_last_lines_are_shown_after_a_failed_write(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client()
    with listener.accept() as peer:
        peer.send_message("[Server]", "the room is full")
    client.write_input(b"hi\nho\n")

    client.wait_for_output("Server disconnected")
    assert client.out.startswith("[Server]: the room is full\n")


def test_a_client_without_input_only_receives(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client(stdin=subprocess.DEVNULL)
    with listener.accept() as peer:
        client.wait_for_output("-- No input: only listening", stream=2)
        peer.send_message("bob", "hello")
        client.wait_for_output("bob: hello\n")

    assert client.wait() == 0
    assert client.out == "bob: hello\nServer disconnected\n"


def test_the_input_may_be_a_regular_file(
    start_client: StartClient, listener: Listener, tmp_path: Path
) -> None:
    (tmp_path / "input").write_bytes(b"hi")
    with (tmp_path / "input").open("rb") as file:
        client = start_client(stdin=file.fileno())
    with listener.accept() as peer:
        peer.echo()
        assert peer.read_line() == b""

    assert client.wait() == 0
    assert client.out == "me: hi\n"


def test_answers_are_awaited_before_the_socket_is_half_closed(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client()
    client.write_input(b"hi\n/history\n", is_end=True)
    with listener.accept() as peer:
        peer.echo()
        assert peer.read_json() == {"type": "history", "data": ""}
        for number in range(3):
            peer.send_message("[Server]", f"line {number}")
            client.wait_for_output(f"line {number}\n")
        assert peer.read_line() == b""
        peer.send_message("bob", "a last line")

    assert client.wait() == 0
    assert client.out.endswith("bob: a last line\n")


def test_an_invalid_command_sets_the_exit_code(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client()
    client.write_input(b"/jion\n", is_end=True)
    with listener.accept() as peer:
        assert peer.read_line() == b""

    assert client.wait() == 2
    assert client.err == "-- Unknown command /jion. Did you mean /join? (/help)\n"


def test_an_overlong_line_sets_the_exit_code(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client()
    client.write_input(b"x" * 99_999 + b"\n/jion\n", is_end=True)
    with listener.accept() as peer:
        assert peer.read_line() == b""

    assert client.wait() == 6


def test_all_data_arrives_if_the_server_sends_before_it_reads(
    start_client: StartClient, listener: Listener, tmp_path: Path
) -> None:
    lines = [f"{number} {'x' * 500}" for number in range(3_000)]
    (tmp_path / "input").write_text("\n".join(lines))
    with (tmp_path / "input").open("rb") as file:
        client = start_client(stdin=file.fileno())
    with listener.accept() as peer:
        for number in range(1_000):  # while the test does not read
            peer.send_message("bob", f"{number} {'y' * 500}")
        client.wait_for_output("bob: 999 ")
        for number, line in enumerate(lines):
            assert peer.read_json()["data"] == line
            peer.send_message("me", line)
            if number % 50 == 0:
                client.wait_for_output(f"me: {line}")
        assert peer.read_line() == b""

    assert client.wait() == 0
    output = client.out.splitlines()
    assert [line for line in output if line.startswith("me")] == [
        f"me: {line}" for line in lines
    ]


def test_a_closed_output_ends_the_client_quietly(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client()
    with listener.accept() as peer:
        client.close_output()
        peer.send_message("bob", "hello")
        assert peer.read_line() == b""

    assert client.wait() == 141
    assert client.err == ""


def test_ctrl_c_has_exit_code_130(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client()
    with listener.accept() as peer:
        peer.send_message("bob", "hello")
        client.wait_for_output("bob: hello")

        client.signal(signal.SIGINT)

        assert client.wait() == 130
    assert client.err == ""


def test_a_refused_connection_has_exit_code_3(
    start_client: StartClient, listener: Listener
) -> None:
    listener.close()

    client = start_client()

    assert client.wait() == 3
    assert client.out == ""
    assert client.err.startswith(
        f"parlour: cannot connect to 127.0.0.1:{listener.port}: connection refused. "
    )
