"""Read from and write to descriptors that another program may make non-blocking."""

import os
import select
from io import RawIOBase
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

WRITE_SIZE: Final = 65_536  # bytes in one write


def read_some(descriptor: int, size: int) -> bytes:
    """Wait for data, and return up to *size* bytes; ``b""`` means the end of file.

    Raises OSError if the read fails.
    """
    while True:
        try:
            return os.read(descriptor, size)
        except BlockingIOError:
            select.select([descriptor], [], [])


def write_all(descriptor: int, data: "ReadableBuffer") -> None:
    """Write all of *data*; block while the descriptor is full.

    Raises OSError if a write fails; a part of *data* may have been written then.
    """
    left = memoryview(data).cast("B")
    while left:
        try:
            left = left[os.write(descriptor, left[:WRITE_SIZE]) :]
        except BlockingIOError:
            select.select([], [descriptor], [])


class DescriptorStream(RawIOBase):
    """A raw stream on a descriptor, which stays open when the stream is closed."""

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
