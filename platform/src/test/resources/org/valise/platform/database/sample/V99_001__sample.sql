CREATE SCHEMA sample;
CREATE TABLE sample.thing (id bigint PRIMARY KEY, name text COLLATE "C" CONSTRAINT thing_name UNIQUE, bytes bytea);
