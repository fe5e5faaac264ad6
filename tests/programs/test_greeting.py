"""The greeting of a server, from its file to the terminal."""

from pathlib import Path

import pytest

from .launch import ENGINES, SERVER, start_client, start_server
from .sandbox import Sandbox


@pytest.fixture
def greeting(tmp_path: Path) -> Path:
    path = tmp_path / "greeting.txt"
    path.write_bytes("\ufeffWelcome to Verona ❤\r\n\r\nNo duels.\r\n".encode())
    return path


@pytest.mark.parametrize("engine", ENGINES)
def test_new_users_read_the_greeting_before_anything_else(
    sandbox: Sandbox, greeting: Path, engine: str
) -> None:
    server = start_server(sandbox, engine, "--greeting", str(greeting))

    romeo = start_client(sandbox, server.port, engine, "--name", "romeo")
    romeo.out.expect("[Server]: romeo has entered the chat")

    assert romeo.out.text.splitlines()[:3] == [
        "[Server]: Welcome to Verona ❤",
        "[Server]: ",
        "[Server]: No duels.",
    ]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, "No such file or directory"),
        (b"\xff", "it is not in UTF-8"),
        (b"a\x1bb", "a greeting has no control characters but line breaks"),
        (b"x" * 2_000, "a greeting has at most 1,000 characters"),
        (b"x" * 70_000, "it has more than 65,536 bytes"),
    ],
)
def test_a_greeting_that_cannot_be_used_is_an_error(
    sandbox: Sandbox, greeting: Path, content: bytes | None, error: str
) -> None:
    if content is None:
        greeting.unlink()
    else:
        greeting.write_bytes(content)

    server = sandbox.run_python(*SERVER, "--greeting", str(greeting))

    assert server.wait() == 2
    assert f"{greeting}: {error} (see" in server.err.text
