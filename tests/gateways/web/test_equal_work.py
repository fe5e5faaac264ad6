"""A failed sign-in costs as many hash operations whether there is an account or not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher

from parlour.core.entries import AccountEnabled, Batch, Registered
from parlour.core.events import AccountNumber, SessionId
from parlour.core.limits import MAX_PASSWORD
from parlour.core.state.names import name_keys
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.gateways.web.running_gateway import CHEAP, RunningGateway, run_gateway
from tests.server.clients import command_line
from tests.server.running_servers import Serve, on_both_drivers

NOBODY, DISABLED, KNOWN = "Nobody", "Paris", "Juliet"
AnswerOf = Callable[[RunningGateway, str, str], bytes]
WRONG, TOO_LONG = "wrong password", "x" * (MAX_PASSWORD + 1)


class Operations:
    """The number of hash operations so far."""

    def __init__(self) -> None:
        self.count = 0


@pytest.fixture
def operations(monkeypatch: pytest.MonkeyPatch) -> Operations:
    """Count the hash operations of all hashers."""
    counted = Operations()
    verify, hash_ = PasswordHasher.verify, PasswordHasher.hash

    def counting_verify(self: PasswordHasher, hash: str, password: bytes) -> bool:  # noqa: A002
        counted.count += 1
        return verify(self, hash, password)

    def counting_hash(self: PasswordHasher, password: bytes) -> str:
        counted.count += 1
        return hash_(self, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting_verify)
    monkeypatch.setattr(PasswordHasher, "hash", counting_hash)
    return counted


@contextmanager
def two_accounts(serve: Serve) -> Iterator[RunningGateway]:
    """Run a server with an account, and one that is disabled."""
    store = MemoryStore(Retention())
    for name in (KNOWN, DISABLED):
        hash_ = CHEAP.hash(PASSWORD)
        entry = Registered(SessionId(0), name, name_keys(name), hash_)
        store.append(Batch(0.0, (entry,)))
    off = AccountEnabled(AccountNumber(2), is_enabled=False)
    store.append(Batch(0.0, (off,)))
    with run_gateway(serve, history=store) as gateway:
        yield gateway


def answer_of_chat(gateway: RunningGateway, name: str, password: str) -> bytes:
    """Return the answer to a hello with a password."""
    peer = gateway.server.connect()
    secret = {"account": name, "password": password}
    peer.send(command_line("hello", version=1, rooms=[], **secret))
    return peer.receive()


def answer_of_page(gateway: RunningGateway, name: str, password: str) -> bytes:
    """Return the status, the reason and the cookies of the form to sign in."""
    sent = AccountClient(gateway.port).post("/sign-in", name=name, password=password)
    return f"{sent.status} {sent.errors} {sent.set_cookies}".encode()


@on_both_drivers
@pytest.mark.parametrize("answer_of", [answer_of_chat, answer_of_page])
@pytest.mark.parametrize(
    ("password", "expected"),
    # A password that nobody can have is compared with none, whoever is meant.
    [(WRONG, 1), (TOO_LONG, 0)],
)
def test_equal_answers_take_equal_work(
    serve: Serve,
    operations: Operations,
    answer_of: AnswerOf,
    password: str,
    expected: int,
) -> None:
    with two_accounts(serve) as gateway:
        answer_of(gateway, NOBODY, WRONG)  # the first comparison makes the dummy
        found = []
        for name in (KNOWN, NOBODY, DISABLED):
            before = operations.count
            answer = answer_of(gateway, name, password)
            found.append((operations.count - before, answer))

    assert found == [(expected, found[0][1])] * 3


@on_both_drivers
@pytest.mark.parametrize("answer_of", [answer_of_chat, answer_of_page])
def test_only_who_knows_the_password_learns_that_an_account_is_disabled(
    serve: Serve, operations: Operations, answer_of: AnswerOf
) -> None:
    with two_accounts(serve) as gateway:
        answer_of(gateway, NOBODY, WRONG)  # the first comparison makes the dummy
        before = operations.count
        answer = answer_of(gateway, DISABLED, PASSWORD)

        assert operations.count - before == 1
        assert b"disabled" in answer
