-- The third schema: accounts and order. Never change a statement: add a migration instead. New
-- columns are NULL in rows of older schemas.

-- `accounts` is the number of rows in `account`, and `last_account` the last id that
-- was used. Both are NULL until an account is created.
ALTER TABLE about ADD COLUMN accounts INTEGER;
ALTER TABLE about ADD COLUMN last_account INTEGER;

-- `sanctions` is the number of rows in `sanction`, and `last_sanction` the last id that
-- was used. Both are NULL until somebody is muted or banned.
ALTER TABLE about ADD COLUMN sanctions INTEGER;
ALTER TABLE about ADD COLUMN last_sanction INTEGER;

-- `acts` is the number of rows in `act`, and `last_act` the last id that
-- was used. Both are NULL until there is an act.
ALTER TABLE about ADD COLUMN acts INTEGER;
ALTER TABLE about ADD COLUMN last_act INTEGER;

-- `invitations` is the number of rows in `invitation`, and `last_invitation` the last
-- number that an invitation had. Both are NULL until somebody is invited.
ALTER TABLE about ADD COLUMN invitations INTEGER;
ALTER TABLE about ADD COLUMN last_invitation INTEGER;

-- `is_locked` is 1 for a locked room, and `slow` the seconds of slow mode; `is_private` is
-- 1 for a private room. They are NULL otherwise. `roles` is the number of rows that the room has in `room_role`; NULL if
-- there are none. The checksum covers these columns, too, unless all are NULL.
ALTER TABLE room ADD COLUMN is_locked INTEGER;
ALTER TABLE room ADD COLUMN slow INTEGER;
ALTER TABLE room ADD COLUMN roles INTEGER;
ALTER TABLE room ADD COLUMN is_private INTEGER;

-- `one` and `other` are the ids of the two accounts of a direct room, in order; they are
-- NULL for any other room. The checksum covers these columns, too, unless they are NULL.
ALTER TABLE room ADD COLUMN one INTEGER;
ALTER TABLE room ADD COLUMN other INTEGER;

-- `account` is the id of the author's account, which may have been erased since; NULL for
-- a guest, or if it is not known. The checksum covers this column, unless it is NULL.
ALTER TABLE message ADD COLUMN account INTEGER;

-- A message that was erased has an empty `text`, and `erased` is the number of bytes
-- that it had; otherwise it is NULL. An erasure is a row, too: `target` is the sequence
-- of the message that it erases, `source` the name of the one who did it, and `text` is
-- empty. The checksum covers these columns, unless both are NULL.
ALTER TABLE message ADD COLUMN erased INTEGER;
ALTER TABLE message ADD COLUMN target INTEGER;
CREATE INDEX erased_message ON message (place, target)
WHERE erased IS NOT NULL OR target IS NOT NULL;

-- `unmerged` is 1 while the search index may have words of erased messages; otherwise it
-- is NULL.
ALTER TABLE about ADD COLUMN unmerged INTEGER;

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

-- The rooms of accounts, direct rooms among them. `position` increases in the order in
-- which the account entered them. `room` is the id of the room. `read` is the last sequence that the account has
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

-- The owner and the moderators of rooms. `position` increases in the order in which they
-- were appointed. `account` is the id of the account, and `role` the number of its role.
CREATE TABLE room_role (
    room INTEGER NOT NULL,
    position INTEGER NOT NULL,
    account INTEGER NOT NULL,
    role INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (room, position)
) STRICT, WITHOUT ROWID;

-- Mutes and bans, those that have ended included. `kind` is "mute" or "ban". `room` is
-- the name of the room; NULL for the server. `name` is how others knew the target, which
-- is the account `account`, or a guest: by `token` and `network`. What is not known of it
-- is 0 or empty. `actor` is the name of the one who did it. `since` and `until` are in
-- microseconds since 1970; `until` is NULL if only somebody ends it.
CREATE TABLE sanction (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    room TEXT,
    name TEXT NOT NULL,
    account INTEGER NOT NULL,
    token TEXT NOT NULL,
    network TEXT NOT NULL,
    actor TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    reason TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

-- The invitations, in order of `id`; those that have ended included. `room` is the name
-- of the room; NULL to make an account. `account` is the account that is invited, and
-- `name` its name; or `code` is the hash of a code, and the others are 0 and empty.
-- `actor` is the name of the one who invites; empty for the operator. `until` is in
-- microseconds since 1970. `is_ignored` is 1 if the account ignored the one who invites:
-- then the invitation has no effect. The invitations of guests are not stored.
CREATE TABLE invitation (
    id INTEGER PRIMARY KEY,
    room TEXT,
    actor TEXT NOT NULL,
    until INTEGER NOT NULL,
    name TEXT NOT NULL,
    account INTEGER NOT NULL,
    code TEXT NOT NULL,
    is_ignored INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

-- The audit log: what was done to keep order. Rows are only added, but of very
-- many, in a room or in all, the oldest are deleted. `actor` is the name of the one who did it; empty for the operator.
-- `room` is the name of the room; NULL for the server. `name` is that of the target.
-- `time` and `until` are in microseconds since 1970.
CREATE TABLE act (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    room TEXT,
    name TEXT NOT NULL,
    until INTEGER,
    reason TEXT NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX act_by_room ON act (room);
CREATE INDEX act_of_opening ON act (room) WHERE action = 'open';
