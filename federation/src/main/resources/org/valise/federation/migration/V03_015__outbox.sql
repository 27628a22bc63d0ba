-- How far each other server has got: everything that concerns it up to a position of the stream.
CREATE TABLE federation.destination (
    server        text COLLATE "C" PRIMARY KEY,
    position      bigint NOT NULL,
    failures      integer NOT NULL DEFAULT 0,  -- in a row
    failing_since timestamptz,                 -- null: it is not failing
    retry_at      timestamptz                  -- it is left in peace until then
);

-- What goes to another server beside events, and must not be lost; deleted when it has it.
CREATE TABLE federation.outgoing_edu (
    server   text COLLATE "C" NOT NULL,
    number   bigint GENERATED ALWAYS AS IDENTITY,
    position bigint NOT NULL,                  -- when it was written
    type     text COLLATE "C" NOT NULL,
    content  bytea NOT NULL,                   -- JSON
    PRIMARY KEY (server, number)
);
CREATE INDEX outgoing_edu_position ON federation.outgoing_edu (position);
