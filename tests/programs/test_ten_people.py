"""Ten users of all kinds of programs, in three rooms, two conversations, and a crash.

Nobody loses a message, receives one twice, or sees one that was not for them.
"""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.web.browser import Visits
from tests.gateways.web.chromium import chromium, require_chromium
from tests.gateways.web.site import restart, serve
from tests.proof.records import LOBBY, StoredHistory

from .histories import recorded, run_tool
from .launch import ENGINES
from .sandbox import Sandbox
from .ten_people.gathering import DEV, TEA, Gathering
from .ten_people.stored import texts_on_disk
from .ten_people.users import TEXT
from .ten_people.verdict import verdict

TOPIC = "release on Friday"
REFUSED = 6  # the exit code of a client in a pipe that did not send a line


@pytest.fixture
def visit() -> Iterator[Visits]:
    require_chromium()
    with chromium() as browser:
        visits = Visits(browser)
        yield visits
        assert visits.close() == []


@pytest.mark.parametrize("engine", ENGINES)
def test_ten_users_lose_nothing_and_overhear_nothing_when_the_server_crashes(
    sandbox: Sandbox, visit: Visits, tmp_path: Path, engine: str
) -> None:
    path = tmp_path / "history.db"
    first = serve(sandbox, engine, "--history", str(path))
    chat = Gathering(sandbox, visit, first)
    talk_before_the_crash(chat)
    chat.jan.is_away = True  # his client cannot receive what he misses
    chat.talk("as it crashes", [*chat.terminals, *chat.pages, *chat.pipes])
    chat.meeting.crashes += 1
    first.program.signal(signal.SIGKILL)
    first.program.wait()
    private = chat.private_texts()
    assert not texts_on_disk(path, private)
    write_during_the_outage(chat)
    second = restart(sandbox, engine, first, "--history", str(path))
    talk_after_the_crash(chat)
    private = chat.private_texts()
    assert not texts_on_disk(path, private)

    statuses = chat.end()
    assert second.program.stop() == 0

    assert statuses == {"Eve": REFUSED}
    assert not texts_on_disk(path, private)
    exported = run_tool(sandbox, "export", "--history", path)
    history = StoredHistory(chat.epoch, recorded(exported))
    assert texts_on_disk(path, chat.public_texts()) == chat.public_texts()
    log = first.program.err.text + second.program.err.text
    assert not re.findall(TEXT, log)
    assert "Kleo" not in chat.jan.everything_received()  # who shares no room with her
    assert "@Gus" not in chat.ben.everything_received()
    violations = verdict(chat.users, history)
    assert not violations, "\n".join(map(str, violations))


def talk_before_the_crash(chat: Gathering) -> None:
    """Talk in rooms and conversations; join, leave, rename, ignore, and set a topic."""
    chat.talk("before the crash", chat.users)
    chat.read_all()
    chat.start_conversations()
    chat.cleo.rename("Kleo")
    for user in {*chat.in_room(DEV), *chat.in_room(TEA)}:
        user.read_rename(DEV if DEV in user.rooms else TEA, "Cleo", "Kleo")
    chat.dan.set_topic(DEV, TOPIC)
    for member in chat.in_room(DEV):
        member.read_topic(DEV, TOPIC)
    chat.ben.ignore("Gus")
    chat.fay.ignore("Gus")
    chat.gus.leave(TEA)
    chat.ann.join(TEA)
    chat.whisper_in_vain(chat.gus, chat.ben)
    chat.whisper_in_vain(chat.gus, chat.fay)
    chat.talk("before the crash", chat.users)
    chat.read_all()


def write_during_the_outage(chat: Gathering) -> None:
    """Type in all rooms and conversations while the server is down."""
    for user in chat.users:
        user.notice_outage()
    chat.talk("during the outage", [*chat.terminals, *chat.pages, *chat.pipes])
    chat.write_in_vain()


def talk_after_the_crash(chat: Gathering) -> None:
    """Return to all rooms, and begin the conversations again."""
    for user in chat.users:
        user.notice_return()
    chat.read_what_is_unsent()
    chat.ann.write_in_closed("Hana", "for nobody now")
    chat.read_all()
    chat.ivo.reload()
    chat.talk("after the crash", chat.users)
    chat.read_all()
    for member in chat.in_room(DEV):
        member.read_topic(DEV, TOPIC)
    chat.whisper_in_vain(chat.gus, chat.ben)
    chat.whisper_in_vain(chat.gus, chat.fay)
    chat.start_conversations()
    chat.ben.join(DEV)
    chat.fay.leave(DEV)
    chat.talk("at the end", chat.users)
    chat.read_all()
    for page, room in ((chat.hana, LOBBY), (chat.hana, DEV), (chat.ivo, TEA)):
        page.read_people(room, [user.name for user in chat.in_room(room)])
