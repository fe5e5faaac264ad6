-- The first schema of a history. Never change a statement: add a migration instead.

PRAGMA application_id = 0x5041524C; -- "PARL"

-- One row. `epoch` identifies the history; a recreated history has a different one.
CREATE TABLE about (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch TEXT NOT NULL
) STRICT;

-- The stored messages of a room begin after the sequence `floor`. `bytes` is the size
-- of the sources and texts of all messages up to there. `word` indexes the messages up
-- to the sequence `indexed`.
CREATE TABLE room (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    floor INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    indexed INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

-- `place` is the room's id and the sequence in one number: id << 40 | sequence.
-- `time` is in microseconds since 1970. `start` is the size, in bytes, of the sources
-- and texts of all earlier messages of the room. `checksum` is the CRC-32 of the other
-- columns.
CREATE TABLE message (
    place INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    start INTEGER NOT NULL,
    source TEXT NOT NULL,
    text TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

-- The idempotency keys of recorded messages, in the order of recording.
CREATE TABLE key (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    place INTEGER NOT NULL,
    time INTEGER NOT NULL
) STRICT;

CREATE VIRTUAL TABLE word USING fts5 (
    text,
    content = 'message',
    content_rowid = 'place',
    tokenize = 'unicode61 remove_diacritics 2'
);
