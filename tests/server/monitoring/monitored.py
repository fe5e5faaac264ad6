"""A monitor on a free port, for a server that a test runs."""

import socket

from parlour.core.hosts import AllowedHosts
from parlour.server.monitoring.exposition import Exposition
from parlour.server.monitoring.monitor import Monitor
from parlour.server.monitoring.versions import versions
from parlour.server.sockets import listen

from .scraping import TIMEOUT


class Monitored:
    """A monitor, and the port on which it answers."""

    def __init__(self) -> None:
        listeners = listen("127.0.0.1", 0)
        self.port = listeners[0].getsockname()[1]
        hosts = AllowedHosts(["metrics.example.org"])
        self.monitor = Monitor(listeners, hosts, Exposition(versions("async")))

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
