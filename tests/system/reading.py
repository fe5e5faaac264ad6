"""Read a given number of bytes from a descriptor."""

from parlour.system.descriptors import read_some


def read_exactly(descriptor: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += read_some(descriptor, size - len(data))
    return data
