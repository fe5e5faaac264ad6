"""The accounts of a run with their devices, and the guests beside them."""

from collections.abc import Iterator
from random import Random
from typing import Final

from parlour.core.entries import DeviceAdded, Entry, Registered, RoomOpened
from parlour.core.events import AccountNumber, RoomName, SessionId
from parlour.core.names.room_names import room_conflict_keys
from parlour.core.protocol.tokens import hash_key, hash_token
from parlour.core.roles import Role
from parlour.core.state.names import name_keys
from tests.simulation.client_connection import Surroundings

from .acts import Acts
from .clients import SimulatedDevice
from .device import Device
from .transcript import Transcript
from .world import AccountServer

ROLES: Final = (Role.ADMIN, Role.MEMBER, Role.MODERATOR, Role.MEMBER)
HOSTS: Final = ("127.0.0.1", "127.0.0.5", "127.0.0.6")
"""Of accounts: keys are accepted from this machine alone."""
GUEST_HOSTS: Final = ("127.0.0.1", "127.0.0.5", "192.0.2.1", "192.0.2.2")
OWNER: Final = AccountNumber(2)
"""The account that owns the private room, and one of the public ones."""


class Population:
    """All clients of a run."""

    def __init__(self, around: Surroundings, world: AccountServer, rng: Random) -> None:
        self._around, self._world, self._rng = around, world, rng
        names = [f"A{number}" for number in range(len(ROLES))]
        devices = [f"{name}.{n}" for name in names for n in range(rng.randint(1, 3))]
        guests = [f"G{number}" for number in range(rng.randint(1, 4))]
        world.prepare(self._entries(names, devices))
        self.acts = list[Acts]()
        self.clients = [
            self._client(name, [*names, *guests]) for name in [*devices, *guests]
        ]

    def _entries(self, names: list[str], devices: list[str]) -> Iterator[Entry]:
        """Yield what makes the accounts, and two rooms that belong to one of them."""
        nobody = SessionId(0)
        for number, name in enumerate(names):
            rooms = tuple(map(RoomName, ("lobby", "dev") if number > 1 else ("lobby",)))
            yield Registered(
                *(nobody, name, name_keys(name), "$0", ROLES[number]), rooms
            )
            if number + 1 == OWNER:
                for room in map(RoomName, ("dev", "den")):
                    keys, is_private = tuple(room_conflict_keys(room)), room == "den"
                    yield RoomOpened(room, nobody, keys, OWNER, is_private)
        for device in devices:
            account = AccountNumber(names.index(device.partition(".")[0]) + 1)
            yield DeviceAdded(account, 1, hash_key(f"key of {device}"), device)

    def _client(self, name: str, names: list[str]) -> SimulatedDevice:
        rng, token = self._rng, f"token of {name:0>20}"
        is_guest = name.startswith("G")
        host = rng.choice(GUEST_HOSTS if is_guest else HOSTS)
        network = "" if host == "127.0.0.1" else host
        account = 0 if is_guest else int(name[1 : name.index(".")]) + 1
        transcript = Transcript(name, hash_token(token), network, account)
        device = Device(
            transcript, token, "" if is_guest else f"key of {name}", self._now
        )
        acts = Acts(device, rng, names, self._around.faults)
        self.acts.append(acts)
        return SimulatedDevice(device, acts, self._around, host)

    def _now(self) -> tuple[int, int, float]:
        ledger = self._world.ledger
        return len(ledger), ledger.applied, self._world.wall
