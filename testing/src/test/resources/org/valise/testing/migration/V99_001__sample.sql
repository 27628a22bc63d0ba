CREATE SCHEMA sample;
CREATE TABLE sample.thing (id bigint PRIMARY KEY, name text COLLATE "C" NOT NULL CONSTRAINT thing_name UNIQUE, bytes bytea);
