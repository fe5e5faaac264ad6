"""A bounded queue of password checks, and the thread that does them.

A check takes some tenths of a second of a processor, on purpose. The thread does one
at a time, with a low priority, so that the chat has the processor first.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from parlour.core.checks import Check, Checked
from parlour.core.events import Refused
from parlour.system.job_queue import JobQueue, PendingJob, RefusalCause
from parlour.system.thread_priority import lower_thread_priority

MAX_WAITING: Final = 32  # waiting checks
MAX_WAITING_EACH: Final = 8  # waiting checks of one network, or one account from here
CLOSE_TIMEOUT: Final = 2.0  # seconds for the check in progress, at shutdown
NICENESS: Final = 10  # steps; on a busy processor the thread gets about a tenth of it

BUSY: Final = "too many passwords are waiting to be checked; try again"
STOPPING: Final = "the server is shutting down"
FAILED: Final = "the server failed to check the password; tell its operator"

CheckPassword: TypeAlias = Callable[[Check], Checked | Refused]
PendingCheck: TypeAlias = PendingJob[Check, Checked | Refused]
PasswordQueue: TypeAlias = JobQueue[Check, Checked | Refused]


def strong_checks() -> CheckPassword:
    """Import the library, and return the function that does checks."""
    from .password_hashing import strong_checker  # noqa: PLC0415

    return strong_checker()


def password_queue(
    load: Callable[[], CheckPassword] = strong_checks,
) -> PasswordQueue:
    """Return a queue for checks. Requesters are the networks of connections.

    For a connection from this machine, which may be that of any user or of a proxy, the
    requester is the account, or the connection itself if there is no account yet.

    Its thread calls *load* at the first check. Only tests pass another function, to
    save time: a server has no option for the cost of a hash.
    """
    return JobQueue(
        "password-checker",
        _Checks(load).check,
        _refusal,
        max_waiting=MAX_WAITING,
        max_each=MAX_WAITING_EACH,
    )


def local_requester(check: Check) -> str:
    """Return the requester of a *check* for a connection from this machine.

    It is the account: many people may connect from here, as through a proxy, and one of
    them may guess a password on many connections.
    """
    if check.account:
        return f"account {check.account}"
    return f"connection {check.connection}"


class _Checks:
    """What the thread does. The first check prepares the thread."""

    def __init__(self, load: Callable[[], CheckPassword]) -> None:
        self._load = load
        self._check: CheckPassword | None = None

    def check(self, check: Check) -> Checked | Refused:
        if self._check is None:
            lower_thread_priority(NICENESS)
            self._check = self._load()
        return self._check(check)


def _refusal(cause: RefusalCause) -> Refused:
    """Return the answer to a check that is not done."""
    match cause:
        case RefusalCause.FULL:
            return Refused("busy", BUSY)
        case RefusalCause.CLOSED:
            return Refused("stopping", STOPPING)
        case RefusalCause.FAILED:
            return Refused("check_failed", FAILED)
