"""What a server with the session dialect offers, and how fast it answers."""

import json
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from ..protocol import session_decoder
from ..protocol.server_events import Bye, MessagePage, Ping, Pong, Refused
from ..terminal.safe_text import make_safe
from .findings import Finding, error, ok, warning
from .greeting import ADVICE, Greeted, advice_for
from .lines import LineReader

PINGS: Final = 5
ANSWER_TIMEOUT: Final = 5.0  # seconds
SLOW: Final = 1.0  # seconds of a round trip, from which a chat feels slow
MAX_SKEW: Final = 60.0  # seconds
SET_CLOCK: Final = "set the clock that is wrong, with NTP"
HISTORY: Final = b'{"type": "history", "data": {"room": "lobby", "limit": 1}}\n'
BYE: Final = b'{"type": "bye", "data": {}}\n'

LIMITS: Final = {
    "line": "lines of {:,} bytes",
    "text": "texts of {:,} bytes",
    "rooms": "{:,} rooms for each user",
}
"""The limits that a welcome may have, in words."""


class _Timed(NamedTuple):
    """The answer to a ping."""

    seconds: float
    data: dict[str, object]
    at: float  # the wall time in the middle

    @property
    def server_time(self) -> str:
        """The time of the server in RFC 3339, or "" if it does not send it."""
        found = self.data.get("time")
        return found if isinstance(found, str) else ""


class Examination:
    """The questions to a server that has *greeted*, over *lines*."""

    def __init__(self, lines: LineReader, greeted: Greeted) -> None:
        self._lines, self._greeted = lines, greeted
        self._refusal = greeted.refusal  # of the hello: it may follow the welcome
        self._bye = Bye("", "", 0.0)

    def findings(self) -> Iterator[Finding]:
        """Yield what the server offers to a guest, and how fast it is."""
        answers: list[_Timed] = []
        while len(answers) < PINGS and (found := self._ping(f"{len(answers)}")):
            answers.append(found)
        if self._lines.has_ended:
            yield self._closed()
            return
        yield _round_trip(answers)
        yield self._clock(answers)
        has_welcome = bool(self._greeted.welcome)
        yield _guests(self._refusal, has_welcome=has_welcome)
        if has_welcome:
            yield _limits(json.loads(self._greeted.welcome)["data"])
        yield _registration(answers[-1].data if answers else {})
        self._lines.send(BYE, ANSWER_TIMEOUT)

    def _ping(self, token: str) -> _Timed | None:
        """Return the answer to a ping; None if there is none in time."""
        wall, start = time.time(), time.monotonic()
        ping = {"type": "ping", "data": {"token": token, "about": True}}
        self._lines.send(json.dumps(ping).encode() + b"\n", ANSWER_TIMEOUT)
        while (found := self._lines.read(start + ANSWER_TIMEOUT)) is not None:
            match session_decoder.decode(found):
                case Pong(got) if got == token:
                    seconds = time.monotonic() - start
                    return _Timed(
                        seconds, json.loads(found)["data"], wall + seconds / 2
                    )
                case Ping(asked):
                    pong = {"type": "pong", "data": {"token": asked}}
                    self._lines.send(json.dumps(pong).encode() + b"\n", ANSWER_TIMEOUT)
                case Refused(code, about="hello"):
                    self._refusal = code
                case Bye() as bye:
                    self._bye = bye
                case _:
                    pass
        return None

    def _closed(self) -> Finding:
        """Return why the server has closed the connection, as far as it says so."""
        code, reason = self._bye.code, self._bye.reason
        text = "the server closed the connection"
        if reason:
            text = f"{text}: {make_safe(reason)[:200]}"
        return error("round trip", text, advice_for(code, reason))

    def _clock(self, answers: list[_Timed]) -> Finding:
        """Compare the clocks, as far as the server tells its time."""
        told = [
            found.timestamp() - each.at
            for each in answers
            if (found := _time(each.server_time)) is not None
        ]
        if told:
            skew = statistics.median(told)
            side = "ahead of" if skew > 0 else "behind"
            text = f"the server is {abs(skew):.1f} s {side} this machine"
            if abs(skew) > MAX_SKEW:
                return warning("clock", text, SET_CLOCK)
            return ok("clock", text)
        ahead = self._ahead() if self._greeted.welcome else 0.0
        if ahead > MAX_SKEW:
            text = f"the server is at least {ahead:.0f} s ahead of this machine"
            return warning("clock", text, SET_CLOCK)
        return ok("clock", "unknown: the server does not tell its time")

    def _ahead(self) -> float:
        """Return by how much the newest message is in the future, in seconds."""
        self._lines.send(HISTORY, ANSWER_TIMEOUT)
        deadline = time.monotonic() + ANSWER_TIMEOUT
        while (line := self._lines.read(deadline)) is not None:
            match session_decoder.decode(line):
                case MessagePage(messages=(*_, newest)):
                    found = _time(newest.time)
                    return found.timestamp() - time.time() if found else 0.0
                case MessagePage() | Refused():
                    return 0.0
                case _:
                    pass
        return 0.0


def _round_trip(answers: list[_Timed]) -> Finding:
    if len(answers) < PINGS:
        text = f"a ping was not answered within {ANSWER_TIMEOUT:g} seconds"
        advice = "the server or the network is overloaded: look at the server's log"
        return error("round trip", text, advice)
    seconds = statistics.median(each.seconds for each in answers)
    text = f"{1000 * seconds:.1f} ms (median of {PINGS})"
    if seconds > SLOW:
        return warning("round trip", text, "look for the delay in the network")
    return ok("round trip", text)


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _guests(refusal: str, *, has_welcome: bool) -> Finding:
    match refusal, has_welcome:
        case "sign_in_required", True:
            text, advice = "can only read", "sign in with --account to write"
            return warning("guests", text, advice)
        case "sign_in_required", False:
            text, advice = "are not admitted", "sign in with --account"
            return warning("guests", text, advice)
        case "", _:
            return ok("guests", "can read and write")
        case code, _:
            advice = ADVICE.get(code, "ask the operator of the server")
            return error("guests", f"cannot enter now: {make_safe(code)}", advice)


def _limits(welcome: dict[str, object]) -> Finding:
    limits = welcome.get("limits")
    found = [
        words.format(limit)
        for name, words in LIMITS.items()
        if isinstance(limits, dict) and isinstance(limit := limits.get(name), int)
    ]
    return ok("limits", ", ".join(found) or "unknown")


def _registration(about: dict[str, object]) -> Finding:
    words = {
        "open": "everybody can register",
        "invite": "needs a code of an administrator",
        "closed": "only the operator makes accounts",
    }
    unknown = "unknown: the server does not tell it"
    return ok("registration", words.get(f"{about.get('registration')}", unknown))
