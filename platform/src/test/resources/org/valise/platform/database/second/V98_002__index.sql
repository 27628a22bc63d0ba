CREATE INDEX CONCURRENTLY thing_again ON second.thing (id);
