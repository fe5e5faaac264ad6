"""A program in pipes."""

import signal
import subprocess

from .event_loop import PATIENCE, Output, Watch


class Program:
    """A process with a pipe for each of its streams."""

    def __init__(self, watch: Watch, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self._watch = watch
        self._process = process
        self.pid = process.pid
        self._stdout, self._stderr = process.stdout, process.stderr
        self.out = Output(watch, self._stdout.fileno())
        self.err = Output(watch, self._stderr.fileno())

    def type(self, *lines: str) -> None:
        """Give it *lines* to read."""
        self.feed("".join(f"{line}\n" for line in lines).encode())

    def feed(self, data: bytes) -> None:
        """Give it *data* to read."""
        assert self._process.stdin is not None
        self._watch.write(self._process.stdin.fileno(), data)

    def close_input(self) -> None:
        """Let its input end."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def close_output(self) -> None:
        """Stop reading what it says, as `head` does when it has enough."""
        self._watch.ignore(self._stdout.fileno())
        self._stdout.close()
        self.out.ended = True

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Wait until it ends; return its status as a shell would tell it."""
        self.out.hear_end()
        self.err.hear_end()
        return self.wait_unread()

    def has_ended(self, seconds: float) -> bool:
        """Tell whether it ends within so many *seconds*."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def wait_unread(self) -> int:
        """Wait until it ends, though nobody reads what it says; return its status."""
        status = self._process.wait(PATIENCE)
        return status if status >= 0 else 128 - status

    def stop(self) -> int:
        """Ask it to end, and wait until it has."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def end(self) -> None:
        """End it, however it is, and give back what it holds."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._stdout, self._stderr):
            if pipe is not None and not pipe.closed:
                self._watch.ignore(pipe.fileno())
                pipe.close()
