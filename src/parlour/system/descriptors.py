"""Read from and write to descriptors that somebody else may have made non-blocking."""

import os
import select
from io import RawIOBase
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

CHUNK: Final = 65_536  # bytes given to the system at a time


def read_some(descriptor: int, size: int) -> bytes:
    """Return up to *size* bytes once there are any; ``b""`` only at the end.

    Raises OSError for everything else.
    """
    while True:
        try:
            return os.read(descriptor, size)
        except BlockingIOError:
            select.select([descriptor], [], [])


def write_all(descriptor: int, data: "ReadableBuffer") -> None:
    """Write all of *data*, and wait where the descriptor takes nothing more.

    Raises OSError, after which nobody knows how much was written.
    """
    left = memoryview(data).cast("B")
    while left:
        try:
            left = left[os.write(descriptor, left[:CHUNK]) :]
        except BlockingIOError:
            select.select([], [descriptor], [])


class Descriptor(RawIOBase):
    """A raw stream on a descriptor, which it does not close."""

    def __init__(self, descriptor: int, mode: str) -> None:
        super().__init__()
        self._descriptor = descriptor
        self.mode = mode
        self.name = f"<{descriptor}>"

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def readable(self) -> bool:
        return self.mode == "r"

    def writable(self) -> bool:
        return self.mode == "w"

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        data = read_some(self._descriptor, len(view))
        view[: len(data)] = data
        return len(data)

    def write(self, data: "ReadableBuffer", /) -> int:
        write_all(self._descriptor, data)
        return memoryview(data).nbytes
