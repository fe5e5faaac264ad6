"""The rules of a server: who may take part, and who may register."""

from dataclasses import dataclass
from typing import Final, Literal

Guests = Literal["on", "read", "off"]
"""What somebody without an account may do: everything, only read, or nothing."""

GuestNames = Literal["address", "number"]
"""What guests are called who have chosen no name: their address, or `guest1`, ..."""

Registration = Literal["open", "invite", "closed"]
"""Who may register: everybody, somebody with a code of an administrator, or nobody."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that the administrator of a server chooses."""

    guests: Guests = "on"
    registration: Registration = "open"
    guest_names: GuestNames = "address"
    greeting: str = ""
    """What each new session is told, in lines that are safe to print; may be empty."""


DEFAULT_RULES: Final = Rules()
