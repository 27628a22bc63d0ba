-- What may be given up of what waits for a server that stays away.
-- key: of those of one type and key the last one makes up for the others; '': nothing does.
ALTER TABLE federation.outgoing_edu
    ADD COLUMN key text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN written_at timestamptz NOT NULL DEFAULT now();
UPDATE federation.outgoing_edu SET key = coalesce(substring(convert_from(content, 'UTF8') FROM '"user_id":"([^"]*)"'), '')
WHERE type IN ('m.device_list_update', 'm.signing_key_update');
CREATE INDEX outgoing_edu_key ON federation.outgoing_edu (server, type, key, number) WHERE key <> '';
