"""The operator changes a history that no server uses."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.events import LOBBY, Refused
from parlour.core.protocol.admin_answers import AccountFacts, AccountList, Answer, Done
from parlour.core.protocol.admin_requests import (
    CreateAccount,
    EnableAccount,
    ListAccounts,
    Request,
)
from parlour.core.protocol.commands import SetTopic
from parlour.history.retention import Retention
from parlour.journal.sqlite.store import SQLiteStore
from parlour.journal.sqlite.write_lock import InUseError
from parlour.journal.tools.administration import OfflineAdministration
from tests.journal.stores import NOW, VERONA, batch, open_store, said

TIME = "2023-11-14T22:13:20.250000Z"


@pytest.fixture
def offline(path: Path) -> Iterator[OfflineAdministration]:
    with open_history(path) as opened:
        yield opened


def open_history(path: Path) -> OfflineAdministration:
    return OfflineAdministration(path, lambda: NOW, lambda: 0.0)


def ask(path: Path, request: Request) -> Answer:
    with open_history(path) as opened:
        return opened.ask(request)


def test_an_account_is_stored(path: Path) -> None:
    done = ask(path, CreateAccount("Ann", "hash", "admin"))

    assert done == Done("Ann")
    assert ask(path, ListAccounts()) == AccountList(
        (AccountFacts("Ann", "admin", TIME, 0, disabled=False),)
    )


def test_several_requests_see_what_the_earlier_ones_have_changed(
    offline: OfflineAdministration,
) -> None:
    offline.ask(CreateAccount("Ann", "hash"))
    again = offline.ask(CreateAccount("ann", "hash"))
    offline.ask(EnableAccount("Ann", enabled=False))

    assert again == Refused("name_registered", "there is an account Ann")
    listed = offline.ask(ListAccounts())
    assert isinstance(listed, AccountList)
    assert listed.accounts[0].disabled


def test_what_is_so_already_is_done_without_a_change(path: Path) -> None:
    ask(path, CreateAccount("Ann", "hash"))
    before = path.read_bytes()

    assert ask(path, EnableAccount("Ann", enabled=True)) == Done("Ann")
    assert path.read_bytes() == before


def test_a_topic_is_stored(path: Path, offline: OfflineAdministration) -> None:
    done = offline.ask(SetTopic(LOBBY, "gardens"))
    missing = offline.ask(SetTopic(VERONA, "gardens"))
    offline.close()

    assert done == Done()
    assert isinstance(missing, Refused)
    assert missing.code == "no_such_room"
    with closing(open_store(path)) as store:
        assert [each.topic for each in store.load().rooms] == ["gardens"]


def test_a_history_in_use_is_refused(path: Path) -> None:
    store = SQLiteStore(path, Retention(), clock=lambda: NOW, steady=lambda: 0.0)

    with pytest.raises(InUseError):
        open_history(path)

    store.close()


def test_the_history_is_unlocked_at_the_end(path: Path) -> None:
    open_history(path).close()

    SQLiteStore(path, Retention(), clock=lambda: NOW, steady=lambda: 0.0).close()


def test_no_message_is_deleted(path: Path) -> None:
    keep_all = Retention(max_messages=2_000_000)
    store = SQLiteStore(path, keep_all, clock=lambda: NOW, steady=lambda: 0.0)
    store.append(batch(*(said(f"{number}") for number in range(100))))
    store.close()

    with OfflineAdministration(path, lambda: NOW * 2, lambda: 1e9) as opened:
        opened.ask(CreateAccount("Ann", "hash"))

    store = SQLiteStore(path, keep_all, clock=lambda: NOW, steady=lambda: 0.0)
    assert store.excess().stored == 100
    assert [room.sequence for room in store.load().rooms if room.name == VERONA] == [
        100
    ]
    store.close()
