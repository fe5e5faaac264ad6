"""The server takes both addresses of localhost: nobody else can listen there."""

import errno
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from parlour.server import listeners
from parlour.server.config import Config, PortNames, Web
from parlour.server.listeners import Listener, open_listeners
from parlour.server.sockets import ListenError, listen
from tests.ipv6 import has_ipv6, needs_ipv6
from tests.programs.launch import free_port


@contextmanager
def listening_on(host: str, port: int = 0) -> Iterator[Listener]:
    with closing(Listener.open(host, port)) as found:
        yield found


def listen_elsewhere(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


@needs_ipv6
@pytest.mark.parametrize(
    ("host", "other"),
    [("127.0.0.1", "::1"), ("::1", "127.0.0.1"), ("0.0.0.0", "::1")],
)
def test_the_other_address_of_localhost_is_taken_too(host: str, other: str) -> None:
    with listening_on(host) as found:
        port = found.own[0].getsockname()[1]

        socket.create_connection((other, port)).close()
        with pytest.raises(OSError, match="in use"):
            listen_elsewhere(other, port)

        assert len(found.own) == 1
        assert found.taken == []


@pytest.mark.parametrize("host", ["localhost", "::", "", "127.0.0.2"])
def test_other_hosts_have_no_further_listener(host: str) -> None:
    if ":" in host and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with listening_on(host) as found:
        covered = {str(sock.getsockname()[0]) for sock in found.all}

        assert not found.others or covered == {"127.0.0.1", "::1"}


@needs_ipv6
@pytest.mark.parametrize(
    ("host", "other", "shown"),
    [("127.0.0.1", "::1", "[::1]"), ("::1", "127.0.0.1", "127.0.0.1")],
)
def test_a_server_serves_although_another_program_has_the_other_address(
    host: str, other: str, shown: str
) -> None:
    port = free_port()
    with listen_elsewhere(other, port), listening_on(host, port) as found:
        assert len(found.all) == 1
        assert found.taken == [f"{shown}:{port}"]


@needs_ipv6
def test_any_free_port_is_free_at_both_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ports = list[int]()
    with listen_elsewhere("::1", first := free_port()):

        def listen_at_taken(
            host: str, port: int, names: PortNames
        ) -> list[socket.socket]:
            ports.append(port)
            return listen(host, first if len(ports) == 1 else port, names)

        monkeypatch.setattr(listeners, "listen", listen_at_taken)
        with listening_on("127.0.0.1") as found:
            assert ports == [0, 0]
            assert found.taken == []
            assert found.own[0].getsockname()[1] != first
            assert {sock.getsockname()[1] for sock in found.all} == {
                found.own[0].getsockname()[1]
            }


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.EAFNOSUPPORT, "no IPv6"), (errno.EACCES, "only root may use the port")],
)
def test_an_address_that_no_other_user_can_take_needs_no_listener(
    monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    def refuse(*_: object, **__: object) -> socket.socket:
        raise OSError(number, reason)

    monkeypatch.setattr(listeners, "listen_at", refuse)

    with listening_on("127.0.0.1") as found:
        assert len(found.all) == 1
        assert found.taken == []


@needs_ipv6
def test_the_other_address_is_taken_too_for_each_port_of_inherited_sockets() -> None:
    inherited = [listen_elsewhere("127.0.0.1", 0), listen_elsewhere("::1", 0)]
    first, second = (sock.getsockname()[1] for sock in inherited)
    with closing(Listener.take_over(inherited)) as found:
        names = {sock.getsockname()[:2] for sock in found.all}

        assert names == {
            ("127.0.0.1", first),
            ("::1", first),
            ("127.0.0.1", second),
            ("::1", second),
        }
        assert found.own == inherited
        assert found.taken == []


@needs_ipv6
def test_inherited_sockets_at_both_addresses_are_all_that_is_needed() -> None:
    inherited = [listen_elsewhere("127.0.0.1", 0)]
    inherited.append(listen_elsewhere("::1", inherited[0].getsockname()[1]))
    with closing(Listener.take_over(inherited)) as found:
        assert found.all == inherited


@needs_ipv6
def test_a_program_at_the_other_address_of_an_inherited_socket_is_noticed() -> None:
    with listen_elsewhere("::1", port := free_port()):
        inherited = [listen_elsewhere("127.0.0.1", port)]
        with closing(Listener.take_over(inherited)) as found:
            assert found.taken == [f"[::1]:{port}"]


@needs_ipv6
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_page_takes_another_port_if_the_default_one_is_taken_at_either_address(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    with listen_elsewhere(host, port := free_port()):
        monkeypatch.setattr(listeners, "WEB_PORT", port)
        found = open_listeners(Config(port=0, web=Web()), {})
        with closing(found.page), closing(found.plain):
            assert port < found.page.port < port + 20
            assert found.is_fallback_port
            assert found.taken == []


@needs_ipv6
def test_a_port_that_was_chosen_for_the_page_is_kept() -> None:
    with listen_elsewhere("::1", port := free_port()):
        found = open_listeners(Config(port=0, web=Web(port=port)), {})
        with closing(found.page), closing(found.plain):
            assert found.page.port == port
            assert found.taken == [f"[::1]:{port}"]


def test_nothing_listens_if_one_of_the_ports_is_in_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = list[Listener]()
    take_over = Listener.take_over

    def noted(sockets: list[socket.socket]) -> Listener:
        opened.append(take_over(sockets))
        return opened[-1]

    monkeypatch.setattr(Listener, "take_over", noted)
    port, in_use = free_port(), pytest.raises(ListenError, match="in use")
    with listen_elsewhere("127.0.0.1", port), in_use:
        open_listeners(Config(port=0, web=Web(port=port)), {})

    (chat,) = opened
    assert [sock.fileno() for sock in chat.all] == [-1] * len(chat.all)


@needs_ipv6
def test_the_page_takes_both_addresses_too() -> None:
    found = open_listeners(Config(port=0, web=Web(port=0)), {})
    sockets = found.page.all
    ports = {sock.getsockname()[1] for sock in sockets}
    hosts = {sock.getsockname()[0] for sock in sockets}
    is_local = found.is_local
    found.page.close()
    found.plain.close()

    assert len(ports) == 1
    assert hosts == {"127.0.0.1", "::1"}
    assert is_local
