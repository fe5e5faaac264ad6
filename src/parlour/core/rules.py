"""The rules of a server: who may take part, and who may register."""

from dataclasses import dataclass, fields
from typing import Literal

Guests = Literal["on", "read", "off"]
"""What somebody without an account may do: everything, only read, or nothing."""

GuestNames = Literal["address", "number"]
"""What guests are called who have chosen no name: their address, or `guest1`, ..."""

Registration = Literal["open", "invite", "closed"]
"""Who may register: everybody, somebody with a code of an administrator, or nobody."""


@dataclass(slots=True)
class Rules:
    """The rules that the administrator of a server chooses.

    The hub and its gateways share one object, which changes when the administrator
    changes the rules of a running server. They read it where they apply a rule.
    """

    guests: Guests = "on"
    registration: Registration = "open"
    guest_names: GuestNames = "address"
    greeting: str = ""
    """The message of the day, in lines that are safe to print; may be empty."""

    @property
    def needs_code(self) -> bool:
        """Whether a code of an administrator is needed to register."""
        return self.registration == "invite"

    def change_to(self, others: "Rules") -> None:
        """Replace these rules with *others*. The owner of the hub calls this."""
        for each in fields(self):
            setattr(self, each.name, getattr(others, each.name))
