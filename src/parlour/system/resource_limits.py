"""Resources that the system limits: open files, threads, memory."""

import errno
import resource
from contextlib import suppress
from typing import Final

SCARCE: Final = {
    errno.EMFILE: "open files",
    errno.ENFILE: "open files",
    errno.ENOMEM: "memory",
    errno.EAGAIN: "threads or memory",
}


class ShortageError(Exception):
    """The system allows too little of a resource, which the message names."""


def raise_descriptor_limit(needed: int = 0) -> int:
    """Allow as many descriptors as the system lets us, and return how many.

    Raises ShortageError if they are fewer than *needed*.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):  # some systems lie about the hard one
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = 1 << 20 if soft == resource.RLIM_INFINITY else soft
    if allowed < needed:
        raise ShortageError(
            f"the system allows {allowed} open files and {needed} are needed: "
            f"raise the limit, as with 'ulimit -n {needed}'"
        )
    return allowed


def shortage(exc: Exception) -> str:
    """Return which resource is exhausted according to *exc*, or ""."""
    if isinstance(exc, MemoryError):
        return "memory"
    if isinstance(exc, RuntimeError) and "start new thread" in str(exc):
        return "threads or memory"
    if isinstance(exc, ImportError) and "failed to map" in str(exc):
        return "memory"
    return SCARCE.get(exc.errno or 0, "") if isinstance(exc, OSError) else ""
