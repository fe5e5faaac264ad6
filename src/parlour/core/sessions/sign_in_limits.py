"""Limits on how often a password may be guessed."""

from collections import OrderedDict
from typing import Final

FREE_FAILURES: Final = 5  # before the first delay
FIRST_DELAY: Final = 12.0  # seconds; each further failure doubles it
MAX_DELAY: Final = 300.0  # seconds
FORGET_AFTER: Final = 900.0  # seconds without a failure
MAX_COUNTED: Final = 16_384  # names or networks in memory; the oldest are forgotten
MAX_TRUSTED: Final = 16_384  # pairs of an account and a network


class _Failures:
    """The failures of one account or one network."""

    __slots__ = ("count", "last")

    def __init__(self) -> None:
        self.count, self.last = 0, 0.0

    def delay(self, now: float) -> float:
        """Return the seconds until the next try; 0.0 if there may be one now."""
        if self.count < FREE_FAILURES:
            return 0.0
        doubled = FIRST_DELAY * 2.0 ** min(self.count - FREE_FAILURES, 16)
        return max(self.last + min(doubled, MAX_DELAY) - now, 0.0)


_Key = tuple[str, ...]


class FailureCounts:
    """The recent failures for each key, of which there may be any number."""

    def __init__(self) -> None:
        self._failures: OrderedDict[_Key, _Failures] = OrderedDict()

    def delay(self, key: _Key, now: float) -> float:
        """Return the seconds until the next try with *key*."""
        failures = self._failures.get(key)
        if failures is None:
            return 0.0
        if now - failures.last > FORGET_AFTER:
            del self._failures[key]
            return 0.0
        return failures.delay(now)

    def add(self, key: _Key, now: float) -> None:
        """Count a failure."""
        failures = self._failures.setdefault(key, _Failures())
        failures.count, failures.last = failures.count + 1, now
        self._failures.move_to_end(key)
        if len(self._failures) > MAX_COUNTED:
            self._failures.popitem(last=False)


class SignInLimits:
    """Delays that grow with the failures of an account, and of a network.

    Nobody can lock the owner of an account out: the failures of others do not count for
    a network from which the owner has signed in. Those of that network have their own
    count. An empty network has failures of each account, but none of its own.

    All of this is forgotten when the server stops: who signed in from where is nobody's
    business later, and a device with a key is never delayed.
    """

    def __init__(self) -> None:
        self._accounts, self._networks = FailureCounts(), FailureCounts()
        self._trusted: OrderedDict[tuple[str, str], None] = OrderedDict()

    def delay(self, account: str, network: str, now: float) -> float:
        """Return the seconds until *network* may try a password of *account*."""
        delay = self._networks.delay((network,), now) if network else 0.0
        return max(delay, self._accounts.delay(self._key(account, network), now))

    def failed(self, account: str, network: str, now: float) -> None:
        """Count a wrong password."""
        self._accounts.add(self._key(account, network), now)
        if network:
            self._networks.add((network,), now)

    def succeeded(self, account: str, network: str) -> None:
        """Record that *network* knows the password of *account*."""
        self._trusted[account, network] = None
        self._trusted.move_to_end((account, network))
        if len(self._trusted) > MAX_TRUSTED:
            self._trusted.popitem(last=False)

    def _key(self, account: str, network: str) -> _Key:
        """Return what the failures of *account* at *network* count for."""
        is_trusted = (account, network) in self._trusted
        return (account, network) if is_trusted else (account,)
