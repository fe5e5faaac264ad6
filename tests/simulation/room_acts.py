"""What clients of the session dialect do with rooms and direct messages."""

from random import Random
from typing import Final

from tests.proof.records import DIRECT, LOBBY
from tests.proof.session_client import SessionClient

ROOMS: Final = ("dev", "ops", "0ps", "tea")  # two look alike
STRAY_SHARE: Final = 0.03  # of the messages go to any room
DIRECT_SHARE: Final = 0.4  # of them go to one client, if there is a direct room


class RoomActs:
    """The acts of one client at random; each returns what to send."""

    def __init__(self, client: SessionClient, rng: Random, others: list[str]) -> None:
        self._client, self._rng, self._others = client, rng, others
        self._topics = 0
        self._is_ignoring = False

    @property
    def rooms_to_send_to(self) -> list[str]:
        """The rooms that the client is in, or will be in after its hello."""
        client = self._client
        if client.is_watching:
            return []
        return client.rooms.entered if client.is_welcome else list(client.rooms.wanted)

    def send(self, text: str) -> bytes:
        """Say *text* in any room of the client; it may have none."""
        rng, client = self._rng, self._client
        if client.knows_rooms and rng.random() < STRAY_SHARE:
            return client.send(text, rng.choice(ROOMS))
        rooms = self.rooms_to_send_to
        direct = [each for each in rooms if each in client.rooms.partners]
        if direct and rng.random() < DIRECT_SHARE:
            rooms = direct
        return client.send(text, rng.choice(rooms)) if rooms else b""

    def act(self) -> bytes:
        """Do anything but send a message."""
        client, rng = self._client, self._rng
        acts = [self._read, self._read]
        if client.knows_rooms and not client.is_watching:
            acts += [self._join, self._join, self._leave, self._set_topic]
            acts += [self._open_direct] * 3
            if self._is_ignoring:
                acts += [self._unignore]
            else:
                acts += [self._ignore] * (4 if client.rooms.partners else 1)
        return rng.choice(acts)()

    def _read(self) -> bytes:
        rng, place = self._rng, self._rng.randrange(1, 300)
        arguments: dict[str, int] = rng.choice(
            ({}, {"before": place}, {"after": place})
        )
        room = LOBBY
        if self._client.knows_rooms:
            room = rng.choice([LOBBY, *ROOMS, *self._client.rooms.entered])
        return self._client.read_history(room, rng.choice((1, 20, 500)), **arguments)

    def _join(self) -> bytes:
        return self._client.join(self._rng.choice(ROOMS))

    def _leave(self) -> bytes:
        rooms = [each for each in self._client.rooms.entered if each != LOBBY]
        return self._client.leave_room(self._rng.choice(rooms)) if rooms else b""

    def _set_topic(self) -> bytes:
        rooms = self._client.rooms.entered
        public = [each for each in rooms if not each.startswith(DIRECT)]
        if not public:
            return b""
        self._topics += 1
        room, topic = self._rng.choice(public), f"topic {self._topics}"
        return self._client.set_topic(room, topic)

    def _open_direct(self) -> bytes:
        return self._client.open_direct(self._rng.choice(self._others))

    def _ignore(self) -> bytes:
        """Ignore somebody, rather one with whom there is a conversation."""
        self._is_ignoring = True
        names = self._client.rooms.partner_names
        partners = [names[each] for each in self._client.rooms.entered if each in names]
        return self._client.ignore(self._rng.choice(partners or self._others))

    def _unignore(self) -> bytes:
        self._is_ignoring = False
        return self._client.unignore(self._rng.choice(self._others))
