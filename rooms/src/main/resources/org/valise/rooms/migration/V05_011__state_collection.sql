-- Blobs in the order in which they were committed: nodes refer only to blobs at the same position or
-- before it. (Numbers are handed to the nodes in blocks, and say nothing of order.)
ALTER TABLE rooms.state_blob ADD COLUMN position bigint NOT NULL DEFAULT 0;
CREATE INDEX state_blob_order ON rooms.state_blob (room, position DESC, number DESC);

-- Rooms in which something that referred to states was deleted, and how far the collection of the
-- nodes that nothing refers to any more has got there, from the newest blob back.
CREATE TABLE rooms.state_collection (
    room     bigint PRIMARY KEY,
    asked    bigint NOT NULL DEFAULT 1,  -- how often it was asked for
    serving  bigint NOT NULL DEFAULT 0,  -- the request that is being served; 0: not begun
    event    bigint NOT NULL DEFAULT 0,  -- up to here it is known what events refer to; -1: of all
    position bigint NOT NULL DEFAULT 0,  -- the blob that was looked at last
    number   bigint NOT NULL DEFAULT 0,
    live     bytea NOT NULL DEFAULT ''   -- nodes further back that live ones refer to
);

-- What rows of such a room refer to, until that blob has been looked at.
CREATE TABLE rooms.state_root (
    room     bigint NOT NULL,
    snapshot bigint NOT NULL,
    PRIMARY KEY (room, snapshot)
);
