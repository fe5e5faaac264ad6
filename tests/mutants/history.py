"""Mistakes in what is stored, and when."""

from typing import Final

from tests.mutants.mutant import Mutant

MUTANTS: Final = (
    Mutant(
        "a batch is reported before it is recorded",
        "journal/recorder.py",
        "                error: StorageError | None = None\n                try:\n"
        "                    self._store.append(pending.batch)",
        "                error: StorageError | None = None\n"
        "                pending.on_recorded(None)\n                try:\n"
        "                    self._store.append(pending.batch)",
        ("tests/journal/test_recorder.py",),
    ),
    Mutant(
        "a refused batch is shown",
        "journal/recorder.py",
        "                on_recorded, pending = pending.on_recorded, None\n"
        "                on_recorded(error)",
        "                on_recorded, pending = pending.on_recorded, None\n"
        "                on_recorded(None)",
        ("tests/journal/test_recorder.py",),
    ),
    Mutant(
        "commits are not synced to the disk",
        "journal/sqlite/connections.py",
        "PRAGMA synchronous = FULL",
        "PRAGMA synchronous = NORMAL",
        ("tests/journal/sqlite/test_syscalls.py",),
    ),
    Mutant(
        "the write-ahead log has no limit",
        "journal/sqlite/checkpoint.py",
        "if self.has_pages(MAX_PAGES) and not self._restart():",
        "if self.has_pages(100 * MAX_PAGES) and not self._restart():",
        ("tests/journal/sqlite/test_checkpoint.py",),
    ),
    Mutant(
        "a changed message is not noticed",
        "journal/sqlite/rows.py",
        "return crc32(data)",
        "return 0",
        ("tests/journal/sqlite/test_damage.py",),
    ),
    Mutant(
        "an import takes messages out of order",
        "journal/tools/importing.py",
        "if sequence != unused + 1:",
        "if sequence <= unused:",
        ("tests/journal/tools/test_importing.py",),
    ),
    Mutant(
        "a backup is restored over a history that is in use",
        "journal/tools/backup.py",
        "    with WriteLock(target):",
        "    if target:",
        ("tests/journal/tools/test_restore.py", "tests/journal/tools/test_backup.py"),
    ),
)
