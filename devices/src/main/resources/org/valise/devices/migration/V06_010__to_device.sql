-- Messages from device to device, and requests to send them.

-- A device that messages are sent to: its session's number, or for a dehydrated one (which nobody is logged in on) a negative
-- number of its own.
CREATE SEQUENCE devices.dehydrated_numbers INCREMENT BY -1 MINVALUE -9223372036854775808 MAXVALUE -1 START -1 CACHE 1;

-- At most one a user. device_keys and the other keys are where those of all devices are.
CREATE TABLE devices.dehydrated_device (
    user_number  bigint PRIMARY KEY,
    number       bigint NOT NULL UNIQUE,
    device_id    text COLLATE "C" NOT NULL,
    display_name text,
    device_data  text NOT NULL
);

-- Who has which devices, dehydrated ones included.
CREATE VIEW devices.device AS
    SELECT number, user_number, device_id, display_name, false AS dehydrated FROM accounts_read.session
    UNION ALL
    SELECT number, user_number, device_id, display_name, true FROM devices.dehydrated_device;

-- What waits for a device, in the order of the stream; a request has one position, and at most one message for each device.
-- message is the event as clients are sent it. ask: worth nothing once it is old (see MessageLimits).
CREATE TABLE devices.to_device (
    user_number bigint NOT NULL,
    device      bigint NOT NULL,
    position    bigint NOT NULL,
    sender      bigint NOT NULL,
    ask         boolean NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    message     text NOT NULL,
    PRIMARY KEY (user_number, device, position)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000);
CREATE INDEX to_device_age ON devices.to_device USING brin (at) WITH (pages_per_range = 32);

-- Each request that was carried out: a repeated one does nothing, and other nodes learn whom it reached.
-- recipients: pairs of a user's and a device's number, 8 bytes each.
CREATE TABLE devices.to_device_request (
    position   bigint PRIMARY KEY,
    session    bigint NOT NULL,
    request    bytea NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    recipients bytea NOT NULL,
    UNIQUE (session, request)
);
CREATE INDEX to_device_request_age ON devices.to_device_request USING brin (at) WITH (pages_per_range = 32);
