package org.valise.platform.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SecretTest {
    @Test
    void neverPrints() {
        Secret secret = Secret.of("swordfish");
        assertThat(secret.toString()).isEqualTo("(secret)");
        assertThat("%s %s".formatted(secret, secret.hashCode())).doesNotContain("swordfish");
        assertThat(Secret.none().toString()).isEqualTo("(none)");
        assertThat(Secret.of("").isPresent()).isFalse();
    }

    @Test
    void comparesByContent() {
        assertThat(Secret.of("a"))
                .isEqualTo(Secret.of("a"))
                .isNotEqualTo(Secret.of("b"))
                .hasSameHashCodeAs(Secret.of("a"));
    }

    @Test
    void masksThePasswordOfAUrl() {
        assertThat(Secret.masked("postgres://u:p@w@db:1/x?password=q&a=b"))
                .isEqualTo("postgres://u:(secret)@db:1/x?password=(secret)&a=b");
        assertThat(Secret.masked("jdbc:postgresql://db/x")).isEqualTo("jdbc:postgresql://db/x");
    }
}
