"""A member that does not read is its own trouble, and nobody else's."""

import json
from contextlib import suppress
from threading import Thread

from parlour.core.limits import MAX_BATCH_CHARACTERS, Limits
from tests.server.running_servers import Serve, SocketPeer
from tests.server.test_drivers import entered, heard, message, on_both

TEXT = "x" * 4000
FLOOD = 6000  # lines of TEXT: 24 MB, far more than the system holds for a socket


def flood(speaker: SocketPeer, lines: int) -> None:
    """Let *speaker* say so much, hearing all of it, a few lines at a time."""
    for start in range(0, lines, 20):
        numbers = range(start, start + 20)
        speaker.send(b"".join(message(f"{number} {TEXT}") for number in numbers))
        for number in numbers:
            assert heard(speaker) == (speaker.address, f"{number} {TEXT}")


@on_both
def test_who_never_reads_is_cut_off_and_not_noticed(serve: Serve) -> None:
    with serve(Limits(stall_timeout=0.5)) as running:
        deaf = entered(running.connect(receive_buffer=4096))
        romeo = entered(running.connect())
        said, notices = 0, list[tuple[str, str]]()
        while not notices or said < FLOOD:
            romeo.send(message(f"{said} {TEXT}"))
            while (line := heard(romeo)) != (romeo.address, f"{said} {TEXT}"):
                notices.append(line)  # whenever it comes
            said += 1

        # The others hear that it left, and nothing else happened to them.
        assert notices == [("[Server]", f"{deaf.address} has left the chat")]
        assert running.hub.counters.closed["stalled"] == 1


@on_both
def test_who_reads_late_hears_of_the_gap_and_then_the_rest(serve: Serve) -> None:
    with serve(Limits(stall_timeout=60.0, recent_events_bytes=100_000)) as running:
        late = entered(running.connect(receive_buffer=4096))
        romeo = entered(running.connect())
        flood(romeo, FLOOD)
        romeo.send(message("the end"))
        numbers, missed = [], 0
        heard(late)  # romeo has entered
        while (said := heard(late)) != (romeo.address, "the end"):
            if said[0] == "[Server]":
                words = said[1].split()
                assert words[:4] == ["you", "fell", "behind", "and"]
                missed += int(words[5].replace(",", ""))
            else:
                numbers.append(int(said[1].split()[0]))

        assert missed > 0
        assert len(numbers) + missed == FLOOD
        assert numbers == sorted(set(numbers))


@on_both
def test_who_reads_late_hears_all_that_the_log_holds(serve: Serve) -> None:
    with serve(Limits(stall_timeout=60.0, recent_events_bytes=64 << 20)) as running:
        late = entered(running.connect(receive_buffer=4096))
        romeo = entered(running.connect())
        flood(romeo, FLOOD)
        heard(late)  # romeo has entered

        assert [heard(late)[1].split()[0] for _ in range(FLOOD)] == [
            str(number) for number in range(FLOOD)
        ]
        assert running.hub.room.delivery.missed_count == 0


@on_both
def test_what_waits_for_one_member_is_bounded(serve: Serve) -> None:
    limits = Limits(stall_timeout=60.0, recent_events_bytes=100_000)
    with serve(limits) as running:
        entered(running.connect(receive_buffer=4096))
        romeo = entered(running.connect())
        flood(romeo, FLOOD)

        assert running.hub.room.recent_events.size <= 2 * limits.recent_events_bytes
        assert running.hub.room.delivery.lagging_count == 1


@on_both
def test_who_asks_and_never_reads_is_not_heard_for_ever(serve: Serve) -> None:
    with serve(Limits(stall_timeout=0.5)) as running:
        romeo = entered(running.connect())
        flood(romeo, 200)
        greedy = entered(running.connect(receive_buffer=4096))
        heard(romeo)
        greedy.sock.settimeout(0.1)
        with suppress(TimeoutError):  # its input is not taken any more
            for _ in range(1000):
                greedy.send(b'{"type":"history"}\n' * 1000)

        assert heard(romeo) == ("[Server]", f"{greedy.address} has left the chat")
        assert running.hub.counters.closed["stalled"] == 1


@on_both
def test_a_reset_while_being_written_to_harms_nobody(serve: Serve) -> None:
    with serve(Limits()) as running:
        victims = [entered(running.connect(receive_buffer=4096)) for _ in range(10)]
        romeo = entered(running.connect())
        romeo.send(b"".join(message(f"{number} {TEXT}") for number in range(500)))
        for victim in victims:
            victim.reset()
        romeo.send(message("the end"))

        left, said = 0, 0
        while (line := json.loads(romeo.receive())["data"])["message"] != "the end":
            left += line["source"] == "[Server]"
            said += line["source"] == romeo.address
        while left < len(victims):
            left += heard(romeo)[1].endswith("has left the chat")
        assert said == 500


@on_both
def test_however_much_is_said_the_log_has_its_bound(serve: Serve) -> None:
    limits = Limits(recent_events_bytes=1 << 20)
    with serve(limits) as running:
        peers = [entered(running.connect()) for _ in range(4)]
        sizes: list[int] = []

        def shout(peer: SocketPeer) -> None:
            peer.send(b"".join(message(f"{n} {TEXT[:1000]}") for n in range(3000)))

        def listen(peer: SocketPeer, events: int) -> None:
            while events:
                source, text = heard(peer)
                is_gap = source == "[Server]" and "missed" in text
                events -= int(text.split()[5].replace(",", "")) if is_gap else 1
                sizes.append(running.hub.room.recent_events.size)

        busy = [Thread(target=shout, args=(peer,)) for peer in peers]
        for number, peer in enumerate(peers):
            later = len(peers) - 1 - number  # whose coming it hears
            busy.append(Thread(target=listen, args=(peer, later + 4 * 3000)))
        for thread in busy:
            thread.start()
        for thread in busy:
            thread.join()

        # What it keeps, and the one batch that is being told.
        assert (
            max(sizes) <= limits.recent_events_bytes * 5 // 4 + 2 * MAX_BATCH_CHARACTERS
        )
