"""The proxy carries out what its plan says, on real sockets."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from .faults import Fault, Kind, Plan, Way
from .proxy import ChaosProxy

TIMEOUT = 10.0  # seconds
ONE = frozenset({0})

Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def fault(kind: Kind, way: Way = Way.TO_SERVER) -> Fault:
    """Return a fault of link 0 that begins at once, and ends when it has begun."""
    seconds = 0.0 if kind not in {Kind.BLACK_HOLE, Kind.ONE_WAY} else 0.2
    return Fault(kind, 0.0, seconds, ONE, way, 0.0)


def play(plan: Plan, act: Callable[[ChaosProxy, Client], Awaitable[None]]) -> None:
    """Connect a client through a proxy to a server that echoes its bytes."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1000):
                writer.write(data)
            writer.write(b"goodbye")
        except OSError:
            pass
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with asyncio.timeout(TIMEOUT), ChaosProxy(plan, [port], 7) as proxy:
            client = await asyncio.open_connection("127.0.0.1", proxy.ports[0])
            client[1].write(b"hello")
            assert await client[0].readexactly(5) == b"hello"
            await act(proxy, client)
            client[1].close()
        server.close()

    asyncio.run(run())


def test_without_a_fault_bytes_and_both_ends_pass() -> None:
    async def act(proxy: ChaosProxy, client: Client) -> None:
        await proxy.carry_out()
        client[1].write_eof()
        assert await client[0].read() == b"goodbye"

    play(Plan([]), act)


@pytest.mark.parametrize("kind", [Kind.RESET, Kind.RESET_ALL])
def test_a_reset_reaches_the_client(kind: Kind) -> None:
    async def act(proxy: ChaosProxy, client: Client) -> None:
        await proxy.carry_out()
        with pytest.raises(ConnectionResetError):
            await client[0].read()
        assert proxy.done[kind] == 1

    play(Plan([fault(kind)]), act)


def test_a_half_close_to_the_server_lets_its_answer_pass() -> None:
    async def act(proxy: ChaosProxy, client: Client) -> None:
        await proxy.carry_out()
        assert await client[0].read() == b"goodbye"

    play(Plan([fault(Kind.HALF_CLOSE)]), act)


def test_a_half_close_to_the_client_is_an_end_for_it() -> None:
    async def act(proxy: ChaosProxy, client: Client) -> None:
        await proxy.carry_out()
        assert await client[0].read() == b""

    play(Plan([fault(Kind.HALF_CLOSE, Way.TO_CLIENT)]), act)


def test_a_black_hole_is_of_both_directions() -> None:
    async def act(proxy: ChaosProxy, client: Client) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(proxy.carry_out())
            await asyncio.sleep(0)
            client[1].write(b"lost")
        (connection,) = proxy.connections(0)
        assert all(half.direction.is_dead for half in connection.halves.values())

    play(Plan([fault(Kind.BLACK_HOLE)]), act)


@pytest.mark.parametrize("way", Way)
def test_a_connection_stays_dead_after_a_cut_and_a_new_one_works(way: Way) -> None:
    async def act(proxy: ChaosProxy, client: Client) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(proxy.carry_out())
            await asyncio.sleep(0)
            client[1].write(b"lost")
        assert proxy.cut == 1
        client[1].write(b"lost, too")

        again = await asyncio.open_connection("127.0.0.1", proxy.ports[0])
        again[1].write(b"new")
        assert await again[0].readexactly(3) == b"new"
        again[1].close()
        client[1].write_eof()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):  # neither bytes nor an end
                await client[0].read()

    play(Plan([fault(Kind.ONE_WAY, way)]), act)
