-- What is searched, in pieces of three characters: a room that holds a term holds all of the term's
-- pieces. What is shown of each room is made anew at the next start.
ALTER TABLE rooms.published ADD COLUMN grams text[] COLLATE "C" NOT NULL DEFAULT '{}';
UPDATE rooms.published SET position = 0;
CREATE INDEX published_grams ON rooms.published USING gin (grams);
