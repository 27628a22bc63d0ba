package org.valise.platform.config;

import org.valise.platform.http.RateLimit;
import org.valise.platform.http.RateLimits;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// @param overrides only the limits that differ from the table
public record RateLimitsSection(boolean enabled, Map<RateLimit, RateLimit.Rate> overrides) {
    public RateLimits limits() {
        return enabled ? RateLimits.of(overrides) : RateLimits.none();
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
                            0.0001,
                            1_000_000,
                            "So many in the long run.");
            int burst = one.integer("burst", usual.burst(), 1, 1_000_000, "So many at once.");
            RateLimit.Rate rate = new RateLimit.Rate(perSecond, burst);
            if (!rate.equals(usual)) overrides.put(limit, rate);
        }
        return new RateLimitsSection(enabled, Map.copyOf(overrides));
    }
}
