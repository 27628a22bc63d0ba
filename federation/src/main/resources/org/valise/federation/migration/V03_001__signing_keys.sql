-- The keys this server signs with. At most one is in use; the others are kept (without their private part), because what they
-- signed stays valid until they expired.
CREATE SCHEMA IF NOT EXISTS federation;

CREATE TABLE federation.signing_keys (
    key_id      text COLLATE "C" PRIMARY KEY,
    server_name text COLLATE "C" NOT NULL,
    public_key  bytea NOT NULL CHECK (octet_length(public_key) = 32),
    private_key bytea CHECK (octet_length(private_key) = 32),
    expired_at  timestamptz,
    CHECK ((private_key IS NULL) = (expired_at IS NOT NULL))
);

-- One server name and one key in use a database: two nodes that start at once agree on the first.
CREATE UNIQUE INDEX signing_keys_in_use ON federation.signing_keys ((true)) WHERE expired_at IS NULL;
