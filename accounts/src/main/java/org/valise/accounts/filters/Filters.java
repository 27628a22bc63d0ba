package org.valise.accounts.filters;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.filter.Filter;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.regex.Pattern;

/// Filters that clients have stored. They never change, so that what is cached is right. Spec:
/// client-server API, "Filtering".
public final class Filters {
    private static final int CACHED = 10_000;
    private static final int MOST = 1_000;
    private static final Pattern ID = Pattern.compile("[0-9]{1,18}");

    private record Key(long user, long number) {}

    private final Database database;
    private final FilterStore store = new FilterStore();
    private final Cache<Key, Filter> cached = Caffeine.newBuilder().maximumSize(CACHED).build();

    public Filters(Database database) {
        this.database = database;
    }

    /// Stores a filter; the same definition gets the same id.
    ///
    /// @throws MatrixException if it is no filter
    public String define(long user, JsonObject definition) {
        Filter.parse(definition);
        byte[] canonical = canonical(definition);
        byte[] digest = digest(canonical);
        String text = new String(canonical, StandardCharsets.UTF_8);
        return Long.toString(database.transaction(tx -> define(tx, user, digest, text)));
    }

    private long define(Tx tx, long user, byte[] digest, String definition) {
        Optional<Long> known = store.number(tx, user, digest);
        if (known.isPresent()) {
            return known.get();
        }
        if (store.count(tx, user) >= MOST) {
            throw new MatrixException(
                            ErrorCode.M_TOO_LARGE, "You have stored " + MOST + " filters already")
                    .status(400);
        }
        store.insert(tx, user, digest, definition);
        return store.number(tx, user, digest).orElseThrow();
    }

    /// A filter that the user has stored.
    public Optional<Filter> find(long user, String id) {
        if (!ID.matcher(id).matches()) {
            return Optional.empty();
        }
        var key = new Key(user, Long.parseLong(id));
        Filter known = cached.getIfPresent(key);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Filter> stored =
                database.read(tx -> store.definition(tx, user, key.number()))
                        .map(definition -> Filter.parse(Json.parseObject(definition)));
        stored.ifPresent(filter -> cached.put(key, filter));
        return stored;
    }

    /// Removes everything, as part of an ordered commit. Nobody is left to ask for what is cached.
    public void erase(CommitBatch batch, long user) {
        store.erase(batch, user);
    }

    private static byte[] canonical(JsonObject definition) {
        try {
            return CanonicalJson.encode(definition);
        } catch (JsonException e) {
            throw new MatrixException(ErrorCode.M_BAD_JSON, "Not a filter: " + e.getMessage());
        }
    }

    private static byte[] digest(byte[] canonical) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(canonical);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
