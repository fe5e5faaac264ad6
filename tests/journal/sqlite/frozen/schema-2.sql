-- The second schema: many rooms, and sequences with holes. Never change a statement: add
-- a migration instead. New columns are NULL in rows of the first schema.

-- `rooms` is the number of rows in `room`, and `last_room` the last id that was used.
-- Both are NULL until a room is created: the ids are then consecutive.
ALTER TABLE about ADD COLUMN rooms INTEGER;
ALTER TABLE about ADD COLUMN last_room INTEGER;

-- `topic` is NULL if there is none. `is_closed` is 1 for a closed room, and NULL for an
-- open one. The checksum covers these columns, too, unless both are NULL.
ALTER TABLE room ADD COLUMN topic TEXT;
ALTER TABLE room ADD COLUMN is_closed INTEGER;

-- `token` is that of the client which chose the key; NULL if it is not known.
ALTER TABLE key ADD COLUMN token TEXT;

-- The holes in the sequences of rooms: `size` sequences just before the message `place`
-- are not used. `total` is the number of unused sequences in the room up to there.
-- `checksum` is the CRC-32 of the other columns. Holes before expired messages remain.
CREATE TABLE hole (
    place INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    total INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
