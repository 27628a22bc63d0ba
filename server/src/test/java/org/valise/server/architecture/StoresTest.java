package org.valise.server.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;

import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.TreeSet;

/// A `*Store` is SQL and nothing else, and SQL is nowhere else.
class StoresTest {
    private static final String STORE = ".*Store(\\$.*)?";

    private static final Set<String> RUNS_SQL =
            Set.of("query", "one", "only", "exists", "each", "update", "insert", "batch");

    @Test
    void storesHoldSqlAndNothingElse() {
        Codebase.check(
                noClasses()
                        .that()
                        .haveNameMatching(STORE)
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
                                "java.util.concurrent.locks..",
                                "org.slf4j..")
                        .because(
                                "a *Store is SQL, at most with a bounded cache of rows that never"
                                        + " change: rules, waiting and logging belong to the use"
                                        + " case that calls it"));
    }

    @Test
    void sqlIsRunOnlyByStores() {
        var elsewhere = new TreeSet<String>();
        for (JavaClass type : Codebase.shipped()) {
            if (type.getName().matches(STORE)
                    || type.getPackageName().startsWith("org.valise.platform")) {
                continue;
            }
            for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
                if (call.getTargetOwner().getName().equals("org.valise.platform.database.Tx")
                        && RUNS_SQL.contains(call.getName())) {
                    elsewhere.add(outermost(type));
                }
            }
        }
        assertThat(elsewhere)
                .as(
                        "classes that run SQL and are no *Store: a statement stands, named, at the"
                                + " top of the *Store that runs it, where a reviewer looks for it")
                .isEmpty();
    }

    private static String outermost(JavaClass type) {
        return type.getEnclosingClass().map(StoresTest::outermost).orElse(type.getSimpleName());
    }
}
