-- The keys of other servers: what requests and events are checked with. A key is valid for what was signed until valid_until.
CREATE TABLE federation.remote_keys (
    server_name text COLLATE "C" NOT NULL,
    key_id      text COLLATE "C" NOT NULL,
    public_key  bytea NOT NULL CHECK (octet_length(public_key) = 32),
    valid_until timestamptz NOT NULL,
    expired     boolean NOT NULL,
    PRIMARY KEY (server_name, key_id)
);

-- What each server last said of its keys, with its signatures: given on to whoever asks this server as a notary.
CREATE TABLE federation.remote_key_statements (
    server_name text COLLATE "C" PRIMARY KEY,
    statement   bytea NOT NULL,
    fetched_at  timestamptz NOT NULL,
    valid_until timestamptz NOT NULL
);
