-- What other servers have sent and what is not worked off yet: as it came, with who sent it.
CREATE TABLE federation.inbox (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin text COLLATE "C" NOT NULL,
    room   text COLLATE "C",      -- of a PDU, its room's id; null: an EDU
    json   bytea NOT NULL
);
CREATE INDEX inbox_origin ON federation.inbox (origin);

-- Transactions that were received: one that comes twice does nothing twice. The newest of each server are kept.
CREATE TABLE federation.received_transaction (
    origin      text COLLATE "C" NOT NULL,
    txn_id      text COLLATE "C" NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (origin, txn_id)
);
