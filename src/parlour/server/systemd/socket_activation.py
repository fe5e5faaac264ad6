"""Takes over sockets on which the service manager listens for the server.

The protocol is that of `sd_listen_fds(3)`: the sockets are the descriptors from 3 on,
and ``$LISTEN_FDNAMES`` has their names. Connections that arrive while the server
restarts wait in them.
"""

import os
import socket
from collections.abc import MutableMapping
from typing import Final

from ..config import PORTS

FIRST_DESCRIPTOR: Final = 3
MAX_SOCKETS: Final = 64

Inherited = dict[str, list[socket.socket]]
"""Sockets by their names."""


class ActivationError(Exception):
    """The sockets cannot be used. The text says why."""


def inherited_sockets(
    environment: MutableMapping[str, str],
) -> Inherited:
    """Return the sockets for this process by their names; remove the variables.

    A socket without a name is for the chat. Raises ActivationError.
    """
    owner = environment.pop("LISTEN_PID", "")
    count = environment.pop("LISTEN_FDS", "")
    names = environment.pop("LISTEN_FDNAMES", "")
    environment.pop("LISTEN_PIDFDID", None)
    if owner != str(os.getpid()) or not count.isdecimal():
        return {}
    if int(count) > MAX_SOCKETS:
        raise ActivationError(f"LISTEN_FDS is {count}, more than {MAX_SOCKETS}")
    named = names.split(":") if names else ["chat"] * int(count)
    if len(named) != int(count):
        raise ActivationError(f"LISTEN_FDNAMES has not {count} names: {names}")
    found: Inherited = {}
    for descriptor, name in enumerate(named, FIRST_DESCRIPTOR):
        if name not in PORTS:
            known = ", ".join(PORTS)
            hint = f"set FileDescriptorName to one of {known}"
            raise ActivationError(f"no use for a socket named {name}: {hint}")
        found.setdefault(name, []).append(_taken_over(descriptor, name))
    return found


def unused(name: str) -> str:
    """Return why a socket called *name* cannot be used with the settings."""
    setting = PORTS[name].port
    return f"there is a socket {name}, but no {setting}: set {setting}, to any port"


def _taken_over(descriptor: int, name: str) -> socket.socket:
    """Return the socket of a descriptor, which programs that we start do not get."""
    try:
        sock = socket.socket(fileno=descriptor)
    except OSError as exc:
        reason = f"the descriptor {descriptor} for {name} is no socket: {exc.strerror}"
        raise ActivationError(reason) from exc
    is_tcp = sock.family in {socket.AF_INET, socket.AF_INET6}
    is_tcp = is_tcp and sock.type == socket.SOCK_STREAM
    if not is_tcp or not sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        sock.close()
        hint = "use ListenStream= with a port, and Accept=no"
        raise ActivationError(f"the socket {name} does not listen for TCP: {hint}")
    sock.set_inheritable(False)
    return sock
