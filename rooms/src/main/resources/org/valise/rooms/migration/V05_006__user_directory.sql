-- The user directory: by which words people are found, in which rooms, and which rooms are open to everybody. It follows
-- memberships, names and doors (rooms.follower, 'user_directory') and can be made anew from them.
CREATE TABLE rooms.found_word (
    part        integer NOT NULL,   -- 0: all of a user id or display name, 1: one word of it
    word        text COLLATE "C" NOT NULL,
    user_number bigint NOT NULL,
    PRIMARY KEY (part, word, user_number)
);
CREATE INDEX found_word_user ON rooms.found_word (user_number, word);

-- Rooms in which a user is joined.
CREATE TABLE rooms.found_in (
    user_number bigint NOT NULL,
    room        bigint NOT NULL,
    PRIMARY KEY (user_number, room)
);

-- Rooms that anybody may join or read.
CREATE TABLE rooms.open_room (
    room bigint PRIMARY KEY
);
