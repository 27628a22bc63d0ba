-- The room engine. Keys of the big tables lead with the room's number; no foreign keys between them.
CREATE SCHEMA rooms;

-- Numbers are handed to the nodes in blocks.
CREATE SEQUENCE rooms.room_number INCREMENT 100;
CREATE SEQUENCE rooms.event_number INCREMENT 1000;
CREATE SEQUENCE rooms.state_number INCREMENT 1000;
CREATE SEQUENCE rooms.state_key_number INCREMENT 100;

CREATE TABLE rooms.room (
    number  bigint PRIMARY KEY,
    room_id text COLLATE "C" NOT NULL UNIQUE,
    version text COLLATE "C" NOT NULL
);

-- (type, state key) pairs. The lowest bit of the number is 1 for m.room.member.
CREATE TABLE rooms.state_key (
    number    bigint PRIMARY KEY,
    type      text COLLATE "C" NOT NULL,
    state_key text COLLATE "C" NOT NULL,
    UNIQUE (type, state_key)
);

-- What a writer must know to write a room, one row a commit. Inserting (room, version + 1) is the
-- fence: the second of two nodes that try breaks its neck on the primary key. Only the newest row of
-- a room means anything; older ones are pruned.
CREATE TABLE rooms.head (
    room        bigint NOT NULL,
    version     bigint NOT NULL,
    extremities bigint[] NOT NULL,   -- numbers of the forward extremities
    snapshot    bigint NOT NULL,     -- the current state
    joined      integer NOT NULL,    -- how many members it has of these memberships
    invited     integer NOT NULL,
    segment     integer NOT NULL,    -- the live segment of the room order
    next_index  bigint NOT NULL,     -- the next index in it
    PRIMARY KEY (room, version)
);

-- Old rows are pruned, so the key alone would let in a node that slept through what was pruned.
CREATE FUNCTION rooms.refuse_stale_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM rooms.head WHERE room = NEW.room AND version >= NEW.version) THEN
        RAISE EXCEPTION 'room % was written by another node', NEW.room
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'head_pkey';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_stale_head BEFORE INSERT ON rooms.head
    FOR EACH ROW EXECUTE FUNCTION rooms.refuse_stale_head();

CREATE TABLE rooms.event (
    room             bigint NOT NULL,
    number           bigint NOT NULL,
    event_id         text COLLATE "C" NOT NULL,
    status           smallint NOT NULL,  -- 0 accepted, 1 soft-failed, 2 rejected, 3 outlier
    state_key        bigint,             -- number of its (type, state key), for state events
    sender           bigint NOT NULL,    -- accounts.user_number
    snapshot_before  bigint NOT NULL,    -- the state before it; 0: not known, or none
    segment          integer,            -- its place in the room order; null: outlier
    index            bigint,
    position         bigint,             -- when it became visible; null: it never did (backfilled, …)
    origin_server_ts bigint NOT NULL,
    redacted_by      bigint,             -- number of the redaction that took its content
    refusal          text,               -- why it was rejected or soft-failed
    session          bigint,             -- the device that sent it, and its transaction id
    transaction_id   text COLLATE "C",
    json             bytea NOT NULL,     -- canonical JSON of the PDU, without unsigned
    PRIMARY KEY (room, number)
);
CREATE UNIQUE INDEX event_id ON rooms.event (event_id);
CREATE INDEX event_order ON rooms.event (room, segment, index) WHERE segment IS NOT NULL;
CREATE INDEX event_live ON rooms.event (room, position) WHERE position IS NOT NULL;
CREATE INDEX event_position ON rooms.event (position) WHERE position IS NOT NULL;
ALTER TABLE rooms.event ALTER COLUMN json SET STORAGE EXTERNAL;

-- The room order has a gap before the first event of these segments.
CREATE TABLE rooms.gap (
    room    bigint NOT NULL,
    segment integer NOT NULL,
    missing text[] COLLATE "C" NOT NULL,  -- ids of the events known to be missing
    PRIMARY KEY (room, segment)
);

-- New nodes of the state tries, one blob a state change. See StateCodec.
CREATE TABLE rooms.state_blob (
    number bigint PRIMARY KEY,
    room   bigint NOT NULL,
    bytes  bytea NOT NULL
);
ALTER TABLE rooms.state_blob ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- The current state for every position at which it changed.
CREATE TABLE rooms.current_state (
    room     bigint NOT NULL,
    position bigint NOT NULL,
    snapshot bigint NOT NULL,
    joined   integer NOT NULL,   -- how many members it has of these memberships
    invited  integer NOT NULL,
    PRIMARY KEY (room, position)
);
CREATE INDEX current_state_position ON rooms.current_state (position);

-- Every membership that a local user has had. The newest of a room is the present one.
CREATE TABLE rooms.membership (
    user_number bigint NOT NULL,
    room        bigint NOT NULL,
    position    bigint NOT NULL,
    membership  smallint NOT NULL,   -- 0 leave, 1 invite, 2 knock, 3 join, 4 ban
    event       bigint NOT NULL,
    PRIMARY KEY (user_number, room, position)
);
CREATE INDEX membership_room ON rooms.membership (room, user_number, position);
CREATE INDEX membership_position ON rooms.membership (position);

-- Rooms that a local user does not want to see again; void once a later membership exists.
CREATE TABLE rooms.forgotten (
    user_number bigint NOT NULL,
    room        bigint NOT NULL,
    position    bigint NOT NULL,
    PRIMARY KEY (user_number, room)
);

-- Which event a client's transaction made: the same request again gives the same event. Pruned by age.
CREATE TABLE rooms.sent_transaction (
    session  bigint NOT NULL,
    request  bytea NOT NULL,          -- hash of the path
    event_id text COLLATE "C" NOT NULL,
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (session, request)
);

CREATE TABLE rooms.alias (
    alias   text COLLATE "C" PRIMARY KEY,
    room    bigint NOT NULL,
    creator bigint NOT NULL
);
CREATE INDEX alias_room ON rooms.alias (room);

-- Rooms published in this server's directory, with what it shows of them, made from their state as of
-- a position.
CREATE TABLE rooms.published (
    room      bigint PRIMARY KEY,
    joined    integer NOT NULL DEFAULT 0,   -- how many members; rooms without any are not listed
    entry     text NOT NULL DEFAULT '',     -- JSON, a member of the list's chunk
    search    text NOT NULL DEFAULT '',     -- name, alias and topic in lower case
    room_type text COLLATE "C",
    position  bigint NOT NULL DEFAULT 0
);
CREATE INDEX published_order ON rooms.published (joined DESC, room);

CREATE TABLE rooms.receipt (
    room        bigint NOT NULL,
    user_number bigint NOT NULL,
    type        text COLLATE "C" NOT NULL,
    thread      text COLLATE "C" NOT NULL DEFAULT '',  -- '': unthreaded
    event       text COLLATE "C" NOT NULL,
    event_position bigint NOT NULL,    -- where the event stands in the stream; it never goes back
    ts          bigint NOT NULL,
    position    bigint NOT NULL,
    PRIMARY KEY (room, user_number, type, thread)
);
CREATE INDEX receipt_room_position ON rooms.receipt (room, position);
CREATE INDEX receipt_position ON rooms.receipt (position);

-- How far durable followers of other modules' changes have got.
CREATE TABLE rooms.follower (
    name     text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL
);
