-- Rooms that say which room they replace.
CREATE TABLE rooms.replacement (
    room        bigint PRIMARY KEY,
    predecessor text COLLATE "C" NOT NULL   -- the room's id: it need not be known here
);
