"""Members that do not read do not affect others, and their queues are bounded."""

import json
from contextlib import suppress
from threading import Thread

from parlour.core.limits import Limits
from tests.server.clients import joined, message_line, receive_message
from tests.server.running_servers import Serve, SocketPeer, on_both_drivers

TEXT = "x" * 4000
FLOOD = 6000  # lines of TEXT: 24 MB, far more than the system buffers for a socket


def flood(sender: SocketPeer, lines: int) -> None:
    """Send *lines* messages, and receive all of them, a few at a time."""
    for start in range(0, lines, 20):
        numbers = range(start, start + 20)
        sender.send(b"".join(message_line(f"{number} {TEXT}") for number in numbers))
        for number in numbers:
            assert receive_message(sender) == (sender.address, f"{number} {TEXT}")


@on_both_drivers
def test_a_member_that_never_reads_is_aborted_and_others_receive_its_leave(
    serve: Serve,
) -> None:
    with serve(Limits(stall_timeout=0.5)) as server:
        slow = joined(server.connect(receive_buffer=4096))
        romeo = joined(server.connect())
        sent, notices = 0, list[tuple[str, str]]()
        while not notices or sent < FLOOD:
            romeo.send(message_line(f"{sent} {TEXT}"))
            while (line := receive_message(romeo)) != (romeo.address, f"{sent} {TEXT}"):
                notices.append(line)
            sent += 1

        assert notices == [("[Server]", f"{slow.address} has left the chat")]
        assert server.hub.counters.closed["stalled"] == 1


@on_both_drivers
def test_a_late_reader_receives_the_gap_and_then_the_rest(serve: Serve) -> None:
    with serve(Limits(stall_timeout=60.0, recent_events_bytes=100_000)) as server:
        late = joined(server.connect(receive_buffer=4096))
        romeo = joined(server.connect())
        flood(romeo, FLOOD)
        romeo.send(message_line("the end"))
        numbers, missed = [], 0
        receive_message(late)  # the notice that romeo joined
        while (line := receive_message(late)) != (romeo.address, "the end"):
            if line[0] == "[Server]":
                words = line[1].split()
                assert words[:4] == ["you", "fell", "behind", "and"]
                missed += int(words[5].replace(",", ""))
            else:
                numbers.append(int(line[1].split()[0]))

        assert missed > 0
        assert len(numbers) + missed == FLOOD
        assert numbers == sorted(set(numbers))


@on_both_drivers
def test_a_late_reader_receives_all_recent_events(serve: Serve) -> None:
    with serve(Limits(stall_timeout=60.0, recent_events_bytes=64 << 20)) as server:
        late = joined(server.connect(receive_buffer=4096))
        romeo = joined(server.connect())
        flood(romeo, FLOOD)
        receive_message(late)  # the notice that romeo joined

        numbers = [receive_message(late)[1].split()[0] for _ in range(FLOOD)]
        assert numbers == [str(number) for number in range(FLOOD)]
        assert server.hub.delivery.reports.missed_count == 0


@on_both_drivers
def test_the_backlog_of_a_lagging_member_is_bounded(serve: Serve) -> None:
    limits = Limits(stall_timeout=60.0, recent_events_bytes=100_000)
    with serve(limits) as server:
        joined(server.connect(receive_buffer=4096))
        romeo = joined(server.connect())
        flood(romeo, FLOOD)

        assert server.hub.delivery.recent_size <= 2 * limits.recent_events_bytes
        assert len(server.hub.lagging) == 1


@on_both_drivers
def test_a_client_that_queries_and_never_reads_is_aborted(serve: Serve) -> None:
    with serve(Limits(stall_timeout=0.5)) as server:
        romeo = joined(server.connect())
        flood(romeo, 200)
        greedy = joined(server.connect(receive_buffer=4096))
        receive_message(romeo)
        greedy.sock.settimeout(0.1)
        # The server stops reading from it, and may abort it while it still sends.
        with suppress(TimeoutError, ConnectionError):
            for _ in range(1000):
                greedy.send(b'{"type":"history"}\n' * 1000)

        left = f"{greedy.address} has left the chat"
        assert receive_message(romeo) == ("[Server]", left)
        assert server.hub.counters.closed["stalled"] == 1


@on_both_drivers
def test_resets_during_a_delivery_do_not_affect_others(serve: Serve) -> None:
    with serve(Limits()) as server:
        victims = [joined(server.connect(receive_buffer=4096)) for _ in range(10)]
        romeo = joined(server.connect())
        burst = (message_line(f"{number} {TEXT}") for number in range(500))
        romeo.send(b"".join(burst))
        for victim in victims:
            victim.reset()
        romeo.send(message_line("the end"))

        left, received = 0, 0
        while (data := json.loads(romeo.receive())["data"])["message"] != "the end":
            left += data["source"] == "[Server]"
            received += data["source"] == romeo.address
        while left < len(victims):
            left += receive_message(romeo)[1].endswith("has left the chat")
        assert received == 500


@on_both_drivers
def test_recent_events_are_bounded_under_load(serve: Serve) -> None:
    limits = Limits(recent_events_bytes=1 << 20)
    with serve(limits) as server:
        peers = [joined(server.connect()) for _ in range(4)]
        sizes: list[int] = []

        def send_all(peer: SocketPeer) -> None:
            peer.send(b"".join(message_line(f"{n} {TEXT[:1000]}") for n in range(3000)))

        def receive_all(peer: SocketPeer, events: int) -> None:
            while events:
                source, text = receive_message(peer)
                is_gap = source == "[Server]" and "missed" in text
                events -= int(text.split()[5].replace(",", "")) if is_gap else 1
                sizes.append(server.hub.delivery.recent_size)

        threads = [Thread(target=send_all, args=(peer,)) for peer in peers]
        for number, peer in enumerate(peers):
            joined_later = len(peers) - 1 - number
            events = joined_later + 4 * 3000
            threads.append(Thread(target=receive_all, args=(peer, events)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        # The recent events, and the one batch that is being delivered.
        assert (
            max(sizes)
            <= limits.recent_events_bytes * 5 // 4 + 2 * limits.batch_characters
        )
