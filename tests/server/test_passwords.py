"""Checks of passwords wait in a bounded queue, for a thread with a low priority."""

import ast
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from queue import SimpleQueue
from threading import Event

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from parlour.core.checks import Check, Checked
from parlour.core.events import ConnectionId, Refused
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import InlineRecorder
from parlour.server.passwords import (
    MAX_WAITING_EACH,
    CheckPassword,
    PasswordQueue,
    PendingCheck,
    password_queue,
)
from parlour.server.runtime import Runtime
from tests.project.pages import ROOT
from tests.server.clients import command_line, receive_event, send
from tests.server.running_servers import TIMEOUT, Serve, on_both_drivers

SECRET = "honeysuckle"
VALID = Checked(is_valid=True)


class Checks:
    """Checks that wait until the test releases them, and then succeed."""

    def __init__(self) -> None:
        self.has_started, self.is_released = Event(), Event()
        self.done: list[int] = []
        self.niceness = 0

    def load(self) -> CheckPassword:
        self.niceness = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        return self.check

    def check(self, check: Check) -> Checked | Refused:
        self.has_started.set()
        assert self.is_released.wait(TIMEOUT)
        self.done.append(check.number)
        return VALID


class Results:
    """The results that a queue has reported, in order."""

    def __init__(self) -> None:
        self._found: SimpleQueue[Checked | Refused] = SimpleQueue()

    def __call__(self, result: Checked | Refused) -> None:
        self._found.put(result)

    def code(self) -> str:
        """Return the code of the next result, or "valid" or "wrong"."""
        result = self._found.get(timeout=TIMEOUT)
        if isinstance(result, Refused):
            return result.code
        return "valid" if result.is_valid else "wrong"

    @property
    def is_empty(self) -> bool:
        return self._found.empty()


@pytest.fixture
def checks() -> Checks:
    return Checks()


@pytest.fixture
def queue(checks: Checks) -> Iterator[PasswordQueue]:
    """Return a queue whose thread is busy with check 0."""
    queue = password_queue(checks.load)
    queue.add(pending(0, Results()))
    assert checks.has_started.wait(TIMEOUT)
    yield queue
    checks.is_released.set()
    queue.close()
    assert queue.join(TIMEOUT)


def pending(
    number: int,
    results: Results,
    network: str = "",
    is_wanted: Callable[[], bool] = lambda: True,
) -> PendingCheck:
    check = Check(number, ConnectionId(number), SECRET)
    return PendingCheck(check, results, is_wanted, network)


def test_another_check_is_refused_when_32_are_waiting(queue: PasswordQueue) -> None:
    results = Results()
    for number in range(1, 33):
        queue.add(pending(number, results, f"192.0.2.{number}"))
    assert results.is_empty

    queue.add(pending(33, results, "192.0.2.33"))

    assert results.code() == "busy"


def test_one_network_has_a_quarter_of_the_queue(queue: PasswordQueue) -> None:
    results = Results()
    for number in range(1, 9):
        queue.add(pending(number, results, "192.0.2.1"))
    assert results.is_empty

    queue.add(pending(9, results, "192.0.2.1"))

    assert results.code() == "busy"


def test_networks_take_turns(queue: PasswordQueue, checks: Checks) -> None:
    results = Results()
    for number in (1, 2, 3):
        queue.add(pending(number, results, "192.0.2.1"))
    queue.add(pending(4, results, "192.0.2.2"))

    checks.is_released.set()

    assert [results.code() for _ in range(4)] == ["valid"] * 4
    assert checks.done == [0, 1, 4, 2, 3]


def test_a_check_of_a_lost_connection_is_dropped(
    queue: PasswordQueue, checks: Checks
) -> None:
    unwanted, results = Results(), Results()
    queue.add(pending(1, unwanted, is_wanted=lambda: False))
    queue.add(pending(2, results))

    checks.is_released.set()

    assert results.code() == "valid"
    assert checks.done == [0, 2]
    assert unwanted.is_empty


def test_checks_that_wait_at_shutdown_are_refused(queue: PasswordQueue) -> None:
    results = Results()
    queue.add(pending(1, results))

    queue.close()

    assert results.code() == "stopping"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_refuses_its_check(caplog: pytest.LogCaptureFixture) -> None:
    def load() -> CheckPassword:
        raise ZeroDivisionError

    results, queue = Results(), password_queue(load)

    queue.add(pending(1, results))

    assert results.code() == "check_failed"
    assert queue.join(TIMEOUT)
    assert SECRET not in caplog.text
    queue.add(pending(2, results))
    assert results.code() == "check_failed", "the server is not shutting down"


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority here")
def test_the_thread_has_a_low_priority(queue: PasswordQueue, checks: Checks) -> None:  # noqa: ARG001
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert checks.niceness == min(own + 10, 19)


def test_no_secret_is_in_a_description_of_a_pending_check() -> None:
    assert SECRET not in repr(pending(1, Results()))


def test_a_server_has_no_cheap_hashes() -> None:
    """No module of the server passes an argument to `password_queue`."""
    arguments = [
        ast.unparse(node)
        for path in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name | ast.Attribute)
        and ast.unparse(node.func).endswith(("password_queue", "PasswordChecker"))
        and (node.args or node.keywords)
    ]

    assert arguments == ["PasswordChecker(PasswordHasher(parallelism=PARALLELISM))"]


