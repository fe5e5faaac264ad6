"""The end of the output to a slow terminal."""

import os
import threading

import pytest

from parlour.client.terminal.output_stream import WRITE_SIZE, OutputStream
from tests.client.client_process import wait_until

NO_WRAP = "\x1b[?7l"
WRAP = b"\x1b[?7h"


def test_a_slow_terminal_is_restored_right_after_the_current_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader, writer = os.pipe()
    monkeypatch.setattr("parlour.client.terminal.output_stream.STANDARD_OUTPUT", writer)
    read = bytearray()

    def read_all() -> None:
        while data := os.read(reader, 4096):
            read.extend(data)

    stream = OutputStream(lambda: None)
    stream.write(NO_WRAP + "x" * 300_000)
    stream.flush()  # the stream is full, since nothing reads
    stream.finish(0)
    thread = threading.Thread(target=read_all)
    thread.start()
    wait_until(lambda: read.endswith(b"\x1b[0m"), "end")
    os.close(writer)
    thread.join()
    os.close(reader)

    assert WRAP in read[-WRITE_SIZE:]
    # The buffer of a pipe, and the last write.
    assert len(read) < 65_536 + 2 * WRITE_SIZE
