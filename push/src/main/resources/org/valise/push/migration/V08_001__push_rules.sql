-- What users changed of the server's push rules.
CREATE SCHEMA push;

-- One row a user who changed something: the changes as JSON, how often they changed, where in the stream they last did.
CREATE TABLE push.rules (
    user_number bigint PRIMARY KEY,
    version     bigint NOT NULL,
    position    bigint NOT NULL,
    changes     text COLLATE "C" NOT NULL
);

CREATE INDEX rules_position ON push.rules (position);

-- A change was made from the version before it. One made from an older version would undo what somebody else did in between:
-- it is refused, and made again from what is there.
CREATE FUNCTION push.refuse_lost_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'the push rules of user % were changed meanwhile', OLD.user_number USING ERRCODE = 'VP001';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER rules_refuse_lost_update BEFORE UPDATE ON push.rules
    FOR EACH ROW EXECUTE FUNCTION push.refuse_lost_update();
