"""The commands for a history that has many rooms."""

import json
import time
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import (
    AccountDirectOpened,
    Invited,
    RoomClosed,
    RoomOpened,
    TopicSet,
)
from parlour.core.events import LOBBY, AccountNumber, RoomName
from tests.journal.stores import (
    JULIET,
    MANTUA,
    ROMEO,
    VERONA,
    batch,
    open_store,
    registered,
    said,
    stored_texts,
)

from .histories import PARLOUR_COMMAND, expect_error, run_tool, start_with_history
from .launch import ENGINES
from .sandbox import Sandbox


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a history with two messages in the lobby, one in verona, none in mantua.

    verona is closed.
    """
    path = tmp_path / "history.db"
    with closing(open_store(path)) as store:
        store.append(batch(said("a", LOBBY), said("b", VERONA), said("c", LOBBY)))
        store.append(batch(RoomClosed(VERONA)))
        store.append(batch(RoomOpened(MANTUA, ROMEO), TopicSet(MANTUA, ROMEO, "ay")))
    return path


def test_verify_lists_the_rooms(sandbox: Sandbox, path: Path) -> None:
    assert run_tool(sandbox, "verify", path).splitlines() == [
        "lobby: 2 messages, 1 to 2",
        "verona: 1 message, 1 to 1, closed",
        "mantua: no messages",
        "all 3 rooms: 3 messages",
        f"{path} is undamaged",
    ]


def test_verify_and_export_count_the_accounts(sandbox: Sandbox, path: Path) -> None:
    with closing(open_store(path)) as store:
        store.append(batch(registered("Juliet"), registered("Tybalt")))

    program = sandbox.run(PARLOUR_COMMAND, "export", "--history", str(path))

    assert program.wait() == 0
    assert program.err.lines == [
        "3 messages exported",
        "2 accounts are exported without passwords and devices: a backup has them",
    ]
    assert run_tool(sandbox, "verify", path).splitlines()[-2:] == [
        "2 accounts",
        f"{path} is undamaged",
    ]


def test_export_says_what_it_leaves_out(sandbox: Sandbox, path: Path) -> None:
    with closing(open_store(path)) as store:
        store.append(batch(registered("Juliet"), registered("Tybalt")))
        store.append(batch(Invited(ROMEO, "", None, time.time() + 60.0, code="c")))
        room = RoomName("direct:a")
        store.append(batch(AccountDirectOpened(ROMEO, JULIET, room, AccountNumber(2))))
        store.append(batch(said("psst", room)))

    program = sandbox.run(PARLOUR_COMMAND, "export", "--history", str(path))
    whole = sandbox.run(PARLOUR_COMMAND, "export", "--direct", "--history", str(path))

    assert program.wait() == whole.wait() == 0
    assert program.err.lines[2:] == [
        "1 code of invitations is not exported",
        "1 direct conversation is not exported: add --direct, or make a backup",
    ]
    assert whole.err.lines == ["4 messages exported", *program.err.lines[1:3]]
    assert "psst" in whole.out.text
    assert "psst" not in program.out.text


def test_direct_conversations_are_not_those_of_single_rooms(
    sandbox: Sandbox, path: Path
) -> None:
    command = ("export", "--direct", "--room", "verona", "--history", str(path))
    program = sandbox.run(PARLOUR_COMMAND, *command)

    assert "--direct is for an export of all rooms" in expect_error(program, 2)


def test_verify_counts_the_rooms_that_it_does_not_list(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "history.db"
    rooms = [RoomName(f"room{number}") for number in range(100)]
    with closing(open_store(path)) as store:
        store.append(
            batch(*[said("a", room) for room in [*rooms, rooms[70], rooms[80]]])
        )

    lines = run_tool(sandbox, "verify", path).splitlines()

    assert lines[:3] == [
        "room70: 2 messages, 1 to 2",
        "room80: 2 messages, 1 to 2",
        "room0: 1 message, 1 to 1",
    ]
    assert lines[20:] == [
        "80 other rooms: 80 messages",
        "all 100 rooms: 102 messages",
        f"{path} is undamaged",
    ]


def test_an_export_has_the_selected_rooms(sandbox: Sandbox, path: Path) -> None:
    target = path.with_name("some.jsonl")

    options = ("--room", "#Mantua", "--room", "verona")
    run_tool(sandbox, "export", target, "--history", path, *options)

    found = [json.loads(line) for line in target.read_text().splitlines()]
    assert [(each["type"], each["data"]["room"]) for each in found] == [
        ("room", "verona"),
        ("message", "verona"),
        ("room", "mantua"),
    ]


def test_only_messages_are_counted(sandbox: Sandbox, path: Path) -> None:
    program = sandbox.run(PARLOUR_COMMAND, "export", "--history", str(path))

    assert program.wait() == 0
    assert program.err.text == "3 messages exported\n"
    assert len(program.out.lines) == 5


def test_a_room_that_is_not_in_the_history_is_reported(
    sandbox: Sandbox, path: Path
) -> None:
    options = ("--history", str(path), "--room", "venice")

    program = sandbox.run(PARLOUR_COMMAND, "export", *options)

    assert expect_error(program, 1) == (
        f"parlour: {path} has no room venice: `parlour verify` lists the rooms"
    )


def test_the_variable_of_the_client_does_not_select_rooms(
    sandbox: Sandbox, path: Path
) -> None:
    shell = 'PARLOUR_ROOM=mantua exec "$0" export --history "$1"'

    program = sandbox.run("sh", "-c", shell, PARLOUR_COMMAND, str(path))

    assert program.wait() == 0
    assert program.err.text == "3 messages exported\n"


def test_an_export_is_imported_with_its_rooms(sandbox: Sandbox, path: Path) -> None:
    lines, new = path.with_name("all.jsonl"), path.with_name("new.db")
    run_tool(sandbox, "export", lines, "--history", path)

    output = run_tool(sandbox, "import", lines, "--history", new)

    assert output == f"3 messages imported into {new}\n"
    exported = run_tool(sandbox, "export", "--history", new)
    assert exported == lines.read_text()


def test_one_room_is_imported_under_another_name(sandbox: Sandbox, path: Path) -> None:
    lines, new = path.with_name("one.jsonl"), path.with_name("new.db")
    run_tool(sandbox, "export", lines, "--history", path, "--room", "lobby")

    run_tool(sandbox, "import", lines, "--history", new, "--room", "Venice")

    with closing(open_store(new)) as store:
        assert stored_texts(store, RoomName("venice")) == ["a", "c"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_server_uses_the_rooms_of_an_import(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    lines, new = path.with_name("all.jsonl"), path.with_name("new.db")
    run_tool(sandbox, "export", lines, "--history", path)
    run_tool(sandbox, "import", lines, "--history", new)

    server = start_with_history(sandbox, engine, new)
    server.stop()

    assert "mantua: no messages\n" in run_tool(sandbox, "verify", new)
