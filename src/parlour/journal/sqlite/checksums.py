"""The checksum of a row whose columns may be NULL."""

from zlib import crc32

Field = int | str | None


def checksum(*fields: Field) -> int:
    """Return the checksum of a row with *fields*; those that are None do not count."""
    return crc32("\0".join(str(each) for each in fields if each is not None).encode())


def is_intact(row: tuple[Field, ...]) -> bool:
    """Return whether *row*, whose last field is its checksum, matches it."""
    return row[-1] == checksum(*row[:-1])
