"""Peers with accounts, in the session dialect."""

from typing import Any

from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.session_peers import SOON, read_events

PASSWORD = "correct horse"


def connect_guest(server: FakeServer, name: str | None, **more: object) -> FakePeer:
    """Connect the session of a guest that knows rooms."""
    data: dict[str, object] = {"version": 1, "rooms": ["lobby"], **more}
    if name is not None:
        data["name"] = name
    return greet(server, data)


def connect_account(server: FakeServer, name: str, **more: object) -> FakePeer:
    """Connect a session that signs in, by default with `PASSWORD`."""
    data: dict[str, object] = {"version": 1, "rooms": [], "account": name, **more}
    if "key" not in more:
        data.setdefault("password", PASSWORD)
    return greet(server, data)


def greet(
    server: FakeServer,
    data: dict[str, object],
    *,
    network: str = "",
    is_secure: bool = True,
) -> FakePeer:
    """Connect a peer that sends hello with *data*."""
    peer = server.connect(network=network, is_secure=is_secure)
    peer.send(line("hello", data))
    server.wait(SOON)
    return peer


def register(
    server: FakeServer, name: str, *, device: str = "", rooms: tuple[str, ...] = ()
) -> FakePeer:
    """Connect a guest, who registers with `PASSWORD`; drop what it received."""
    peer = connect_guest(server, name, rooms=["lobby", *rooms])
    peer.send(line("register", {"password": PASSWORD, "device": device}))
    return peer


def told(peer: FakePeer) -> list[str]:
    """Return what a peer received since the last call, each in a few words."""
    return [_brief(each["type"], each["data"]) for each in read_events(peer)]


def _brief(kind: str, data: dict[str, Any]) -> str:
    room = data.get("room", "")
    match kind:
        case "welcome":
            return f"welcome {data['you']}"
        case "account":
            facts = [f"{data['name']}", data["role"]]
            facts += [f"device {data['device']}"] if "device" in data else []
            facts += ["with a key"] if "key" in data else []
            return f"account {', '.join(facts)}"
        case "room":
            return f"room {room}"
        case "joined" | "left":
            return f"{kind} {room} {data['name']}"
        case "renamed":
            return f"{data['name']} is {data['to']} in {room}"
        case "message":
            return f"{room} {data['source']}: {data['message']}"
        case "error":
            return f"error {data['code']} about {data.get('about')}"
        case "bye":
            return f"bye {data['code']}"
        case "devices":
            devices = [
                f"{each['device']} {each['label']}{' *' * each['current']}"
                for each in data["devices"]
            ]
            return f"devices {', '.join(devices)}"
        case "act":
            facts = [data.get("by", "the operator"), data["action"]]
            facts += [data["name"]] if "name" in data else []
            reason = f": {data['reason']}" if "reason" in data else ""
            return f"{room}: {' '.join(facts)}{reason}"
        case "ignored":
            return f"ignored {' '.join(data['names'])}"
    return kind
