-- A session plans the query of the trigger once: when the table was small, or had just been analysed while it was, that was a
-- scan of all rows, and each commit made it longer.
ALTER FUNCTION rooms.refuse_stale_head() SET enable_seqscan = off;
