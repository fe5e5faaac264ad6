"""How long we were away: told once when it begins, and once when it is over."""

from .display_items import Note


class Outage:
    """The time from the last word heard on a connection that was lost to the next."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._seconds: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether there is a connection again, and that has not been told."""
        return self._seconds is not None

    def begin(self, heard_at: float) -> bool:
        """Know that the connection is lost; False if that was told, and no return.

        *heard_at* is when the last word was heard on it.
        """
        if self._since is not None:
            return False
        self._since = heard_at
        return True

    def connected(self, now: float) -> None:
        """Know that there is a connection, whether it is any good or not."""
        self._seconds = None if self._since is None else now - self._since

    def heard(self, now: float) -> None:
        """Know that the server has said a word on the connection that there is."""
        if self._seconds is not None and self._since is not None:
            self._seconds = now - self._since

    def end(self, what: str) -> list[Note]:
        """Return what tells once in how long, and to *what*, we have come back."""
        if self._seconds is None:
            return []
        after = f"Reconnected after {round(self._seconds):,} s"
        self._since = self._seconds = None
        return [Note(f"{after}, {what}" if what else after)]
