"""The handshake of a WebSocket: who may open it, and as whom."""

from typing import NamedTuple

from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from parlour.core.ports import Peer, Server
from parlour.core.state.signed_in import SignedInAccount

from .accounts import SIGN_IN_REQUIRED, find_account
from .cookies import Credentials, expired_cookies, parse_cookies
from .forwarded import FORWARDED_FOR, FORWARDED_PROTO, find_sender
from .host_checks import check_origin
from .ports import Gateway
from .requests import RequestError


class Handshake(NamedTuple):
    """The response to a handshake of *peer*; *key* is that of an account, if any."""

    response: Response
    peer: Peer
    key: Credentials | None = None


def respond(
    gateway: Gateway,
    protocol: ServerProtocol,
    request: Request,
    address: tuple[str, int],
    *,
    has_tls: bool,
) -> Handshake:
    """Return the response to a *request* from *address* for a WebSocket."""
    headers = request.headers
    host, origins = headers.get("Host", ""), headers.get_all("Origin")
    origin = ", ".join(origins) if origins else None
    sender = find_sender(
        gateway.origins.proxies,
        address,
        headers.get_all(FORWARDED_FOR),
        headers.get_all(FORWARDED_PROTO),
        has_tls=has_tls,
    )
    cookies = parse_cookies(
        *("; ".join(headers.get_all("Cookie")), host, gateway.prefix),
        is_secure=sender.is_encrypted,
    )
    has_cookie = cookies.has_account
    peer = gateway.origins.peer(sender, origin)
    try:
        check_origin(
            *(gateway.origins, peer.host, host, origin),
            has_cookie=has_cookie,
            has_tls=sender.is_encrypted,
        )
    except RequestError as exc:
        return Handshake(protocol.reject(exc.status, f"{exc}\n"), peer)
    if gateway.is_closing:
        response = protocol.reject(503, "The server is shutting down.\n")
        return Handshake(response, peer)
    key = cookies.key
    if key is not None and not is_valid(gateway.server, key, peer):
        key = None
    if key is None and gateway.requires_account:
        return Handshake(protocol.reject(403, f"{SIGN_IN_REQUIRED}\n"), peer)
    response = protocol.accept(request)
    if has_cookie and key is None:  # the script notices that nobody is signed in
        for header in expired_cookies(host, gateway.prefix):
            response.headers["Set-Cookie"] = header
    return Handshake(response, peer, key)


def is_valid(server: Server, key: Credentials, peer: Peer) -> bool:
    """Return whether *peer* can sign in with *key*. Called in the gateway's loop."""
    found: list[SignedInAccount | None] = []
    find_account(server, peer, key, found.append)
    return found[0] is not None
