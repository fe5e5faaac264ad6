"""The names and addresses that mean this machine, here or to others.

The command line imports it, so it imports nothing that takes long to load.
"""

from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv6Address, ip_address


def is_own_name(name: str) -> bool:
    """Return whether *name* always means this machine, whoever looks it up."""
    return name.lower() == "localhost" or is_loopback(name.strip("[]"))


def names_for_others(names: Iterable[str], *, short: bool = False) -> list[str]:
    """Return those of *names*, of a certificate, by which others find this machine.

    A *short* name, without a dot, is one that others cannot look up in general: such
    names are returned only if there are no others, and if that is wanted.
    """
    known = [name for name in names if not is_own_name(name) and "*" not in name]
    found = [name for name in known if "." in name or is_address(name)]
    return found or (known if short else [])


def is_address(host: str) -> bool:
    """Return whether *host* is a numeric address that has no zone.

    A zone means something on this machine alone.
    """
    try:
        ip_address(host)
    except ValueError:
        return False
    return "%" not in host


def is_loopback(host: str) -> bool:
    """Return whether *host*, a numeric address, is a loopback address."""
    try:
        return ip_address(unmapped(host)).is_loopback
    except ValueError:
        return False


def unmapped(host: str) -> str:
    """Return the IPv4 address in *host* if that is an IPv4-mapped IPv6 address."""
    with suppress(ValueError):
        address = IPv6Address(host)
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
    return host
