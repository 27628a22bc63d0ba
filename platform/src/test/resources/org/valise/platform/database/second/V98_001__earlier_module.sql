CREATE SCHEMA second;
CREATE TABLE second.thing (id bigint PRIMARY KEY);
