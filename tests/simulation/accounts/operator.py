"""What the operator of the machine does meanwhile."""

from collections import Counter
from itertools import count
from random import Random
from typing import Final

from parlour.core.entries import (
    AccountEnabled,
    AccountErased,
    Announced,
    DeviceAdded,
    DeviceRevoked,
    Erased,
    Invited,
    Kicked,
    Lifted,
    PasswordSet,
    RoleSet,
    RoomSet,
    Sanctioned,
    SanctionKind,
    Target,
)
from parlour.core.events import AccountNumber, RoomName, SessionId
from parlour.core.protocol.tokens import hash_key
from parlour.core.roles import Role
from parlour.core.state.state import State
from parlour.core.storage import StoredAccount

from .acts import ROOMS, SECONDS, Acts
from .device import Device
from .world import AccountServer

NOBODY: Final = SessionId(0)
NETWORKS: Final = ("192.0.2.0/24", "192.0.2.1/32", "127.0.0.5")
SACRIFICED: Final = "A3"  # the account that may be erased


class Operator:
    """Revokes, disables, bans and forgives at random, by entries of the hub."""

    def __init__(
        self,
        world: AccountServer,
        rng: Random,
        people: list[tuple[Device, Acts]],
        faults: Counter[str],
    ) -> None:
        self._world, self._rng, self._people = world, rng, people
        self._faults = faults
        self._numbers = count(1)

    def act(self) -> None:
        """Do anything, if a server runs."""
        state, rng = self._world.state, self._rng
        if state is None:
            return
        acts = [
            *(self._revoke, self._revoke, self._restore, self._restore),
            *(self._set_password, self._enable, self._sanction, self._sanction),
            *(self._sanction, self._sanction, self._lift, self._kick, self._set),
            *(self._invite, self._invite, self._erase, self._erase, self._appoint),
            self._announce,
        ]
        if rng.random() < 0.02:
            acts = [self._erase_account]
        act = rng.choice(acts)
        self._faults[act.__name__.strip("_").replace("_", " ")] += 1
        act(state)

    def forgive(self) -> None:
        """Let everybody do everything again, as soon as what ends has ended."""
        state, operate = self._world.state, self._world.operate
        if state is None:
            return
        for account in state.accounts:
            if not account.is_enabled:
                operate(AccountEnabled(account.number, is_enabled=True))
        for each in state.sanctions:
            if each.until is None:
                self._lift_one(each.number, each.kind, each.room, each.target.name)
        for room in state.rooms:
            if (room.is_locked or room.slow) and room.is_open:
                operate(RoomSet(NOBODY, "", room.name, is_locked=False, slow=0))

    def restore_some(self) -> None:
        """Give some of the devices that cannot sign in another key."""
        for device, _ in self._people:
            if device.key and self._rng.random() < 0.6:
                self._restore_one(device)

    # -- accounts -----------------------------------------------------------------

    def _account(self, state: State) -> StoredAccount:
        accounts: list[StoredAccount] = [*state.accounts]
        return self._rng.choice(accounts)

    def _revoke(self, state: State) -> None:
        account = self._account(state)
        if account.devices:
            device = self._rng.choice(account.devices)
            self._world.operate(
                DeviceRevoked(account.number, device.number, is_by_operator=True)
            )

    def _restore(self, state: State) -> None:  # noqa: ARG002 -- as the others
        self._restore_one(self._rng.choice(self._people)[0])

    def _restore_one(self, device: Device) -> None:
        """Give a device that cannot sign in another key."""
        state = self._world.state
        if state is None or not device.key:
            return
        account = state.accounts.get(AccountNumber(device.transcript.account))
        if account is None or not account.is_enabled:
            return
        if hash_key(device.key) not in {each.key for each in account.devices}:
            device.key = f"{device.name} {next(self._numbers)}"
            key, label = hash_key(device.key), device.name
            self._world.operate(
                DeviceAdded(account.number, account.generation, key, label)
            )

    def _set_password(self, state: State) -> None:
        account = self._account(state)
        kept = self._rng.choice([0, *(each.number for each in account.devices)])
        number = f"${next(self._numbers)}"
        self._world.operate(
            PasswordSet(NOBODY, account.number, account.generation, number, kept)
        )

    def _enable(self, state: State) -> None:
        account = self._account(state)
        is_enabled = not account.is_enabled
        self._world.operate(AccountEnabled(account.number, is_enabled=is_enabled))

    def _erase_account(self, state: State) -> None:
        for each in state.accounts:
            if each.name == SACRIFICED:
                self._world.operate(AccountErased(each.number))

    def _appoint(self, state: State) -> None:
        account = self._account(state)
        role = self._rng.choice((Role.MEMBER, Role.MODERATOR))
        self._world.operate(
            RoleSet(NOBODY, "", RoomName("dev"), account.number, account.name, role)
        )

    # -- order --------------------------------------------------------------------

    def _target(self, state: State) -> Target:
        """Return an account, a guest who is here, or a network."""
        rng = self._rng
        guests = [each for each in state.sessions if not each.account]
        if guests and rng.random() < 0.3:
            guest = rng.choice(guests)
            nobody = AccountNumber(0)
            return Target(guest.name, nobody, guest.id, guest.token, guest.network)
        if rng.random() < 0.3:
            network = rng.choice(NETWORKS)
            return Target(network, network=network)
        account = self._account(state)
        target = Target(account.name, account.number)
        for session in state.sessions.of(account.person)[-1:]:  # as a command means it
            target = target.replace(token=session.token, network=session.network)
        return target

    def _place(self) -> RoomName | None:
        return self._rng.choice((None, *map(RoomName, ROOMS)))

    def _sanction(self, state: State) -> None:
        rng = self._rng
        until = rng.choice((None, *(self._world.wall + each for each in SECONDS)))
        kind, target = rng.choice([*SanctionKind]), self._target(state)
        self._world.operate(
            Sanctioned(NOBODY, "", kind, self._place(), target, until, "")
        )

    def _lift(self, state: State) -> None:
        sanctions = [*state.sanctions]
        if sanctions:
            each = self._rng.choice(sanctions)
            self._lift_one(each.number, each.kind, each.room, each.target.name)

    def _lift_one(
        self, number: int, kind: SanctionKind, room: RoomName | None, name: str
    ) -> None:
        self._world.operate(Lifted(NOBODY, "", kind, room, number, name))

    def _kick(self, state: State) -> None:
        room, target = RoomName(self._rng.choice(ROOMS)), self._target(state)
        self._world.operate(Kicked(NOBODY, "", room, target, ""))

    def _set(self, state: State) -> None:  # noqa: ARG002 -- as the others
        rng = self._rng
        room, change = RoomName(rng.choice(ROOMS)), RoomSet(NOBODY, "", RoomName("dev"))
        changes = [
            RoomSet(NOBODY, "", room, is_locked=rng.random() < 0.4),
            RoomSet(NOBODY, "", room, slow=rng.choice((0, 2))),
            change.replace(is_private=rng.random() < 0.5),
        ]
        self._world.operate(rng.choice(changes))

    def _invite(self, state: State) -> None:
        """Make a code, and give it to two people."""
        rng, code = self._rng, f"code {next(self._numbers)}"
        until = self._world.wall + rng.choice((3.0, 60.0))
        self._world.operate(
            Invited(NOBODY, "", RoomName("den"), until, code=hash_key(code))
        )
        assert state is self._world.state
        for _, acts in rng.sample(self._people, 2):
            acts.codes.append(code)

    def _erase(self, state: State) -> None:
        """Erase any of the last messages of a room."""
        rng = self._rng
        room = rng.choice([each for each in state.rooms if not each.is_direct])
        if room.sequence:
            target = max(room.sequence - rng.randrange(20), 1)
            self._world.operate(Erased(NOBODY, "", room.name, target, Target("")))

    def _announce(self, state: State) -> None:
        assert state is self._world.state
        self._world.operate(Announced(NOBODY, "", f"news {next(self._numbers)}"))
