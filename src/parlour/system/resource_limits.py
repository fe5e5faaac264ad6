"""Resources that the system limits: open files, threads and memory."""

import errno
import resource
from contextlib import suppress
from typing import Final

RESOURCE_NAMES: Final = {
    errno.EMFILE: "open files",
    errno.ENFILE: "open files",
    errno.ENOMEM: "memory",
    errno.EAGAIN: "threads or memory",
}


class ResourceLimitError(Exception):
    """The limit of a resource is too low; the message names the resource."""


def raise_descriptor_limit(needed: int = 0) -> int:
    """Raise the limit of descriptors to the maximum, and return the new limit.

    Raises ResourceLimitError if it is lower than *needed*.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):  # some systems do not allow the hard limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = 1 << 20 if soft == resource.RLIM_INFINITY else soft
    if allowed < needed:
        raise ResourceLimitError(
            f"the system allows {allowed} open files and {needed} are needed: "
            f"raise the limit, as with 'ulimit -n {needed}'"
        )
    return allowed


def exhausted_resource(exc: Exception) -> str:
    """Return the resource that is exhausted according to *exc*, or ""."""
    if isinstance(exc, MemoryError):
        return "memory"
    if isinstance(exc, RuntimeError) and "start new thread" in str(exc):
        return "threads or memory"
    if isinstance(exc, ImportError) and "failed to map" in str(exc):
        return "memory"
    return RESOURCE_NAMES.get(exc.errno or 0, "") if isinstance(exc, OSError) else ""
