-- Access tokens that expire and are refreshed; tokens that log another device in; OpenID tokens.

-- A refreshed session has two pairs of tokens until the client uses one of the new pair: then it takes the place of the old.
ALTER TABLE accounts.session
    ADD COLUMN token_expires_at  timestamptz,           -- null: never
    ADD COLUMN refresh_hash      bytea UNIQUE,
    ADD COLUMN next_token_hash   bytea UNIQUE,
    ADD COLUMN next_expires_at   timestamptz,
    ADD COLUMN next_refresh_hash bytea UNIQUE,
    ADD COLUMN last_seen_agent   text;

-- Each is good once, and only as long as the session that asked for it lives.
CREATE TABLE accounts.login_token (
    token_hash bytea PRIMARY KEY,
    session    bigint NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_token_expiry ON accounts.login_token (expires_at);

-- With these other services ask who somebody is.
CREATE TABLE accounts.openid_token (
    token_hash  bytea PRIMARY KEY,
    user_number bigint NOT NULL,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX openid_token_expiry ON accounts.openid_token (expires_at);

-- Which versions of which policies somebody accepted when they registered.
CREATE TABLE accounts.accepted_policy (
    user_number bigint NOT NULL,
    policy      text COLLATE "C" NOT NULL,
    version     text NOT NULL,
    accepted_at timestamptz NOT NULL,
    PRIMARY KEY (user_number, policy)
);