def test_the_library_is_imported_by_the_first_check() -> None:
    program = """
import sys, threading
from parlour.core.checks import Check
from parlour.server.passwords import PendingCheck, password_queue
queue, is_done = password_queue(), threading.Event()
print("argon2" in sys.modules)
queue.add(PendingCheck(Check(1, 1), lambda result: is_done.set()))
print(is_done.wait(10) and "argon2" in sys.modules)
queue.close()
queue.join()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )

    assert done.stdout.split() == ["False", "True"]


# -- with a hub -----------------------------------------------------------------


class CheckingHub(Hub):
    """A hub that checks the same password for each of its connections."""

    def __init__(self, hash_: str = "") -> None:
        super().__init__(Limits())
        self._hash = hash_
        self._asked: set[ConnectionId] = set()
        self.results = Results()
        self.is_gone = False
        self.has_asked_twice = Event()

    def checks(self) -> list[Check]:
        new = {*self.connections} - self._asked
        self._asked |= new
        if len(self._asked) > 1:
            self.has_asked_twice.set()
        return [Check(int(each), each, SECRET, self._hash) for each in new]

    def is_check_awaited(self, check: Check) -> bool:  # noqa: ARG002
        return not self.is_gone

    def checked(self, check: Check, result: Checked | Refused) -> None:  # noqa: ARG002
        self.results(result)


def cheap_hash(password: str) -> str:
    return PasswordHasher.from_parameters(CHEAPEST).hash(password)


@on_both_drivers
@pytest.mark.parametrize(("password", "code"), [(SECRET, "valid"), ("no", "wrong")])
def test_a_driver_checks_passwords(serve: Serve, password: str, code: str) -> None:
    hub = CheckingHub(cheap_hash(password))
    with serve(hub=hub) as server:
        server.connect()

        assert hub.results.code() == code


@on_both_drivers
def test_a_driver_continues_during_a_check(serve: Serve, checks: Checks) -> None:
    hub = CheckingHub()
    with serve(hub=hub, passwords=password_queue(checks.load)) as server:
        romeo = server.connect()
        assert checks.has_started.wait(TIMEOUT)

        romeo.send(b"hi\n")

        assert romeo.receive() != b""
        checks.is_released.set()
        assert hub.results.code() == "valid"


@on_both_drivers
def test_users_of_this_machine_do_not_lock_each_other_out(
    serve: Serve, checks: Checks
) -> None:
    with serve(passwords=password_queue(checks.load)) as server:
        peers = [server.connect() for _ in range(MAX_WAITING_EACH + 4)]
        for number, peer in enumerate(peers):
            account = f"account {number}"
            send(peer, "hello", version=1, account=account, password=SECRET)
        assert checks.has_started.wait(TIMEOUT)

        checks.is_released.set()

        codes = [receive_event(peer, "error")["code"] for peer in peers]
    assert codes == ["auth_failed"] * len(peers)


@on_both_drivers
def test_shutdown_refuses_waiting_checks(serve: Serve, checks: Checks) -> None:
    hub = CheckingHub()
    with serve(hub=hub, passwords=password_queue(checks.load)) as server:
        server.connect()
        assert checks.has_started.wait(TIMEOUT)
        server.connect()
        assert hub.has_asked_twice.wait(TIMEOUT)

        server.stop()

        assert hub.results.code() == "stopping"
        checks.is_released.set()
        assert hub.results.code() == "valid"


def runtime_of(hub: Hub, passwords: PasswordQueue) -> Runtime:
    recorder = InlineRecorder(MemoryStore(Retention()))
    return Runtime(hub, recorder, [], 65_536, lambda: None, passwords=passwords)


def run(call: Callable[[], None]) -> None:
    call()


def test_a_check_is_dropped_if_its_connection_no_longer_waits(
    queue: PasswordQueue, checks: Checks
) -> None:
    hub = CheckingHub()
    hub.connect("192.0.2.1:5000", 0.0)
    runtime_of(hub, queue).check_passwords(nullcontext(), run)
    hub.is_gone = True
    last = Results()
    queue.add(pending(99, last))

    checks.is_released.set()

    assert last.code() == "valid"
    assert checks.done == [0, 99]
    assert hub.results.is_empty


class NotingHub(Hub):
    """A hub that only notes the results of its checks."""

    def __init__(self) -> None:
        super().__init__(Limits())
        self.results = Results()

    def checked(self, check: Check, result: Checked | Refused) -> None:  # noqa: ARG002
        self.results(result)


def test_connections_of_this_machine_share_the_quota_of_an_account(
    queue: PasswordQueue,
) -> None:
    hub = NotingHub()
    guesses = MAX_WAITING_EACH + 3
    for name in ["Romeo"] * guesses + ["Juliet", "Tybalt"]:
        connection = hub.connect("127.0.0.1:5000", 0.0, is_secure=True)
        assert isinstance(connection, int)
        data = {"version": 1, "account": name, "password": SECRET}
        hub.receive(connection, command_line("hello", **data), 0.0)

    runtime_of(hub, queue).check_passwords(nullcontext(), run)

    assert [hub.results.code() for _ in range(3)] == ["busy"] * 3
    assert hub.results.is_empty, "the others wait"


def test_connections_of_one_network_share_its_quota(queue: PasswordQueue) -> None:
    hub = CheckingHub()
    for port in range(9):
        hub.connect(f"192.0.2.1:{port}", 0.0, network="192.0.2.1")

    runtime_of(hub, queue).check_passwords(nullcontext(), run)

    assert hub.results.code() == "busy"
    assert hub.results.is_empty


def test_a_refused_check_is_logged_without_its_peer(
    queue: PasswordQueue, caplog: pytest.LogCaptureFixture
) -> None:
    hub = CheckingHub()
    for port in range(9):
        hub.connect(f"192.0.2.1:{port}", 0.0, network="192.0.2.1")

    with caplog.at_level(logging.DEBUG):
        runtime_of(hub, queue).check_passwords(nullcontext(), run)

    (record,) = caplog.records
    assert record.message == "passwords.refused"
    assert vars(record)["facts"] == {"code": "busy"}
