package org.valise.accounts.profiles;

import org.valise.accounts.changes.AccountChange.ProfileChanged;
import org.valise.accounts.changes.AccountCommits;
import org.valise.accounts.users.Account;
import org.valise.accounts.users.Users;
import org.valise.platform.database.Database;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Profiles: what the users of this server say about themselves, and what other servers say of
/// theirs. Spec: client-server API, "Profiles".
///
/// A change of display name or avatar goes into the user's member events by whoever follows
/// [ProfileChanged].
public final class Profiles {
    private final Database database;
    private final AccountCommits commits;
    private final Users users;
    private final RemoteProfiles remote;
    private final ProfileStore store = new ProfileStore();

    public Profiles(Database database, AccountCommits commits, Users users, RemoteProfiles remote) {
        this.database = database;
        this.commits = commits;
        this.users = users;
        this.remote = remote;
    }

    /// The profile of anybody; empty if there is no such user. Asks the user's server if need be.
    public Optional<Profile> find(UserId user) {
        return users.isLocal(user)
                ? users.find(user).filter(account -> !account.deactivated()).map(this::of)
                : remote.find(user);
    }

    private Profile of(Account account) {
        return of(account.number());
    }

    /// The profile of a user of this server; empty fields if they have said nothing.
    public Profile of(long user) {
        return of(List.of(user)).getOrDefault(user, Profile.EMPTY);
    }

    /// The profiles of users of this server, in one query; who has said nothing is missing.
    public Map<Long, Profile> of(Collection<Long> wanted) {
        long[] numbers = wanted.stream().mapToLong(Long::longValue).distinct().toArray();
        var fields = new HashMap<Long, JsonObject.Builder>();
        for (var field : database.read(tx -> store.all(tx, numbers))) {
            fields.computeIfAbsent(field.user(), user -> JsonObject.builder())
                    .put(field.name(), Json.parse(field.value()));
        }
        var profiles = new HashMap<Long, Profile>();
        fields.forEach((user, builder) -> profiles.put(user, new Profile(builder.build())));
        return profiles;
    }

    /// Sets a field. Display name and avatar are removed by the empty string.
    ///
    /// @throws MatrixException for a name or value that no profile may have
    public void set(long user, String name, JsonValue value) {
        ProfileRules.checkKey(name);
        Optional<JsonValue> checked = ProfileRules.checked(name, value);
        if (checked.isEmpty()) {
            remove(user, name);
            return;
        }
        String text = checked.get().toString();
        refuseTooLarge(user, name, text);
        commits.write(
                (batch, ordinal) -> store.put(batch, ordinal, user, name, text),
                position -> List.of(new ProfileChanged(position, user, name)));
    }

    /// *The total profile MUST be under 64 KiB.*
    private void refuseTooLarge(long user, String name, String value) {
        int added =
                name.length()
                        + value.getBytes(StandardCharsets.UTF_8).length
                        + ProfileRules.PUNCTUATION;
        long others = database.read(tx -> store.sizeWithout(tx, user, name));
        if (others + added >= ProfileRules.TOTAL_BYTES) {
            throw new MatrixException(
                    ErrorCode.M_PROFILE_TOO_LARGE, "A profile must stay under 64 KiB");
        }
    }

    /// Removes a field; nothing happens if it is not there.
    public void remove(long user, String name) {
        ProfileRules.checkKey(name);
        if (of(user).fields().has(name)) {
            commits.write(
                    (batch, ordinal) -> store.delete(batch, user, name),
                    position -> List.of(new ProfileChanged(position, user, name)));
        }
    }

    /// Removes everything, as part of an ordered commit.
    public void erase(CommitBatch batch, long user) {
        store.deleteAll(batch, user);
    }
}
