-- What a session's request may be authenticated by, for the web pages that complete single stages.
ALTER TABLE accounts.uia_session ADD COLUMN flows text NOT NULL DEFAULT '[]'; -- JSON: arrays of stages
