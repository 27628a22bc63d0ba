-- Users, their sessions and what they keep on the server. Owner: module accounts.
CREATE SCHEMA accounts;

-- Every user id of any server that this one has met, and its number: other tables hold only the number.
CREATE TABLE accounts.user_number (
    number  bigint PRIMARY KEY,
    user_id text COLLATE "C" NOT NULL UNIQUE
);
CREATE SEQUENCE accounts.user_numbers CACHE 1;

-- The users of this server. Rows are never deleted: a user id that was taken is never given again.
CREATE TABLE accounts.account (
    user_number    bigint PRIMARY KEY,
    password_hash  text,
    admin          boolean NOT NULL DEFAULT false,
    guest          boolean NOT NULL DEFAULT false,
    locked         boolean NOT NULL DEFAULT false,
    suspended      boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL,
    deactivated_at timestamptz,
    erased         boolean NOT NULL DEFAULT false
);
CREATE INDEX account_admin ON accounts.account (user_number) WHERE admin AND deactivated_at IS NULL;

-- A session is a device and its access token. Logging in again with the device's id keeps the row and replaces the token.
CREATE TABLE accounts.session (
    number       bigint PRIMARY KEY,
    user_number  bigint NOT NULL,
    device_id    text COLLATE "C" NOT NULL,
    display_name text,
    token_hash   bytea NOT NULL UNIQUE,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz,
    last_seen_ip text,
    UNIQUE (user_number, device_id)
);
CREATE SEQUENCE accounts.session_numbers CACHE 1;

-- What lets people register. A token with first_administrator dies with the first administrator's account.
CREATE TABLE accounts.registration_token (
    token_hash          bytea PRIMARY KEY,
    uses_allowed        integer,
    used                integer NOT NULL DEFAULT 0,
    makes_admin         boolean NOT NULL DEFAULT false,
    first_administrator boolean NOT NULL DEFAULT false,
    created_at          timestamptz NOT NULL,
    expires_at          timestamptz
);

-- User-interactive authentication under way: any node can go on with it.
CREATE TABLE accounts.uia_session (
    id_hash      bytea PRIMARY KEY,
    operation    text NOT NULL,
    user_number  bigint,
    request_hash bytea NOT NULL,
    completed    text[] NOT NULL,
    evidence     text NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX uia_session_expiry ON accounts.uia_session (expires_at);

CREATE TABLE accounts.profile_field (
    user_number bigint NOT NULL,
    name        text COLLATE "C" NOT NULL,
    value       text NOT NULL,
    position    bigint NOT NULL,
    PRIMARY KEY (user_number, name)
);

-- room_id is empty for global data. Deleted data stays as a mark with empty content, so that readers of the stream see the deletion.
CREATE TABLE accounts.account_data (
    user_number bigint NOT NULL,
    room_id     text COLLATE "C" NOT NULL,
    type        text COLLATE "C" NOT NULL,
    content     text NOT NULL,
    deleted     boolean NOT NULL DEFAULT false,
    position    bigint NOT NULL,
    PRIMARY KEY (user_number, room_id, type)
);
CREATE INDEX account_data_position ON accounts.account_data (user_number, position);

CREATE TABLE accounts.filter (
    user_number bigint NOT NULL,
    number      bigint NOT NULL,
    digest      bytea NOT NULL,
    definition  text NOT NULL,
    PRIMARY KEY (user_number, number),
    UNIQUE (user_number, digest)
);
CREATE SEQUENCE accounts.filter_numbers CACHE 1;

-- What happened to accounts, in the order of the stream: other nodes and durable followers read on from where they are.
-- A device that is gone is an entry of its own (device_gone), for whoever keeps something that belonged to it.
CREATE TABLE accounts.change (
    position    bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    user_number bigint NOT NULL,
    room_id     text COLLATE "C",
    name        text COLLATE "C"
);
CREATE INDEX change_position ON accounts.change (position);

-- Refuses a statement, and with it the commit, that relied on what no longer holds.
CREATE FUNCTION accounts.must(holds boolean) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF holds IS NOT TRUE THEN
        RAISE EXCEPTION 'another commit came first' USING ERRCODE = 'VA001';
    END IF;
    RETURN true;
END
$$;

-- What other modules may read.
CREATE SCHEMA accounts_read;
CREATE VIEW accounts_read.user_number AS SELECT number, user_id FROM accounts.user_number;
CREATE VIEW accounts_read.account AS
    SELECT user_number, admin, guest, locked, suspended, created_at, deactivated_at, erased FROM accounts.account;
CREATE VIEW accounts_read.session AS SELECT number, user_number, device_id, display_name FROM accounts.session;
CREATE VIEW accounts_read.profile_field AS SELECT user_number, name, value, position FROM accounts.profile_field;
CREATE VIEW accounts_read.account_data AS
    SELECT user_number, room_id, type, content, deleted, position FROM accounts.account_data;
CREATE VIEW accounts_read.change AS SELECT position, kind, user_number, room_id, name FROM accounts.change;
