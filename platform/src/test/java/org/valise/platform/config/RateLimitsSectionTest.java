package org.valise.platform.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.valise.platform.http.OperationName;
import org.valise.platform.http.RateLimit;

import java.util.List;
import java.util.Map;

class RateLimitsSectionTest {
    @Test
    void limitsSingleOperations() {
        ValiseConfig config =
                ConfigLoader.parse(
                        """
                        rate_limits:
                          operations:
                            setTyping: {per_second: 2.5, burst: 7}
                          federation_operations:
                            getPublicRooms: {per_second: 1, burst: 2}
                        """,
                        Map.of(
                                "VALISE_RATE_LIMITS_OPERATIONS_SENDMESSAGE_PER_SECOND", "3",
                                "VALISE_RATE_LIMITS_OPERATIONS_SENDMESSAGE_BURST", "4"),
                        Map.of());
        assertThat(config.rateLimits().operations())
                .isEqualTo(
                        Map.of(
                                new OperationName(false, "setTyping"),
                                new RateLimit.Rate(2.5, 7),
                                new OperationName(true, "getPublicRooms"),
                                new RateLimit.Rate(1, 2),
                                new OperationName(false, "sendMessage"),
                                new RateLimit.Rate(3, 4)));
    }

    @Test
    void findsFaultsInTheLimitsOfSingleOperations() {
        assertThat(
                        faults(
                                """
                                rate_limits:
                                  operations:
                                    setTypping: {per_second: 1, burst: 2}
                                    sendMessage:
                                      burst: 3
                                    sync: {per_second: fast, burst: 1.5}
                                """))
                .containsExactlyInAnyOrder(
                        "valise.yaml line 3: there is no key"
                                + " \"rate_limits.operations.setTypping.per_second\". Did you mean"
                                + " \"rate_limits.operations.setTyping.per_second\"?",
                        "valise.yaml line 3: there is no key"
                                + " \"rate_limits.operations.setTypping.burst\". Did you mean"
                                + " \"rate_limits.operations.setTyping.burst\"?",
                        "rate_limits.operations.sendMessage: set both per_second and burst.",
                        "valise.yaml line 6: rate_limits.operations.sync.per_second is \"fast\": it"
                                + " must be a number, 0.0001 to 1000000.",
                        "valise.yaml line 6: rate_limits.operations.sync.burst is \"1.5\": it must"
                                + " be an integer, 1 to 1000000.");
    }

    private static List<String> faults(String yaml) {
        return catchThrowableOfType(
                        ConfigException.class, () -> ConfigLoader.parse(yaml, Map.of(), Map.of()))
                .faults();
    }
}
