package org.valise.platform.http;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The query of a request, decoded once, on the first look.
final class QueryString {
    /// Parameters a query may have: enough for every operation, too few to be a burden.
    private static final int MOST = 256;

    private final @Nullable String raw;
    private @Nullable List<String> pairs;

    QueryString(@Nullable String raw) {
        this.raw = raw;
    }

    Optional<String> first(String name) {
        List<String> all = pairs();
        for (int i = 0; i < all.size(); i += 2) {
            if (all.get(i).equals(name)) {
                return Optional.of(all.get(i + 1));
            }
        }
        return Optional.empty();
    }

    List<String> all(String name) {
        List<String> found = new ArrayList<>();
        List<String> all = pairs();
        for (int i = 0; i < all.size(); i += 2) {
            if (all.get(i).equals(name)) {
                found.add(all.get(i + 1));
            }
        }
        return List.copyOf(found);
    }

    private List<String> pairs() {
        List<String> known = pairs;
        if (known == null) {
            known = raw == null || raw.isEmpty() ? List.of() : parse(raw);
            pairs = known;
        }
        return known;
    }

    /// Names at even places, values at odd ones.
    private static List<String> parse(String raw) {
        List<String> pairs = new ArrayList<>();
        int from = 0;
        while (from < raw.length() && pairs.size() < 2 * MOST) {
            int and = raw.indexOf('&', from);
            int to = and < 0 ? raw.length() : and;
            if (to > from) {
                int equals = raw.indexOf('=', from, to);
                int nameEnd = equals < 0 ? to : equals;
                pairs.add(PercentCoding.decodeComponent(raw, from, nameEnd));
                pairs.add(equals < 0 ? "" : PercentCoding.decodeComponent(raw, equals + 1, to));
            }
            from = to + 1;
        }
        return pairs;
    }
}
