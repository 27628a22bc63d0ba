-- Backups of room keys. The current version is the highest that is not deleted; deleted ones stay as a mark, so that a version
-- is never given again.
CREATE SEQUENCE devices.backup_numbers CACHE 1;
CREATE TABLE devices.backup (
    number      bigint PRIMARY KEY,
    user_number bigint NOT NULL,
    version     bigint NOT NULL,
    algorithm   text NOT NULL,
    auth_data   text NOT NULL,
    etag        bigint NOT NULL DEFAULT 0,
    keys        bigint NOT NULL DEFAULT 0,
    deleted     boolean NOT NULL DEFAULT false,
    UNIQUE (user_number, version)
);

CREATE TABLE devices.backup_key (
    backup              bigint NOT NULL,
    room_id             text COLLATE "C" NOT NULL,
    session_id          text COLLATE "C" NOT NULL,
    first_message_index bigint NOT NULL,
    forwarded_count     bigint NOT NULL,
    verified            boolean NOT NULL,
    session_data        text NOT NULL,
    PRIMARY KEY (backup, room_id, session_id)
);
