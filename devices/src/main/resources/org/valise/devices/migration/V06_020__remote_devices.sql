-- Devices and cross-signing keys of other servers' users, as long as they share rooms with users of this one.

-- fetched: something is known. stale: it may be old; it is fetched anew before anybody is told of it as new. mark counts what made it so: what was
-- asked for before the last of them is not taken. seen: stream ids of the updates that are in it, the newest last.
-- untold: clients are to be told of a change. tell_when_fetched: they will be, once it is fetched.
CREATE TABLE devices.remote_user (
    user_number       bigint PRIMARY KEY,
    server            text COLLATE "C" NOT NULL,
    stale             boolean NOT NULL DEFAULT true,
    fetched           boolean NOT NULL DEFAULT false,
    mark              bigint NOT NULL DEFAULT 0,
    untold            boolean NOT NULL DEFAULT false,
    tell_when_fetched boolean NOT NULL DEFAULT false,
    failures          integer NOT NULL DEFAULT 0,
    retry_at          timestamptz NOT NULL,
    seen              bigint[] NOT NULL DEFAULT '{}',
    master_key        bytea,
    self_signing_key  bytea
);
CREATE INDEX remote_user_server ON devices.remote_user (server);
CREATE INDEX remote_user_due ON devices.remote_user (retry_at) WHERE stale OR untold;

-- As clients are shown them, with "unsigned".
CREATE TABLE devices.remote_device (
    user_number bigint NOT NULL REFERENCES devices.remote_user ON DELETE CASCADE,
    device_id   text COLLATE "C" NOT NULL,
    keys        bytea NOT NULL,
    PRIMARY KEY (user_number, device_id)
);
