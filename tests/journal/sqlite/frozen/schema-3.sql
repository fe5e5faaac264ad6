-- The third schema: accounts. Never change a statement: add a migration instead. New
-- columns are NULL in rows of older schemas.

-- `accounts` is the number of rows in `account`, and `last_account` the last id that
-- was used. Both are NULL until an account is created.
ALTER TABLE about ADD COLUMN accounts INTEGER;
ALTER TABLE about ADD COLUMN last_account INTEGER;

-- `account` is the id of the author's account; NULL for a guest, or if it is not known:
-- no program has stored it yet. The checksum covers this column, unless it is NULL.
ALTER TABLE message ADD COLUMN account INTEGER;

-- `password` is a hash with its parameters, and `generation` counts the passwords.
-- `role` is the number of the account's role on the server. `created` is in
-- microseconds since 1970. `is_enabled` is 1 or 0. `last_device` is the last number of
-- a device that was used. `devices`, `rooms` and `ignored` are the numbers of rows that
-- the account has in the tables below. `checksum` is the CRC-32 of the other columns
-- that are not NULL; so it is in the tables below.
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    generation INTEGER NOT NULL,
    role INTEGER NOT NULL,
    created INTEGER NOT NULL,
    is_enabled INTEGER NOT NULL,
    last_device INTEGER NOT NULL,
    devices INTEGER NOT NULL,
    rooms INTEGER NOT NULL,
    ignored INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

-- The devices of accounts. `key` is the hash of the device's key. `added` is in
-- microseconds since 1970.
CREATE TABLE device (
    account INTEGER NOT NULL,
    number INTEGER NOT NULL,
    key TEXT NOT NULL,
    label TEXT NOT NULL,
    added INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (account, number)
) STRICT, WITHOUT ROWID;

-- The rooms of accounts. `position` increases in the order in which the account entered
-- them. `room` is the id of the room. `read` is the last sequence that the account has
-- read in it; NULL if that is not known.
CREATE TABLE membership (
    account INTEGER NOT NULL,
    position INTEGER NOT NULL,
    room INTEGER NOT NULL,
    read INTEGER,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (account, position)
) STRICT, WITHOUT ROWID;

-- The names that accounts ignore. `position` increases in the order in which the
-- account ignored them. `key` is the conflict key of `name`.
CREATE TABLE ignored (
    account INTEGER NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (account, position)
) STRICT, WITHOUT ROWID;
