-- How many members a room has of servers other than this one. (How many are of this one is the rest.)
ALTER TABLE rooms.head ADD COLUMN elsewhere integer NOT NULL DEFAULT 0;

-- How many members each of these servers has in each room, and since when it is in it. A server that
-- has left stays, with when it did: it must still learn of what happened until then.
CREATE TABLE rooms.server_members (
    room   bigint NOT NULL,
    server text COLLATE "C" NOT NULL,
    joined integer NOT NULL,
    since  bigint NOT NULL,             -- the position at which its first member came
    until  bigint,                      -- the position at which its last member left; null: it is in
    PRIMARY KEY (room, server)
);
CREATE INDEX server_members_server ON rooms.server_members (server, room);

-- Events that this server sends to others, because it made them or let them in. An event is of
-- concern to the servers that were in the room before or after it. Pruned when all have got it, but
-- of each room the newest stays.
CREATE TABLE rooms.outgoing (
    position bigint PRIMARY KEY,
    room     bigint NOT NULL,
    event    bigint NOT NULL
);
CREATE INDEX outgoing_room ON rooms.outgoing (room, position);

-- Servers that are not in the room and must get an event nevertheless: their user is not invited any more.
CREATE TABLE rooms.outgoing_also (
    server   text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (server, position)
);
CREATE INDEX outgoing_also_position ON rooms.outgoing_also (position);
