package org.valise.platform.config;

import org.valise.platform.http.OperationName;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.RateLimits;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// @param overrides only the limits that differ from the table
/// @param operations the rates of operations that are counted by themselves
public record RateLimitsSection(
        boolean enabled,
        Map<RateLimit, RateLimit.Rate> overrides,
        Map<OperationName, RateLimit.Rate> operations) {
    static final String OPERATIONS = "operations";
    static final String FEDERATION_OPERATIONS = "federation_operations";
    private static final double LEAST = 0.0001;
    private static final int MOST = 1_000_000;

    public RateLimits limits() {
        return enabled ? RateLimits.of(overrides, operations) : RateLimits.none();
    }

    static RateLimitsSection read(Settings s) {
        boolean enabled =
                s.flag(
                        "enabled",
                        true,
                        "Whether anything is limited. Turn this off for a benchmark only.");
        Map<RateLimit, RateLimit.Rate> overrides = new EnumMap<>(RateLimit.class);
        for (RateLimit limit : RateLimit.values()) {
            RateLimit.Rate usual = limit.defaultRate();
            Settings one = s.section(limit.name().toLowerCase(Locale.ROOT));
            double perSecond =
                    one.number(
                            "per_second",
                            usual.perSecond(),
                            LEAST,
                            MOST,
                            "So many in the long run.");
            int burst = one.integer("burst", usual.burst(), 1, MOST, "So many at once.");
            RateLimit.Rate rate = new RateLimit.Rate(perSecond, burst);
            if (!rate.equals(usual)) overrides.put(limit, rate);
        }
        return new RateLimitsSection(enabled, Map.copyOf(overrides), operations(s));
    }

    /// Each operation has its keys, so that an unknown one is found like any other unknown key.
    private static Map<OperationName, RateLimit.Rate> operations(Settings s) {
        Map<OperationName, RateLimit.Rate> rates = new HashMap<>();
        Settings forClients = s.section(OPERATIONS);
        Settings forServers = s.section(FEDERATION_OPERATIONS);
        for (OperationName name : OperationName.known()) {
            Settings one = (name.federation() ? forServers : forClients).section(name.id());
            Optional<Double> perSecond =
                    one.optional("per_second", "number", "", RateLimitsSection::perSecond);
            Optional<Integer> burst =
                    one.optional("burst", "integer", "", RateLimitsSection::burst);
            if (perSecond.isPresent() && burst.isPresent()) {
                rates.put(name, new RateLimit.Rate(perSecond.get(), burst.get()));
            } else if (one.isGiven("per_second") != one.isGiven("burst")) {
                one.fault(
                        "rate_limits.%s.%s: set both per_second and burst."
                                .formatted(
                                        name.federation() ? FEDERATION_OPERATIONS : OPERATIONS,
                                        name.id()));
            }
        }
        return Map.copyOf(rates);
    }

    private static double perSecond(String text) {
        String must = "a number, 0.0001 to 1000000";
        double number = number(text, must);
        if (!(number >= LEAST && number <= MOST)) {
            throw new IllegalArgumentException(must);
        }
        return number;
    }

    private static int burst(String text) {
        String must = "an integer, 1 to 1000000";
        double number = number(text, must);
        if (number != Math.rint(number) || number < 1 || number > MOST) {
            throw new IllegalArgumentException(must);
        }
        return (int) number;
    }

    private static double number(String text, String must) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(must, e);
        }
    }
}
