-- Jumping to a date.
CREATE INDEX event_time ON rooms.event (room, origin_server_ts, segment, index) WHERE segment IS NOT NULL;
