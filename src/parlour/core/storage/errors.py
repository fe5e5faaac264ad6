"""A failure of a store."""


class StorageError(Exception):
    """A failure to record a batch or to read a page.

    *code* is a permanent identifier for programs, and *reason* is a text for people;
    neither contains a path. If *is_outcome_unknown*, the batch may or may not have been
    recorded. A store that raises such an error records nothing afterwards, and the
    server has to stop.
    """

    def __init__(
        self, code: str, reason: str, *, is_outcome_unknown: bool = False
    ) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason
        self.is_outcome_unknown = is_outcome_unknown
