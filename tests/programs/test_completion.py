"""Shells complete commands, options, rooms, accounts and servers."""

import json
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from parlour.core.online_lists import ROOMS_PAGE
from tests.proof.wire import line

from .installed import require
from .launch import start_server
from .sandbox import Sandbox

BIN = Path(sys.executable).parent

IN_BASH = """
source <(parlour completion bash)
compopt() { printf 'files\n'; }
for line in "$@"; do
    COMP_WORDS=($line)
    [[ $line == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )) COMPREPLY=()
    _parlour_completion parlour
    printf '%s\n' "${COMPREPLY[*]}"
done
"""


def completed(sandbox: Sandbox, *lines: str) -> list[str]:
    """Return what bash completes at the end of each line."""
    sandbox.setenv("PATH", f"{BIN}:/usr/bin:/bin")
    program = sandbox.run("bash", "-c", IN_BASH, "bash", *lines)

    assert program.wait() == 0
    assert program.err.text == ""
    return program.out.lines


def test_bash_completes_commands_options_and_files(sandbox: Sandbox) -> None:
    found = completed(
        sandbox, "parlour ser", "parlour serve --tls-k", "parlour serve --tls-key "
    )

    assert found == ["serve", "--tls-key", "files", ""]


def test_bash_completes_the_options_of_the_client_after_a_server(
    sandbox: Sandbox,
) -> None:
    found = completed(sandbox, "parlour chat 5555 --sty", "parlour --tl")

    assert found == ["--style", "--tls"]


def test_bash_completes_the_open_rooms_and_the_accounts_of_a_server(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    history = f"{tmp_path / 'chat.db'}"
    start_server(sandbox, "async", "--history", history)
    create_account(sandbox, "juliet", history)

    found = completed(
        sandbox,
        f"parlour admin lock --history {history} lob",
        f"parlour account passwd --history {history} ",
    )

    assert found == ["lobby", "juliet"]


def test_bash_completes_rooms_that_are_in_no_first_answer(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    history, last = f"{tmp_path / 'chat.db'}", ROOMS_PAGE + 10
    server = start_server(sandbox, "async", "--history", history)
    with ExitStack() as users:
        for first in range(0, last, 60):
            rooms = [f"r{number}" for number in range(first, first + 60)]
            hello = {"version": 1, "name": f"user{first}", "rooms": rooms}
            address = ("127.0.0.1", server.port)
            user = users.enter_context(socket.create_connection(address, timeout=20))
            user.sendall(line("hello", hello))
            with user.makefile("rb") as lines:
                entered = (json.loads(each)["data"].get("room") for each in lines)
                assert rooms[-1] in entered

        found = completed(sandbox, f"parlour admin lock --history {history} r{last}")

    assert found == [f"r{last}"]


def test_names_that_bash_would_not_take_as_they_are_are_not_completed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    history = f"{tmp_path / 'chat.db'}"
    start_server(sandbox, "async", "--history", history)
    for name in ("bob", "bob;ls", "bob $(ls)", "bob|ls", "bobé"):
        create_account(sandbox, name, history)

    (found,) = completed(sandbox, f"parlour account passwd --history {history} bo")

    assert sorted(found.split()) == ["bob", "bobé"]


def create_account(sandbox: Sandbox, name: str, history: str) -> None:
    create = ["account", "create", name, "--history", history]
    account = sandbox.run_python("-m", "parlour", *create)
    account.type("wherefore art thou")
    assert account.wait() == 0, account.err.text


def test_bash_completes_servers_for_which_keys_are_stored(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    keys = tmp_path / ".local/state/parlour/keys.json"
    keys.parent.mkdir(parents=True)
    keys.touch(0o600)
    keys.write_text('{"version": 1, "servers": {"chat.example.org:5556": {}}}')

    found = completed(sandbox, "parlour connect cha", "parlour chat.example.org ")

    assert found == ["chat.example.org", "5556"]


@pytest.mark.parametrize(
    ("shell", "command"),
    [
        ("zsh", "autoload -U compinit; compinit -u; {}; print $_comps[parlour]"),
        ("fish", "{}; complete -C 'parlour ser'"),
    ],
)
def test_other_shells_complete(sandbox: Sandbox, shell: str, command: str) -> None:
    found = require(shell)
    sandbox.setenv("PATH", f"{BIN}:/usr/bin:/bin")
    script = f"parlour completion {shell} | source"
    if shell == "zsh":
        script = "source <(parlour completion zsh)"

    program = sandbox.run(found, "-c", command.format(script))

    assert program.wait() == 0, program.err.text
    found_by = {"zsh": "_parlour_completion", "fish": "serve"}
    assert [line.split("\t")[0] for line in program.out.lines] == [found_by[shell]]
