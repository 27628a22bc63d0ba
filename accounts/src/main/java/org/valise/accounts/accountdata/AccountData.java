package org.valise.accounts.accountdata;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.changes.AccountChange;
import org.valise.accounts.changes.AccountChange.AccountDataChanged;
import org.valise.accounts.changes.AccountCommits;
import org.valise.platform.database.Database;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.CommitRefusedException;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What clients keep for their user, for all rooms or for one. Spec: client-server API, "Client
/// Config".
///
/// What the server manages itself (`m.push_rules`, `m.fully_read`) is kept here too, written by
/// whoever manages it.
public final class AccountData {
    private static final int MOST_ATTEMPTS = 20;

    private final Database database;
    private final AccountCommits commits;
    private final AccountDataStore store = new AccountDataStore();
    private final AccountDataQuota quota;

    public AccountData(Database database, AccountCommits commits) {
        this(database, commits, AccountDataLimits.DEFAULT);
    }

    public AccountData(Database database, AccountCommits commits, AccountDataLimits limits) {
        this.database = database;
        this.commits = commits;
        this.quota = new AccountDataQuota(database, store, limits);
    }

    /// @param room null for global data
    public Optional<JsonObject> find(long user, @Nullable RoomId room, String type) {
        return database.read(tx -> store.find(tx, user, key(room), type))
                .filter(found -> !found.deleted())
                .map(found -> Json.parseObject(found.content()));
    }

    /// Writes what the user wants to keep, whatever was there.
    ///
    /// @throws org.valise.protocol.error.MatrixException 413 if it is too much
    public void keep(long user, @Nullable RoomId room, String type, JsonObject content) {
        quota.claim(user, key(room), type, content.toString());
        put(user, room, type, content);
    }

    /// Writes it, whatever was there.
    public void put(long user, @Nullable RoomId room, String type, JsonObject content) {
        commits.write(
                (batch, ordinal) -> put(batch, ordinal, user, room, type, content),
                position -> List.of(changed(position, user, room, type)));
    }

    /// The same as part of a larger ordered commit, which must have an [AccountDataChanged] among
    /// its changes.
    public void put(
            CommitBatch batch,
            int ordinal,
            long user,
            @Nullable RoomId room,
            String type,
            JsonObject content) {
        store.put(batch, ordinal, user, key(room), type, content.toString(), null);
    }

    /// Changes what the user keeps, like [#update].
    ///
    /// @throws org.valise.protocol.error.MatrixException 413 if it is too much then
    public JsonObject updateKept(
            long user, @Nullable RoomId room, String type, UnaryOperator<JsonObject> change) {
        return update(
                user,
                room,
                type,
                before -> {
                    JsonObject after = change.apply(before);
                    quota.claim(user, key(room), type, after.toString());
                    return after;
                });
    }

    /// Changes what is there (an empty object if nothing is): nobody else writes in between.
    ///
    /// @param change may be called again if somebody else did
    public JsonObject update(
            long user, @Nullable RoomId room, String type, UnaryOperator<JsonObject> change) {
        for (int attempt = 1; ; attempt++) {
            var found = database.read(tx -> store.find(tx, user, key(room), type));
            JsonObject before =
                    found.map(known -> Json.parseObject(known.content())).orElse(JsonObject.of());
            JsonObject after = change.apply(before);
            if (after.equals(before)) {
                return after;
            }
            long expected = found.map(AccountDataStore.Found::position).orElse(0L);
            try {
                commits.write(
                        (batch, ordinal) ->
                                store.put(
                                        batch,
                                        ordinal,
                                        user,
                                        key(room),
                                        type,
                                        after.toString(),
                                        expected),
                        position -> List.of(changed(position, user, room, type)));
                return after;
            } catch (CommitRefusedException e) {
                if (!e.isState(AccountCommits.OUTRUN) || attempt == MOST_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /// Nothing happens if there is nothing to delete.
    public void delete(long user, @Nullable RoomId room, String type) {
        if (find(user, room, type).isPresent()) {
            commits.write(
                    (batch, ordinal) -> store.delete(batch, ordinal, user, key(room), type),
                    position -> List.of(changed(position, user, room, type)));
        }
    }

    /// Everything of a user that is not deleted.
    public List<AccountDataEntry> all(long user) {
        return database.read(tx -> store.all(tx, user)).stream().map(AccountData::entry).toList();
    }

    /// What was written after a position, deletions too.
    public List<AccountDataEntry> changedAfter(long user, long position) {
        return database.read(tx -> store.changed(tx, user, position)).stream()
                .map(AccountData::entry)
                .toList();
    }

    /// Removes everything, as part of an ordered commit.
    public void erase(CommitBatch batch, long user) {
        store.erase(batch, user);
    }

    private static AccountDataEntry entry(AccountDataStore.Stored stored) {
        return new AccountDataEntry(
                stored.room().isEmpty() ? null : RoomId.parse(stored.room()),
                stored.type(),
                stored.content(),
                stored.position());
    }

    private static AccountChange changed(
            long position, long user, @Nullable RoomId room, String type) {
        return new AccountDataChanged(position, user, room == null ? null : room.value(), type);
    }

    private static String key(@Nullable RoomId room) {
        return room == null ? "" : room.value();
    }
}
