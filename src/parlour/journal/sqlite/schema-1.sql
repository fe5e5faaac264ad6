-- The first shape of a history. Never edit it: a change is a file of its own.

PRAGMA application_id = 0x5041524C; -- "PARL"

-- One row: which incarnation of the history this is.
CREATE TABLE about (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch TEXT NOT NULL
) STRICT;

-- What is kept of a room begins after the sequence `floor`; so many bytes were said
-- up to there. Messages up to `indexed` can be found by their words in `word`.
CREATE TABLE room (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    floor INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    indexed INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

-- `place` is the room's id and the sequence in one number: id << 40 | sequence.
-- `time` is in microseconds since 1970. `start` is how many bytes, of sources and
-- texts, were said in the room before. `checksum` is the CRC-32 of the other columns.
CREATE TABLE message (
    place INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    start INTEGER NOT NULL,
    source TEXT NOT NULL,
    text TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

-- Drafts that must not be recorded twice, in the order of recording.
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
