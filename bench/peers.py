"""Other servers, from Debian's packages.

Each listens on the loopback only and stores nothing on disk. Its limits on the rate,
the queue and the number of clients are lifted, and look-ups of clients are off. Nothing
else is tuned.
"""

from pathlib import Path
from typing import Final

from .servers import Server

INSPIRCD: Final = """\
<config format="xml">
<server name="irc.test" description="test" network="test">
<admin name="test" nick="test" email="test@irc.test">
<bind address="127.0.0.1" port="{port}" type="clients">
<pid file="{place}/pid">
<path configdir="{place}" datadir="{place}" logdir="{place}" runtimedir="{place}">
<connect allow="*" fakelag="no" threshold="1000000000" commandrate="1000000000"
 recvq="16777216" softsendq="1073741824" hardsendq="1073741824" timeout="60"
 pingfreq="600" localmax="100000" globalmax="100000" limit="100000" useident="no"
 resolvehostnames="no" maxconnwarn="no" maxchans="1000">
<performance somaxconn="4096" softlimit="100000">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default"
 target="{place}/irc.log">
"""

NGIRCD: Final = """\
[Global]
Name = irc.test
Info = test
AdminInfo1 = test
Listen = 127.0.0.1
Ports = {port}
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 600
[Options]
DNS = no
Ident = no
PAM = no
"""

NATS: Final = """\
listen: "127.0.0.1:{port}"
max_connections: 100000
max_pending: 1073741824
write_deadline: "60s"
"""

MOSQUITTO: Final = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
max_queued_bytes 0
max_inflight_messages 0
set_tcp_nodelay true
"""


def write_config(place: Path, text: str, port: int) -> str:
    """Write the configuration *text* of a server to *place*, and return its path."""
    path = place / "conf"
    path.write_text(text.replace("{port}", str(port)).replace("{place}", str(place)))
    return str(path)


def _inspircd(port: int, place: Path) -> list[str]:
    config = write_config(place, INSPIRCD, port)
    return ["inspircd", "--runasroot", "--nofork", "--config", config]


def _redis(port: int, _: Path) -> list[str]:
    limits = ["--maxclients", "100000", "--client-output-buffer-limit", "pubsub 0 0 0"]
    where = ["--bind", "127.0.0.1", "--port", str(port)]
    return ["redis-server", *where, "--save", "", "--appendonly", "no", *limits]


PEERS: Final = (
    Server(
        "InspIRCd",
        "irc",
        _inspircd,
        lifted="fakelag off; threshold, commandrate, recvq and sendq huge; connections;"
        " channels of a user",
        version=("inspircd", "--version"),
        at_once=2000,  # it admits new clients once a second
    ),
    Server(
        "ngIRCd",
        "irc",
        lambda port, place: ["ngircd", "-n", "-f", write_config(place, NGIRCD, port)],
        lifted="MaxPenaltyTime 0; no bound on connections and on channels of a user",
        version=("ngircd", "--version"),
        at_once=8,  # its accept queue has ten places
    ),
    Server(
        "Redis",
        "redis",
        _redis,
        lifted="client-output-buffer-limit pubsub 0 0 0; connections",
        version=("redis-server", "--version"),
    ),
    Server(
        "nats-server",
        "nats",
        lambda port, place: ["nats-server", "-c", write_config(place, NATS, port)],
        lifted="max_pending 1 GiB, write_deadline 60 s; connections",
        version=("nats-server", "--version"),
    ),
    Server(
        "Mosquitto",
        "mqtt",
        lambda port, place: ["mosquitto", "-c", write_config(place, MOSQUITTO, port)],
        lifted="no bound on queued or in-flight messages; TCP_NODELAY on",
        version=("mosquitto", "-h"),
    ),
)
