-- The small order of what is not kept: typing, presence. The newest value of each key, with the position at which it was
-- set. Not logged: a write costs no fsync, and after a crash of the database the table is empty, which is right.
CREATE UNLOGGED TABLE stream.ephemeral (
    kind     text COLLATE "C" NOT NULL,
    key      text COLLATE "C" NOT NULL,
    value    text NOT NULL,
    position bigint NOT NULL,
    expires  timestamptz NOT NULL,   -- from when on nobody asks for it any more
    PRIMARY KEY (kind, key)
);
CREATE INDEX ephemeral_position ON stream.ephemeral (position);
