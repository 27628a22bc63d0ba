-- Redactions that are here before what they redact.
CREATE TABLE rooms.early_redaction (
    room      bigint NOT NULL,
    target    text COLLATE "C" NOT NULL,   -- id of the event that is not here
    domain    text COLLATE "C" NOT NULL,   -- whose events it applies to; '': anybody's
    redaction bigint NOT NULL,             -- number of the redaction
    PRIMARY KEY (room, target, domain)
);
COMMENT ON COLUMN rooms.event.status IS
    '0 accepted, 1 soft-failed, 2 rejected, 3 outlier, 4 waiting for ancestors, 5 withheld redaction';
