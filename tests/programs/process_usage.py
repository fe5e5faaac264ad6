"""What a process uses, as Linux reports it."""

from pathlib import Path

RESET_PEAK = "5"  # what Linux wants in `clear_refs`


def status_of(pid: int) -> dict[str, int]:
    """Return the numbers in `/proc/PID/status`; sizes are in KiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = (line.partition(":")[::2] for line in lines)
    return {
        name: int(value.split()[0])
        for name, value in fields
        if value.split()[:1] and value.split()[0].isdigit()
    }


def memory_of(pid: int) -> int:
    """Return the memory of a process in RAM, in bytes."""
    return status_of(pid)["VmRSS"] << 10


def peak_memory_of(pid: int) -> int:
    """Return the most memory since the last `reset_peak`, in bytes."""
    return status_of(pid)["VmHWM"] << 10


def reset_peak(pid: int) -> None:
    """Measure the peak of memory from now on."""
    Path(f"/proc/{pid}/clear_refs").write_text(RESET_PEAK)


def descriptors_of(pid: int) -> int:
    """Return how many file descriptors a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
