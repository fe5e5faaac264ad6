"""The clients of a run: plain ones, sessions of both releases, and watchers."""

from itertools import count
from random import Random
from typing import Final

from tests.proof.plain_client import PlainClient
from tests.proof.records import ANYBODY, LOBBY
from tests.proof.session_client import SessionClient

from .client_connection import Surroundings
from .clients import SimulatedClient
from .room_acts import ROOMS, RoomActs

PLAIN_SHARE: Final = 0.2
OLD_SHARE: Final = 0.15  # of the sessions are of the first release
LOBBY_SHARE: Final = 0.9  # of the others are in the lobby
WATCHING_SHARE: Final = 0.1  # of them only watch


class Population:
    """All clients of a run, with texts of at most about *recv_size* characters."""

    def __init__(self, around: Surroundings, rng: Random, recv_size: int) -> None:
        self._around, self._rng, self._recv_size = around, rng, recv_size
        self._steps = count()
        self._contests = 0
        names = [f"P{number}" for number in range(rng.randint(3, 7))]
        clients = [self._new_client(name) for name in names]
        talking = [each.record.name for each in clients if _can_talk(each)]
        self.clients = [self._simulated(each, talking or names) for each in clients]

    def contest_name(self) -> None:
        """Have two clients take the same name at the same time."""
        self._contests += 1
        for client in self._rng.sample(self.clients, 2):
            client.take_name(f"{ANYBODY}.{self._contests}")

    def _simulated(
        self, client: PlainClient | SessionClient, talking: list[str]
    ) -> SimulatedClient:
        """Return a client with what it does; it mostly addresses those *talking*."""
        rng, size = self._rng, self._recv_size // 30
        acts = None
        if isinstance(client, SessionClient):
            client.outbox.abandons_refused = rng.random() < 0.3
            others = [each for each in talking if each != client.record.name]
            acts = RoomActs(client, rng, others or talking)
        longest = max(rng.choice((1, 20, size, size)), 1)
        return SimulatedClient(client, acts, self._around, longest)

    def _new_client(self, name: str) -> PlainClient | SessionClient:
        if self._rng.random() < PLAIN_SHARE:
            return PlainClient(name, self._steps)
        return self._session_client(name)

    def _session_client(self, name: str) -> SessionClient:
        rng, token = self._rng, f"token-{name:0>20}"
        if rng.random() < OLD_SHARE:
            return SessionClient(name, token, self._steps)
        rooms = rng.sample(ROOMS, rng.randrange(len(ROOMS)))
        if rng.random() < LOBBY_SHARE:
            rooms.insert(0, LOBBY)
        is_watching = rng.random() < WATCHING_SHARE
        return SessionClient(name, token, self._steps, rooms, is_watching=is_watching)


def _can_talk(client: PlainClient | SessionClient) -> bool:
    """Return whether a client has conversations."""
    if isinstance(client, PlainClient):
        return False
    return client.knows_rooms and not client.is_watching
