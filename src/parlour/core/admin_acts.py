"""What a request of the operator comes to: an entry, or a question for the history."""

from typing import Final, NamedTuple, assert_never

from .entries import (
    Announced,
    Erased,
    Kicked,
    Lifted,
    OperatorEntry,
    OrderEntry,
    PasswordSet,
    RoleSet,
    RoomSet,
    Sanctioned,
    Shut,
    TextsErased,
)
from .events import Refused, RoomName
from .limits import MAX_TEXTS_ERASED
from .protocol.admin_answers import Answer, Done, ErasedTexts
from .protocol.commands import Erase
from .storage import FOUND_AMONG, FindMessage, FindTexts, Page, StoredAccount

CHANGED_MEANWHILE: Final = "the password was changed at the same time; try again"


class Act(NamedTuple):
    """An entry to propose, and the answer once it is recorded."""

    entry: OperatorEntry
    done: Done | ErasedTexts

    def outcome(self, why: Refused | None) -> Answer:
        """Return the answer after the entry was recorded, or *why* it was not."""
        if why is None:
            return self.done
        if isinstance(self.entry, PasswordSet) and why.code == "auth_failed":
            return why.replace(reason=CHANGED_MEANWHILE)
        return why


class Lookup(NamedTuple):
    """A question for the history: `Administration.found` takes its answer."""

    request: Erase

    @property
    def query(self) -> FindMessage:
        """The question."""
        return FindMessage(self.request.room, self.request.sequence, self.request.name)


class TextLookup(NamedTuple):
    """A question for texts of *account*: `Administration.found` takes the answer.

    They are in the room *number* called *room*, after the message *after*.
    """

    account: StoredAccount
    room: RoomName
    number: int
    after: int

    @property
    def query(self) -> FindTexts:
        """The question."""
        return FindTexts(self.room, self.account.number, self.after)


def erasure_of_texts(lookup: TextLookup, page: Page) -> Act | ErasedTexts:
    """Return the erasure of the texts of a *page*, and where to go on."""
    targets = tuple(each.sequence for each in page.messages)
    number, after = lookup.number, lookup.after + FOUND_AMONG
    if len(targets) == MAX_TEXTS_ERASED:
        after = targets[-1]
    elif not page.has_more:
        number, after = number + 1, 0
    done = ErasedTexts(len(targets), number, after, more=True)
    if not targets:
        return done
    account = lookup.account
    return Act(TextsErased(account.number, account.name, lookup.room, targets), done)


def name_in(entry: OrderEntry) -> str:
    """Return the name of whom *entry* is about, or ""."""
    match entry:
        case Kicked(target=target) | Sanctioned(target=target):
            return target.name
        case Lifted(name=name) | RoleSet(name=name):
            return name
        case Erased(author=author):
            return author.name
        case RoomSet() | Shut() | Announced():
            return ""
        case _:
            assert_never(entry)
