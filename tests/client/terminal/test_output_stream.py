"""What is left on a terminal that is slow when the client ends."""

import os
import threading

import pytest

from parlour.client.terminal.output_stream import WRITE_SIZE, OutputStream
from tests.client.client_process import wait_until

NO_WRAP = "\x1b[?7l"
WRAP = b"\x1b[?7h"


def test_a_slow_terminal_is_restored_right_behind_what_was_being_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader, writer = os.pipe()
    monkeypatch.setattr("parlour.client.terminal.output_stream.STANDARD_OUTPUT", writer)
    read = bytearray()

    def take() -> None:
        while data := os.read(reader, 4096):
            read.extend(data)

    stream = OutputStream(lambda: None)
    stream.write(NO_WRAP + "x" * 300_000)
    stream.flush()  # nobody reads: it is full
    stream.finish(0)
    taker = threading.Thread(target=take)
    taker.start()
    wait_until(lambda: read.endswith(b"\x1b[0m"), "end")
    os.close(writer)
    taker.join()
    os.close(reader)

    assert WRAP in read[-WRITE_SIZE:]
    assert len(read) < 65_536 + 2 * WRITE_SIZE  # what a pipe holds, and the last piece
