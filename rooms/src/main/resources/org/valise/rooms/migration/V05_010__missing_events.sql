-- The room order has a gap before the first event of a segment: these ancestors of it are not here.
DROP TABLE rooms.gap; -- nothing ever wrote it
CREATE TABLE rooms.gap (
    room    bigint NOT NULL,
    segment integer NOT NULL,
    missing text COLLATE "C" NOT NULL,  -- an event id
    PRIMARY KEY (room, segment, missing)
);

-- Events of status 4: they are judged again when what they wait for is here.
CREATE TABLE rooms.waiting (
    room    bigint NOT NULL,
    missing text COLLATE "C" NOT NULL,  -- an event id
    event   bigint NOT NULL,
    PRIMARY KEY (room, missing, event)
);
CREATE INDEX waiting_event ON rooms.waiting (room, event);
COMMENT ON COLUMN rooms.event.status IS
    '0 accepted, 1 soft-failed, 2 rejected, 3 outlier, 4 waiting for ancestors';
