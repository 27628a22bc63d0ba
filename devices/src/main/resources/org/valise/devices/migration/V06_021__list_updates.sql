-- What a follower did is written together with how far it has got: two nodes do not do the same.
CREATE FUNCTION devices.advance_follower(follower_name text, from_position bigint, to_position bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE devices.follower SET position = to_position WHERE name = follower_name AND position = from_position;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another node was first' USING ERRCODE = 'VD001';
    END IF;
    RETURN 0;
END
$$;

-- Messages of other servers are remembered under the session 0.
COMMENT ON COLUMN devices.to_device_request.session IS 'whose request it was; 0: another server''s';
