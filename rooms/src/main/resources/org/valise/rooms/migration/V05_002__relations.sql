-- How events relate to each other: one row for each accepted event that has a `rel_type`, until it is redacted.
CREATE TABLE rooms.relation (
    room             bigint NOT NULL,
    number           bigint NOT NULL,             -- the child event
    target           text COLLATE "C" NOT NULL,   -- the parent's id: the parent may be unknown
    rel_type         text COLLATE "C" NOT NULL,
    type             text COLLATE "C" NOT NULL,   -- the child's
    sender           bigint NOT NULL,             -- the child's
    segment          integer NOT NULL,            -- the child's place in the room order
    index            bigint NOT NULL,
    position         bigint,                      -- when the child became visible; null: it never did
    origin_server_ts bigint NOT NULL,
    PRIMARY KEY (room, number)
);
CREATE INDEX relation_target ON rooms.relation (room, target, segment, index);
CREATE INDEX relation_thread ON rooms.relation (room, segment, index) WHERE rel_type = 'm.thread';
