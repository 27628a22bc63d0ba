-- Keys of devices and users. What belongs to a device has the number of its session, so that it is gone from all answers in the
-- moment the session is; the rows follow.

-- As uploaded, canonical JSON, with the signatures that everybody may see.
CREATE TABLE devices.device_keys (
    session     bigint PRIMARY KEY,
    user_number bigint NOT NULL,
    device_id   text COLLATE "C" NOT NULL,
    version     bigint NOT NULL,
    keys        bytea NOT NULL
);
CREATE INDEX device_keys_user ON devices.device_keys (user_number);

-- Given out in the order of the numbers, each once.
CREATE TABLE devices.one_time_key (
    session   bigint NOT NULL,
    algorithm text COLLATE "C" NOT NULL,
    number    bigint NOT NULL,
    key_id    text COLLATE "C" NOT NULL,
    key       bytea NOT NULL,
    PRIMARY KEY (session, algorithm, number)
);
CREATE UNIQUE INDEX one_time_key_id ON devices.one_time_key (session, algorithm, key_id);
CREATE SEQUENCE devices.one_time_key_numbers CACHE 1;

-- Keys that were given out: an upload that is repeated after that does not bring them back.
CREATE TABLE devices.claimed_key (
    session   bigint NOT NULL,
    algorithm text COLLATE "C" NOT NULL,
    key_id    text COLLATE "C" NOT NULL,
    digest    bytea NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (session, algorithm, key_id)
);

CREATE TABLE devices.fallback_key (
    session   bigint NOT NULL,
    algorithm text COLLATE "C" NOT NULL,
    key_id    text COLLATE "C" NOT NULL,
    key       bytea NOT NULL,
    used      boolean NOT NULL,
    PRIMARY KEY (session, algorithm)
);

-- Where in the stream the number of a device's one-time keys, or the use of its fallback keys, last changed.
CREATE TABLE devices.key_supply (
    session     bigint PRIMARY KEY,
    user_number bigint NOT NULL,
    position    bigint NOT NULL
);
CREATE INDEX key_supply_position ON devices.key_supply (position);
CREATE INDEX key_supply_user ON devices.key_supply (user_number);

-- usage: 0 master, 1 self-signing, 2 user-signing.
CREATE TABLE devices.cross_signing_key (
    user_number bigint NOT NULL,
    usage       smallint NOT NULL,
    public_key  text COLLATE "C" NOT NULL,
    version     bigint NOT NULL,
    keys        bytea NOT NULL,
    PRIMARY KEY (user_number, usage)
);

-- Signatures on other users' master keys: only who made one sees it.
CREATE TABLE devices.user_signature (
    signer_number bigint NOT NULL,
    user_number   bigint NOT NULL,
    public_key    text COLLATE "C" NOT NULL,
    key_id        text COLLATE "C" NOT NULL,
    signature     text COLLATE "C" NOT NULL,
    PRIMARY KEY (signer_number, user_number, public_key, key_id)
);
CREATE INDEX user_signature_user ON devices.user_signature (user_number);

-- Whose devices or keys changed. device_id is empty for cross-signing keys. audience is the user who alone learns of it, or 0.
-- For other servers: the position is the change's stream id, the user's change before it the previous id.
CREATE TABLE devices.list_change (
    position    bigint NOT NULL,
    user_number bigint NOT NULL,
    device_id   text COLLATE "C" NOT NULL,
    audience    bigint NOT NULL,
    deleted     boolean NOT NULL,
    PRIMARY KEY (position, user_number, device_id, audience)
);
CREATE INDEX list_change_user ON devices.list_change (user_number, position);

-- How far the follower of closed sessions has got.
CREATE TABLE devices.follower (
    name     text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL
);

-- What is written was made from the version before it: something made from an older one would undo what came in between.
CREATE FUNCTION devices.refuse_lost_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'another change came first' USING ERRCODE = 'VD001';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER device_keys_refuse_lost_update BEFORE UPDATE ON devices.device_keys
    FOR EACH ROW EXECUTE FUNCTION devices.refuse_lost_update();
CREATE TRIGGER cross_signing_key_refuse_lost_update BEFORE UPDATE ON devices.cross_signing_key
    FOR EACH ROW EXECUTE FUNCTION devices.refuse_lost_update();

-- A one-time key's id stands for one key.
CREATE FUNCTION devices.same_key(known bytea, given bytea) RETURNS bytea LANGUAGE plpgsql AS $$
BEGIN
    IF known <> given THEN
        RAISE EXCEPTION 'this one-time key is another already' USING ERRCODE = 'VD002';
    END IF;
    RETURN known;
END
$$;
