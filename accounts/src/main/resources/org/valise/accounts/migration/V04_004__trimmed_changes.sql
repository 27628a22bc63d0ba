-- The log of changes is trimmed: by age, as far as all followers have got.
ALTER TABLE accounts.change ADD COLUMN at timestamptz NOT NULL DEFAULT now();

-- When somebody's erasure became visible: who joined a room before it goes on seeing what they sent.
ALTER TABLE accounts.account ADD COLUMN erased_position bigint;
UPDATE accounts.account SET erased_position = stream.last_position() WHERE erased;
CREATE INDEX account_erased ON accounts.account (user_number) WHERE erased_position IS NOT NULL;
CREATE VIEW accounts_read.erasure AS
    SELECT user_number, erased_position AS position FROM accounts.account WHERE erased_position IS NOT NULL;
