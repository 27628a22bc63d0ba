-- What users report to the administrators. One report a user and thing: another one replaces it.
CREATE TABLE accounts.report (
    number      bigint PRIMARY KEY,
    reporter    bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL,  -- event, room, user
    target      text COLLATE "C" NOT NULL,  -- the id of what is reported
    room_id     text COLLATE "C",
    user_id     text COLLATE "C",           -- the reported user, or the event's sender
    reason      text NOT NULL,
    reported_at timestamptz NOT NULL,
    UNIQUE (reporter, kind, target)
);
CREATE SEQUENCE accounts.report_numbers CACHE 1;
