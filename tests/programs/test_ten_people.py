"""Ten users of all kinds of programs, in three rooms, two conversations, and a crash.

Nobody loses a message, receives one twice, or sees one that was not for them.
"""

from pathlib import Path

import pytest

from .histories import kill_server
from .launch import ENGINES, free_port, start_server_on_port
from .sandbox import Sandbox
from .ten_people.gathering import DEV, TEA, Gathering
from .ten_people.stored import stored_history, texts_on_disk
from .ten_people.verdict import verdict

TOPIC = "release on Friday"
REFUSED = 6  # the exit code of a client in a pipe that did not send a line


@pytest.mark.parametrize("engine", ENGINES)
def test_ten_users_lose_nothing_and_overhear_nothing_when_the_server_crashes(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    path = tmp_path / "history.db"
    first = start_server_on_port(sandbox, engine, free_port(), path)
    chat = Gathering(sandbox, first.port)
    talk_before_the_crash(chat)
    chat.meeting.crashes += 1
    kill_server(first)
    private = chat.private_texts()
    assert not texts_on_disk(path, private)
    write_during_the_outage(chat)
    second = start_server_on_port(sandbox, engine, first.port, path)
    talk_after_the_crash(chat)
    private = chat.private_texts()
    assert not texts_on_disk(path, private)

    statuses = chat.end()
    second.stop()

    assert statuses == {"Eve": REFUSED}
    assert not texts_on_disk(path, private)
    history = stored_history(sandbox, path, chat.epoch)
    assert texts_on_disk(path, chat.public_texts()) == chat.public_texts()
    log = first.program.err.text + second.program.err.text
    assert not [text for text in private | chat.public_texts() if text in log]
    violations = verdict(chat.users, history)
    assert not violations, "\n".join(map(str, violations))


def talk_before_the_crash(chat: Gathering) -> None:
    """Talk in rooms and conversations; join, leave, rename, ignore, and set a topic."""
    chat.talk("before the crash", chat.users)
    chat.read_all()
    chat.start_conversation(chat.eve, chat.dan)
    chat.cleo.rename("Kleo")
    for user in chat.users:
        if user is not chat.jan:  # who is in another room
            user.read_rename("Cleo", "Kleo")
    chat.dan.set_topic(DEV, TOPIC)
    for user in chat.in_room(DEV):
        user.read_topic(DEV, TOPIC)
    chat.ben.ignore("Gus")
    chat.gus.leave(TEA)
    chat.ann.join(TEA)
    chat.whisper_in_vain(chat.gus, chat.ben)
    chat.talk("before the crash", chat.users)
    chat.read_all()


def write_during_the_outage(chat: Gathering) -> None:
    """Type in all rooms and conversations while the server is down."""
    for user in chat.users:
        user.notice_outage()
    chat.talk("during the outage", [user for user in chat.users if not user.is_away])
    chat.write_in_vain(chat.eve, chat.dan)
    chat.write_in_vain(chat.dan, chat.eve)


def talk_after_the_crash(chat: Gathering) -> None:
    """Return to all rooms, and begin the conversations again."""
    for user in chat.users:
        user.notice_return()
    chat.read_what_is_unsent()
    chat.read_all()
    chat.talk("after the crash", chat.users)
    chat.read_all()
    for user in chat.in_room(DEV):
        user.read_topic(DEV, TOPIC)
    chat.whisper_in_vain(chat.gus, chat.ben)
    chat.start_conversation(chat.eve, chat.dan)
    chat.ben.join(DEV)
    chat.fay.leave(DEV)
    chat.talk("at the end", chat.users)
    chat.read_all()
