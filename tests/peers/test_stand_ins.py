"""The stand-ins behave as the old programs did, tested with each other."""

import pytest

from tests.programs.sandbox import Sandbox
from tests.programs.sockets import Listener, reset

from .old_programs import start_old_client, start_old_server

CLIENTS = ["reference_client", "student_client"]
A_MESSAGE = b'{"type": "message", "data": {"source": "a", "message": "b"}}\n'


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("server", ["threaded_server", "twisted_server"])
def test_old_clients_work_with_old_servers(
    sandbox: Sandbox, server: str, client: str
) -> None:
    old_server = start_old_server(sandbox, server)
    theirs = start_old_client(sandbox, client, old_server.port)
    theirs.out.expect("has entered the chat")

    theirs.type("/setname Kobzol", "hello")
    theirs.out.expect("Kobzol: hello")
    old_server.program.stop()

    assert theirs.wait() == 0
    assert theirs.out.lines[-1] == "Server disconnected"


@pytest.mark.parametrize(
    ("line", "exception"),
    [
        ('{"type":"message","data":{"source":"a","message":"ž"}}', "UnicodeDecode"),
        ("", "JSONDecodeError"),
        ('{"type":"error","data":{"source":"a","message":"b"}}', "ValueError"),
        ('{"type":"message","data":{"source":null,"message":"b"}}', "TypeError"),
        ('{"type":"message","data":{"message":"b"}}', "ValueError"),
    ],
)
def test_the_reference_client_crashes_on_unexpected_lines(
    sandbox: Sandbox, line: str, exception: str
) -> None:
    with Listener() as listener:
        theirs = start_old_client(sandbox, "reference_client", listener.port)
        with listener.accept() as connection:
            connection.sendall(A_MESSAGE + line.encode() + b"\n")

            assert theirs.wait() == 1

    assert theirs.out.lines == ["a: b"]
    assert exception in theirs.err.text


def test_the_student_client_crashes_on_an_unknown_type(sandbox: Sandbox) -> None:
    with Listener() as listener:
        theirs = start_old_client(sandbox, "student_client", listener.port)
        with listener.accept() as connection:
            connection.sendall(b'{"type": "error", "data": "no"}\n')

            assert theirs.wait() == 1

    assert "crashed on" in theirs.err.text


@pytest.mark.parametrize("client", CLIENTS)
def test_old_clients_distinguish_a_reset_from_an_end(
    sandbox: Sandbox, client: str
) -> None:
    with Listener() as listener:
        theirs = start_old_client(sandbox, client, listener.port)
        connection = listener.accept()
        connection.sendall(A_MESSAGE)
        theirs.out.expect("a: b")
        reset(connection)
        theirs.wait()

    assert theirs.out.lines == ["a: b", "[Errno 104] Connection reset by peer"]


@pytest.mark.parametrize("line", ["", "{}", '{"type":"ž"}', '{"type":'])
def test_the_threaded_server_disconnects_on_invalid_lines(
    sandbox: Sandbox, line: str
) -> None:
    old_server = start_old_server(sandbox, "threaded_server")

    with sandbox.connect(old_server.port) as peer:
        peer.expect("has entered the chat")
        peer.send(line.encode() + b"\n")

        assert peer.expect_end()[1:] == []


def test_the_twisted_server_disconnects_on_a_long_line(sandbox: Sandbox) -> None:
    old_server = start_old_server(sandbox, "twisted_server")

    with sandbox.connect(old_server.port) as peer:
        peer.expect("has entered the chat")
        peer.send_messages("x" * 16_384)

        assert peer.expect_end()[1:] == []


def test_the_student_server_relays_values_unchecked(sandbox: Sandbox) -> None:
    old_server = start_old_server(sandbox, "student_server")

    with (
        sandbox.connect(old_server.port) as speaker,
        sandbox.connect(old_server.port) as listener,
    ):
        old_server.program.out.expect(listener.name)
        speaker.send(b'{"type": "set-name", "data": NaN}\n')
        speaker.send(b'{"type": "message", "data": ["a", null]}\n')

        assert listener.expect("None") == "nan: ['a', None]"


def test_stand_ins_cannot_import_parlour(sandbox: Sandbox) -> None:
    program = sandbox.run_python("-I", "-S", "-c", "import parlour")

    assert program.wait() == 1
    assert "ModuleNotFoundError" in program.err.text
