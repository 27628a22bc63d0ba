-- Rooms that local users are entering through other servers: what is sent of them meanwhile is kept until it is known whether they
-- are in. Of no use after "until".
CREATE TABLE rooms.arrival (
    room_id text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,      -- the room's, as the other server says
    until   timestamptz NOT NULL,
    PRIMARY KEY (room_id, user_id)
);
CREATE INDEX arrival_until ON rooms.arrival (until);
