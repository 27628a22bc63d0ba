package org.valise.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

final class TestDatabaseTest {
    private static final List<String> SAMPLE = List.of("org/valise/testing/migration");

    @Test
    void givesEachAskerAMigratedDatabaseOfItsOwn() {
        for (int i = 0; i < 3; i++) {
            long t = System.nanoTime();
            try (TestDatabase one = TestDatabase.create(SAMPLE);
                    TestDatabase other = TestDatabase.create(SAMPLE)) {
                System.out.println((System.nanoTime() - t) / 1_000_000 + " ms for two");
                one.database()
                        .run(tx -> tx.update("INSERT INTO sample.thing VALUES (1, 'a', NULL)"));
                assertThat(
                                one.database()
                                        .<Long>read(tx ->
                                                tx.only(
                                                        "SELECT count(*) FROM sample.thing",
                                                        row -> row.getLong(1))))
                        .isEqualTo(1);
                assertThat(
                                other.database()
                                        .<Long>read(tx ->
                                                tx.only(
                                                        "SELECT count(*) FROM sample.thing",
                                                        row -> row.getLong(1))))
                        .isZero();
            }
        }
    }
}
