"""Random entries about accounts."""

from collections.abc import Callable

from parlour.core.entries import (
    AccountDirectOpened,
    AccountEnabled,
    AccountEntered,
    AccountEntry,
    AccountErased,
    AccountIgnored,
    AccountLeft,
    AccountUnignored,
    DeviceAdded,
    DeviceRevoked,
    DirectShown,
    PasswordSet,
    ReadUpTo,
    Registered,
    SignedIn,
    TextsErased,
)
from parlour.core.events import SessionId, person_of
from parlour.core.roles import Role
from parlour.core.state.sessions import Session
from tests.core.state.random_choices import (
    DIRECT,
    NAMES,
    PUBLIC,
    SESSIONS,
    RandomChoices,
)

DEVICE_KEYS = ["k", "l", "m", "n"]


class RandomAccountEntries(RandomChoices):
    """Draws entries about accounts, also those that no node would propose."""

    def registration(self) -> Registered:
        """Return a registration, usually by a guest of its own name."""
        attachment = SessionId(0) if self.is_rare() else self.guest()
        session = self._state.sessions.at(attachment)
        name = session.name if session and not self.is_rare() else self.one(NAMES)
        keys = self.keys_of(name)
        if session and not self.is_rare():
            keys = self._state.sessions.names.keys(session.person)
        return Registered(
            *(attachment, name, keys, "hash 1"),
            role=Role.MEMBER if attachment else self.one(list(Role)),
            rooms=self.rooms(),
            device=self.one(["", *DEVICE_KEYS]),
            ignored=self.ignored_names(session),
            invite=self.one(["", "", "", "d"]),
        )

    def ignored_names(self, session: Session | None) -> tuple[tuple[str, str], ...]:
        """Return names to ignore, usually those that a session ignores."""
        if session is not None and not self.is_rare():
            return tuple((session.ignored or {}).items())
        names = [self.ignored() for _ in range(self.one([0, 1, 3]))]
        return tuple((self.key_of(name), name) for name in names)

    def sign_in(self) -> SignedIn:
        return SignedIn(self.guest(), *self.credentials())

    def password(self) -> PasswordSet:
        attachment, account = self.account_session()
        number, generation, device = self.credentials()
        known = self._state.accounts.get(account)
        if known is not None and not self.is_rare():
            number, generation = account, known.generation
        return PasswordSet(attachment, number, generation, "hash 2", device)

    def device(self) -> DeviceAdded:
        number, generation, _ = self.credentials()
        return DeviceAdded(number, generation, self.one(DEVICE_KEYS), "a label")

    def revocation(self) -> DeviceRevoked:
        number = self.account()
        account = self._state.accounts.get(number)
        devices = [each.number for each in account.devices] if account else []
        return DeviceRevoked(number, self.mostly(devices, [0, 1, 2, 3]))

    def enabling(self) -> AccountEnabled:
        """Return an entry that mostly enables an account."""
        return AccountEnabled(self.account(), not self.is_rare())

    def erasure(self) -> AccountErased | AccountEnabled:
        """Return an erasure now and then, since it takes so much from the chat."""
        is_rare = self.is_rare() or self.is_rare()
        return AccountErased(self.account()) if is_rare else self.enabling()

    def erased_texts(self) -> TextsErased:
        """Return an erasure, usually of messages that there are."""
        room = self.room()
        found = self._state.rooms.get(room)
        last = found.sequence if found is not None else 0
        known = tuple(range(1, last + 1))
        targets = self.mostly([known[:3], known[-2:]], [(), (0,), (1, last + 1)])
        return TextsErased(self.account(), "", room, targets)

    def account_entering(self) -> AccountEntered:
        return AccountEntered(*self.account_session(), self.room())

    def account_leaving(self) -> AccountLeft:
        attachment, number = self.account_session()
        account = self._state.accounts.get(number)
        rooms = list(account.rooms) if account else []
        return AccountLeft(attachment, number, self.mostly(rooms, [self.room()]), "")

    def kept_direct_opening(self) -> AccountDirectOpened:
        """Return an opening of a direct room, usually of the one that there is."""
        attachment, number = self.account_session()
        other = self.account()
        pair = person_of(number), person_of(other)
        found = self._state.rooms.of_pair(*pair)
        known = [] if found is None else [found.name]
        room = self.mostly(known, [*DIRECT, *PUBLIC[:2]])
        return AccountDirectOpened(attachment, number, room, other)

    def direct_showing(self) -> DirectShown:
        """Return an entry by which an account hears of a room, usually of its own."""
        kept = [each for each in self._state.rooms if each.is_direct and each.is_kept]
        room = self.mostly(kept, list(self._state.rooms))
        members = self.mostly(sorted(room.members), SESSIONS)
        return DirectShown(members, self.account(), room.name)

    def reading(self) -> ReadUpTo:
        number = self.account()
        account = self._state.accounts.get(number)
        rooms = list(account.rooms) if account else []
        room = self.mostly(rooms, [self.room()])
        known = self._state.rooms.get(room)
        last = known.sequence if known is not None else 3
        return ReadUpTo(number, room, self.one([0, 1, last - 1, last, last, last + 2]))

    def account_ignoring(self) -> AccountIgnored:
        name = self.ignored()
        return AccountIgnored(*self.account_session(), name, self.key_of(name))

    def account_unignoring(self) -> AccountUnignored:
        return AccountUnignored(*self.account_session(), self.key_of(self.ignored()))


ACCOUNT_MAKERS: list[Callable[[RandomAccountEntries], AccountEntry | SignedIn]] = [
    RandomAccountEntries.registration,
    RandomAccountEntries.registration,
    RandomAccountEntries.sign_in,
    RandomAccountEntries.sign_in,
    RandomAccountEntries.password,
    RandomAccountEntries.device,
    RandomAccountEntries.device,
    RandomAccountEntries.revocation,
    RandomAccountEntries.erasure,
    RandomAccountEntries.erased_texts,
    RandomAccountEntries.account_entering,
    RandomAccountEntries.account_entering,
    RandomAccountEntries.account_leaving,
    RandomAccountEntries.kept_direct_opening,
    RandomAccountEntries.kept_direct_opening,
    RandomAccountEntries.direct_showing,
    RandomAccountEntries.reading,
    RandomAccountEntries.reading,
    RandomAccountEntries.account_ignoring,
    RandomAccountEntries.account_unignoring,
]
