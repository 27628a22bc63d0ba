package org.valise.server.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;

import org.junit.jupiter.api.Test;

import java.util.Set;

/// A `*Store` is SQL and nothing else, and SQL is nowhere else.
class StoresTest {
    @Test
    void storesHoldSqlAndNothingElse() {
        Codebase.check(
                noClasses()
                        .that()
                        .haveNameMatching(".*Store(\\$.*)?")
                        .and()
                        .resideOutsideOfPackage("org.valise.platform..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "org.valise.platform.http..",
                                "org.valise.platform.worker..",
                                "org.valise.platform.outbound..",
                                "org.valise.platform.telemetry..",
                                "java.net..",
                                "java.util.concurrent..",
                                "org.slf4j..",
                                "com.github.benmanes.caffeine..")
                        .because(
                                "a *Store is SQL and nothing else: rules, caches, waiting and"
                                        + " logging belong to the use case that calls it"));
    }

    @Test
    void sqlIsRunOnlyByStores() {
        Codebase.check(
                noClasses()
                        .that()
                        .haveNameNotMatching(".*Store(\\$.*)?")
                        .and()
                        .resideOutsideOfPackage("org.valise.platform..")
                        .should()
                        .callMethodWhere(
                                DescribedPredicate.describe(
                                        "SQL is run",
                                        call ->
                                                call.getTargetOwner()
                                                                .getName()
                                                                .equals(
                                                                        "org.valise.platform.database.Tx")
                                                        && Set.of("query", "one", "update", "batch")
                                                                .contains(call.getName())))
                        .because(
                                "SQL stands at the top of the *Store that runs it, each statement"
                                        + " named, where a reviewer looks for it"));
    }
}
