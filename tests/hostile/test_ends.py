"""Sanctions that end while nobody looks, and those that hold after a crash."""

import sys
import time
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE, Popen

from parlour.core.entries import Sanctioned, SanctionKind, Target
from parlour.core.events import AccountNumber, SessionId
from parlour.journal.tools.verify import verify
from tests.gateways.web.account_client import PASSWORD
from tests.hostile.chat import (
    BANNED,
    ELSEWHERE,
    Person,
    create_accounts,
    open_chat,
    prepare,
)
from tests.server.running_servers import (
    TIMEOUT,
    Serve,
    SocketPeer,
    on_both_drivers,
    serve_async,
)

HOUR = 3600.0  # seconds
BOB = Target("Bob", account=AccountNumber(4))
EVE = Target("eve", network=BANNED)
STUCK_SERVER = Path(__file__).with_name("stuck_server.py")


def sanction(kind: SanctionKind, target: Target, until: float) -> Sanctioned:
    """Return a sanction of the operator, on the whole server."""
    return Sanctioned(SessionId(0), "", kind, None, target, until, "spam")


@on_both_drivers
def test_what_ended_while_the_server_was_stopped_does_not_hold(
    serve: Serve, path: Path
) -> None:
    create_accounts(path)
    now = time.time()
    entries = [
        sanction(SanctionKind.BAN, BOB, now - HOUR),
        sanction(SanctionKind.BAN, EVE, now - HOUR),
        sanction(SanctionKind.MUTE, BOB, now - HOUR),
    ]
    prepare(path, *entries, at=now - 2 * HOUR)

    with open_chat(serve, path) as chat:
        assert chat.sign_in("Bob").says("hello") == "stored"
        assert chat.guest("eve", BANNED).says("hello") == "stored"
        ada = chat.sign_in("Ada")
        ada.asks("sanctions")
        assert ada.hears("sanctions").data["sanctions"] == []


@on_both_drivers
def test_what_has_not_ended_holds_after_a_restart(serve: Serve, path: Path) -> None:
    create_accounts(path)
    now = time.time()
    entries = [
        sanction(SanctionKind.MUTE, BOB, now + HOUR),
        sanction(SanctionKind.BAN, EVE, now + HOUR),
    ]
    prepare(path, *entries, at=now - 2 * HOUR)

    with open_chat(serve, path) as chat:
        assert chat.sign_in("Bob").says("hello") == "muted"
        assert chat.connect(BANNED, name="eve").is_turned_away() == "banned"


@on_both_drivers
def test_a_mute_ends_without_anybody_doing_anything(serve: Serve, path: Path) -> None:
    with open_chat(serve, path) as chat:
        bob, ada = chat.sign_in("Bob"), chat.sign_in("Ada")
        ada.asks("mute", name="Bob", room="lobby", seconds=1)
        ada.hears("act")
        assert bob.says("too early") == "muted"

        deadline = time.monotonic() + TIMEOUT
        while (outcome := bob.says("now?")) == "muted":
            assert time.monotonic() < deadline

        assert outcome == "stored"


@on_both_drivers
def test_a_ban_that_was_recorded_and_not_carried_out_holds_after_a_kill(
    serve: Serve, path: Path
) -> None:
    create_accounts(path)
    engine = "async" if serve is serve_async else "threads"
    command = [sys.executable, str(STUCK_SERVER), str(path), engine]
    with ExitStack() as cleanup:
        server = cleanup.enter_context(Popen(command, stdout=PIPE, text=True))
        cleanup.callback(server.kill)
        assert server.stdout is not None
        port = int(server.stdout.readline())
        peers = SocketPeer(port, source=ELSEWHERE), SocketPeer(port)
        for each in peers:
            cleanup.callback(each.close)
        eve, ada = map(Person, peers)
        eve.greets(name="eve")
        assert eve.enters().kind == "room"
        ada.greets(account="Ada", password=PASSWORD)
        assert ada.hears("account").data["name"] == "Ada"

        ada.asks("ban", name="eve", seconds=3600, reason="spam")
        assert server.stdout.readline() == "recorded\n"
        server.kill()
        assert not eve.hears_until_the_end() & {"bye", "left"}

    assert verify(path).problems == []
    with open_chat(serve, path) as chat:
        assert chat.connect(ELSEWHERE, name="eve").is_turned_away() == "banned"
        ada = chat.sign_in("Ada")
        ada.asks("audit")
        acts = ada.hears("audit").data["acts"]
        assert isinstance(acts, list)
        assert [acts[-1][each] for each in ("action", "name")] == ["ban", "eve"]


@on_both_drivers
def test_a_ban_that_has_ended_does_not_turn_the_first_one_away(
    serve: Serve, path: Path
) -> None:
    create_accounts(path)
    now = time.time()
    prepare(path, sanction(SanctionKind.BAN, EVE, now - 5.0), at=now - 60.0)

    with open_chat(serve, path) as chat:
        eve = chat.connect(BANNED, name="eve")

        assert eve.enters().kind == "room"
