-- Which history of the database this is. It changes when a standby takes over, when a backup is
-- restored to an earlier point, and when the data is moved into another cluster.
CREATE TABLE stream.history (
    timeline text COLLATE "C" NOT NULL
);

-- The cluster, and its timeline.
CREATE FUNCTION stream.timeline() RETURNS text LANGUAGE sql
    AS $$ SELECT system_identifier || '.' || left(pg_walfile_name(pg_current_wal_lsn()), 8) FROM pg_control_system() $$;

-- Positions go on far ahead of any that were ever given: at the microseconds of the clock. There is
-- less than one position a microsecond, so none was given beyond that, even in a history that was
-- lost and that this database knows nothing of.
CREATE FUNCTION stream.jump() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    far bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(8620726155216617); -- the order's, see CommitBatch
    INSERT INTO stream.commit (position, batch)
    SELECT greatest(stream.last_position() + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint),
           gen_random_uuid()
    RETURNING position INTO far;
    DELETE FROM stream.history;
    INSERT INTO stream.history (timeline) VALUES (stream.timeline());
    PERFORM pg_notify('valise_stream', '');
    RETURN far;
END $$;

-- Jumps if this is another history than at the last jump.
CREATE FUNCTION stream.jump_if_history_changed() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM stream.history WHERE timeline = stream.timeline()) THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(8620726155216617);
    IF EXISTS (SELECT 1 FROM stream.history WHERE timeline = stream.timeline()) THEN
        RETURN false; -- another node was faster
    END IF;
    PERFORM stream.jump();
    RETURN true;
END $$;
