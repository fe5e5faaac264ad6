"""Requests of the operator that wait for the history, or for their entries."""

from collections.abc import Callable
from typing import Final, NamedTuple

from parlour.core.admin_acts import Act, Lookup, TextLookup
from parlour.core.admin_lists import acts_answer
from parlour.core.administration import Administration
from parlour.core.events import Refused
from parlour.core.hub import Hub
from parlour.core.protocol.admin_answers import Answer
from parlour.core.protocol.admin_requests import Request
from parlour.core.storage import FindMessage, FindTexts, Page, ReadActs

MAX_WAITING: Final = 64  # requests whose entries are not settled

BUSY: Final = Refused("busy", "the history is not recording what was asked for before")


class LookedUp(NamedTuple):
    """What the history has found, for a request to continue with."""

    lookup: Lookup | TextLookup
    page: Page | Refused


Answered = Callable[[Answer | LookedUp], None]
"""Takes the answer to a request, or the page of its lookup.

It is called from any thread, and must be quick.
"""

HistoryQuery = ReadActs | FindMessage | FindTexts
ReadHistory = Callable[[HistoryQuery, Callable[[Page | Refused], None]], None]
"""Reads the history, and calls a function with the page, from any thread."""


class PendingRequests:
    """The requests whose entries *hub* has, by the numbers of these.

    Queries of the history are for *read*. Only the owner of the hub calls its methods,
    and reads or changes it.
    """

    def __init__(self, hub: Hub, read: ReadHistory) -> None:
        self._hub, self._read = hub, read
        self._administration = Administration(hub.state, is_serving=True)
        self._waiting: dict[int, tuple[Act, Answered]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def begin(self, request: Request, wall: float, answered: Answered) -> None:
        """Carry out *request*, at the wall time *wall*; *answered* is called later."""
        if len(self) >= MAX_WAITING:
            answered(BUSY)
            return
        found = self._administration.requested(request, wall)
        if isinstance(found, Lookup | TextLookup):
            self._read(found.query, lambda page: answered(LookedUp(found, page)))
        elif isinstance(found, ReadActs):
            self._read(found, lambda page: answered(_acts(page)))
        else:
            self._propose(found, answered)

    def resume(self, found: LookedUp, answered: Answered) -> None:
        """Continue with what the history has found; *answered* is called later."""
        self._propose(self._administration.found(*found), answered)

    def _propose(self, found: Act | Answer, answered: Answered) -> None:
        if isinstance(found, Act):
            self._waiting[self._hub.operate(found.entry)] = found, answered
        else:
            answered(found)

    def settle(self) -> None:
        """Answer the requests whose entries are settled."""
        for number, why in self._hub.operated():
            act, answered = self._waiting.pop(number)
            answered(act.outcome(why))


def _acts(page: Page | Refused) -> Answer:
    return page if isinstance(page, Refused) else acts_answer(page)
