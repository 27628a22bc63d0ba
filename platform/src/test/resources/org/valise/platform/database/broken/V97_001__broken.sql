CREATE TABLE nowhere.thing (id bigint);
