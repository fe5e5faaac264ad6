import os
import platform
import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, sys, threading
if sys.argv[1:]:
    from parlour.system.memory_arenas import use_one_arena
    use_one_arena()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
barrier = threading.Barrier(5)
def allocate():
    libc.malloc(100_000)
    barrier.wait()
threads = [threading.Thread(target=allocate) for _ in range(4)]
for each in threads: each.start()
barrier.wait()
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""


def arenas(*arguments: str) -> int:
    """Return from how many arenas a program with four threads allocates."""
    command = [sys.executable, "-c", PROGRAM, *arguments]
    others = {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=others
    )
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_all_threads_allocate_from_one_arena() -> None:
    assert arenas() > 1
    assert arenas("limited") == 1
