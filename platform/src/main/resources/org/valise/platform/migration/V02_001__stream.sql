-- The order of everything that readers follow.
CREATE SCHEMA stream;

-- One row a group commit: the last position it gave. Append-only: a counter row would decay while an
-- old snapshot (a backup) is open. `batch` answers whether a commit whose connection broke took place.
CREATE TABLE stream.commit (
    position bigint PRIMARY KEY,
    batch    uuid   NOT NULL UNIQUE,
    at       timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION stream.last_position() RETURNS bigint
    LANGUAGE sql STABLE
    AS 'SELECT coalesce((SELECT position FROM stream.commit ORDER BY position DESC LIMIT 1), 0)';
