-- What local users are to rooms in which this server is not: invitations and knocks, and what became of them. Their
-- events are part of no graph here: rooms.membership names them by their number, negative.
CREATE TABLE rooms.outside_member (
    number      bigint PRIMARY KEY,
    room        bigint NOT NULL,
    user_number bigint NOT NULL,
    event_id    text COLLATE "C" NOT NULL,
    version     text COLLATE "C" NOT NULL,  -- the room's, as the other server says
    json        bytea NOT NULL,             -- canonical JSON of the member event
    stripped    bytea NOT NULL,             -- what is told of the room: JSON objects with commas between
    through     text COLLATE "C" NOT NULL   -- the server that it came from, or went to
);

-- Of a room that is known only by an invitation nothing is proven: its version may be another one.
ALTER TABLE rooms.room ADD COLUMN settled boolean NOT NULL DEFAULT true;

-- Invitations that were declined and knocks that were taken back, of which the room is still to be told.
CREATE TABLE rooms.farewell (
    room         bigint NOT NULL,
    user_number  bigint NOT NULL,
    member       bigint NOT NULL,           -- rooms.outside_member: what was declined or taken back
    reason       text,
    since        timestamptz NOT NULL DEFAULT now(),
    attempts     integer NOT NULL DEFAULT 0,
    next_attempt timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (room, user_number)
);
CREATE INDEX farewell_due ON rooms.farewell (next_attempt);
