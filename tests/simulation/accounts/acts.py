"""What the clients of a simulation with accounts do, when nothing is wrong."""

from collections import Counter
from random import Random
from typing import Final

from .device import MAX_UNANSWERED, Device

ROOMS: Final = ("lobby", "dev", "den")
"""Two public rooms, and a private one."""

SECONDS: Final = (1, 3, 10, 40)  # until a sanction ends; some never end


class Acts:
    """The acts of one client at random; each returns what to send."""

    def __init__(
        self, device: Device, rng: Random, names: list[str], faults: Counter[str]
    ) -> None:
        self.codes = list[str]()
        """Codes of invitations that it was given."""
        self._device, self._rng, self._names, self._faults = device, rng, names, faults
        self._said = 0

    def act(self) -> bytes:
        """Do anything."""
        rng, device = self._rng, self._device
        if rng.random() < 0.5:
            return self._say()
        acts = [self._join, self._read, self._read_history]
        acts += [self._leave, self._erase, self._set_topic, self._erase]
        if device.transcript.account:
            acts += [self._read] * 4 + [self._open_direct] * 4 + [self._sign_out]
        if device.role in {"moderator", "admin"}:
            acts += [self._punish] * 4 + [self._lift, self._erase_another, self._set]
        elif rng.random() < 0.1:
            acts += [self._punish, self._erase_another, self._set]
        if device.transcript.name.startswith("A1."):  # the owner of the private room
            acts += [self._invite] * 4
        if self.codes:
            acts += [self._use_code] * 4
        return rng.choice(acts)()

    def _say(self) -> bytes:
        """Say something in some of the rooms, rather in direct ones."""
        rng, device = self._rng, self._device
        rooms = list(device.open)
        direct = [each for each in rooms if each in device.partners]
        said = []
        for _ in range(rng.choice((1, 1, 2, 5))):
            if rooms and len(device.unanswered) < MAX_UNANSWERED:
                self._said += 1
                chosen = direct if direct and rng.random() < 0.4 else rooms
                text = f"{device.name} {self._said}"
                said.append(device.send(text, rng.choice(chosen)))
        return b"".join(said)

    def _join(self) -> bytes:
        room = self._rng.choice(ROOMS)
        device = self._device
        if not device.transcript.account and room not in device.wanted:
            device.wanted.append(room)
        return device.write("join", {"room": room})

    def _use_code(self) -> bytes:
        self._faults["used codes"] += 1
        code = self._rng.choice(self.codes)
        return self._device.write("join", {"room": "den", "invite": code})

    def _leave(self) -> bytes:
        room = self._room()
        return self._device.write("leave", {"room": room}) if room else b""

    def _room(self) -> str:
        """Return one of its rooms, if it is in any."""
        return self._rng.choice([*self._device.open] or [""])

    def _read(self) -> bytes:
        room = self._room()
        if room not in self._device.cursors:
            return b""
        last = self._device.cursors[room][1]
        return self._device.read(room, self._rng.randint(last // 2, last))

    def _read_history(self) -> bytes:
        room, device = self._room() or "lobby", self._device
        limit = self._rng.choice((3, 20, 500))
        return device.write("history", {"room": room, "limit": limit})

    def _open_direct(self) -> bytes:
        others = [each for each in self._names if each.startswith("A")]
        return self._device.write("direct", {"to": self._rng.choice(others)})

    def _set_topic(self) -> bytes:
        room = self._room()
        topic = f"topic of {self._device.name} {self._rng.randrange(9)}"
        return self._device.write("topic", {"room": room or "lobby", "topic": topic})

    def _sign_out(self) -> bytes:
        if self._rng.random() < 0.7:
            return b""
        self._faults["signed out"] += 1
        return self._device.write("logout", {})

    def _erase(self) -> bytes:
        name = self._device.name.partition(".")[0]
        return self._device.write("erase", {"room": self._room(), "name": name})

    # -- what keeps order ---------------------------------------------------------

    def _erase_another(self) -> bytes:
        room = self._room()
        last = self._device.cursors.get(room, ("", 1))[1]
        data = {"room": room, "sequence": max(last - self._rng.randrange(9), 1)}
        return self._device.write("erase", data)

    def _punish(self) -> bytes:
        rng = self._rng
        kind = rng.choice(("kick", "mute", "mute", "ban"))
        data: dict[str, object] = {"name": rng.choice(self._names)}
        if kind == "kick" or rng.random() < 0.6:
            data["room"] = rng.choice(ROOMS)
        if kind != "kick":
            data["seconds"] = rng.choice(SECONDS)
        return self._device.write(kind, data)

    def _lift(self) -> bytes:
        rng = self._rng
        data = {"name": rng.choice(self._names)}
        if rng.random() < 0.6:
            data["room"] = rng.choice(ROOMS)
        return self._device.write(rng.choice(("unmute", "unban")), data)

    def _set(self) -> bytes:
        rng = self._rng
        settings: list[dict[str, object]]
        settings = [{"locked": True}, {"locked": False}, {"slow": 2}, {"slow": 0}]
        setting = rng.choice(settings)
        return self._device.write("set", {"room": rng.choice(ROOMS), **setting})

    def _invite(self) -> bytes:
        data = {"room": "den", "name": self._rng.choice(self._names), "seconds": 60}
        return self._device.write("invite", data)
