package org.valise.accounts.users;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.platform.database.Database;
import org.valise.protocol.id.UserId;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/// The number of every user id, of any server: given once, never changed, never given again; the
/// same on all nodes.
///
/// A number is made in a transaction of its own: it may stay unused, but what the caches hold is
/// always committed.
public final class UserNumbers {
    private static final int CACHED = 200_000;
    private static final BiConsumer<UserId, Long> FORGET = (user, number) -> {};

    private final Database database;
    private final UserNumberStore store = new UserNumberStore();
    private final Cache<UserId, Long> numbers = Caffeine.newBuilder().maximumSize(CACHED).build();
    private final Cache<Long, UserId> users = Caffeine.newBuilder().maximumSize(CACHED).build();

    public UserNumbers(Database database) {
        this.database = database;
    }

    /// The user's number, made if there is none yet.
    public long number(UserId user) {
        Long known = numbers.getIfPresent(user);
        return known != null ? known : Objects.requireNonNull(numbers(List.of(user)).get(user));
    }

    /// The numbers of all of them, in at most three queries.
    public Map<UserId, Long> numbers(Collection<UserId> wanted) {
        return numbers(wanted, this::remember);
    }

    /// The same, of many who may never be met again: they drive nobody from memory.
    public Map<UserId, Long> numbersInPassing(Collection<UserId> wanted) {
        return numbers(wanted, FORGET);
    }

    private Map<UserId, Long> numbers(Collection<UserId> wanted, BiConsumer<UserId, Long> learned) {
        var found = new HashMap<>(numbers.getAllPresent(wanted));
        List<UserId> missing = missing(wanted, found);
        if (!missing.isEmpty()) {
            load(missing, found, learned);
            missing = missing(wanted, found);
        }
        if (!missing.isEmpty()) {
            add(missing, found, learned);
            missing = missing(wanted, found);
        }
        if (!missing.isEmpty()) {
            load(missing, found, learned); // another node was faster
        }
        return found;
    }

    /// The number of a user that was met before.
    public Optional<Long> find(UserId user) {
        Long known = numbers.getIfPresent(user);
        if (known != null) {
            return Optional.of(known);
        }
        var found = new HashMap<UserId, Long>();
        load(List.of(user), found, this::remember);
        return Optional.ofNullable(found.get(user));
    }

    /// The numbers of those that were met before, in at most one query.
    public Map<UserId, Long> find(Collection<UserId> wanted) {
        var found = new HashMap<>(numbers.getAllPresent(wanted));
        List<UserId> missing = missing(wanted, found);
        if (!missing.isEmpty()) {
            load(missing, found, this::remember);
        }
        return found;
    }

    /// Whose number this is. The number must have been given.
    public UserId user(long number) {
        UserId known = users.getIfPresent(number);
        return known != null ? known : Objects.requireNonNull(users(List.of(number)).get(number));
    }

    /// Whose numbers these are, in at most one query.
    public Map<Long, UserId> users(Collection<Long> wanted) {
        var found = new HashMap<>(users.getAllPresent(wanted));
        long[] missing =
                wanted.stream()
                        .filter(number -> !found.containsKey(number))
                        .mapToLong(Long::longValue)
                        .distinct()
                        .toArray();
        if (missing.length > 0) {
            for (var row : database.read(tx -> store.byNumber(tx, missing))) {
                UserId user = UserId.parse(row.user());
                remember(user, row.number());
                found.put(row.number(), user);
            }
        }
        for (Long number : wanted) {
            if (!found.containsKey(number)) {
                throw new IllegalArgumentException("no user has the number " + number);
            }
        }
        return found;
    }

    private void load(
            List<UserId> missing, Map<UserId, Long> found, BiConsumer<UserId, Long> learned) {
        String[] ids = ids(missing);
        learn(database.read(tx -> store.byUser(tx, ids)), found, learned);
    }

    private void add(
            List<UserId> missing, Map<UserId, Long> found, BiConsumer<UserId, Long> learned) {
        String[] ids = ids(missing);
        learn(database.read(tx -> store.insert(tx, ids)), found, learned);
    }

    private static String[] ids(List<UserId> users) {
        return users.stream().map(UserId::value).toArray(String[]::new);
    }

    private static void learn(
            List<UserNumberStore.Row> rows,
            Map<UserId, Long> found,
            BiConsumer<UserId, Long> learned) {
        for (var row : rows) {
            UserId user = UserId.parse(row.user());
            learned.accept(user, row.number());
            found.put(user, row.number());
        }
    }

    private void remember(UserId user, long number) {
        numbers.put(user, number);
        users.put(number, user);
    }

    private static List<UserId> missing(Collection<UserId> wanted, Map<UserId, Long> found) {
        var missing = new ArrayList<UserId>();
        for (UserId user : wanted) {
            if (!found.containsKey(user)) {
                missing.add(user);
            }
        }
        return missing;
    }
}
