package org.valise.server.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;

import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/// `protocol` decides and never asks: time, randomness, keys and events are arguments.
class ProtocolPurityTest {
    private static final String WHY =
            "protocol is pure: time, randomness, keys and events are arguments, so that every"
                + " decision can be replayed in a test and two servers given the same input decide"
                + " the same";

    @Test
    void usesTheJdkCoreAndJacksonsTokenizerOnly() {
        Codebase.check(
                classes()
                        .that()
                        .resideInAPackage("org.valise.protocol..")
                        .should()
                        .onlyDependOnClassesThat(
                                resideInAnyPackage(
                                        "org.valise.protocol..",
                                        "java.lang..",
                                        "java.util..",
                                        "java.math",
                                        "java.nio",
                                        "java.nio.charset",
                                        "java.security",
                                        "java.io",
                                        "java.time..",
                                        "tools.jackson.core..",
                                        "org.jspecify.annotations"))
                        .because(WHY));
    }

    @Test
    void hasNoThreadsLocksOrIo() {
        Codebase.check(
                noClasses()
                        .that()
                        .resideInAPackage("org.valise.protocol..")
                        .should()
                        .dependOnClassesThat(
                                new DescribedPredicate<>(
                                        "threads, locks, atomics, files, sockets, clocks or"
                                                + " randomness") {
                                    @Override
                                    public boolean test(
                                            com.tngtech.archunit.core.domain.JavaClass type) {
                                        String name = type.getName();
                                        return name.startsWith("java.util.concurrent.locks")
                                                || name.startsWith("java.util.concurrent.atomic")
                                                || name.startsWith("java.util.concurrent.Executor")
                                                || name.startsWith(
                                                        "java.util.concurrent.ConcurrentHashMap")
                                                || name.startsWith(
                                                        "java.util.concurrent.ThreadLocalRandom")
                                                || name.startsWith("java.util.logging")
                                                || name.startsWith("java.io.File")
                                                || FORBIDDEN.contains(name);
                                    }
                                })
                        .because(WHY));
    }

    @Test
    void readsNoClock() {
        Codebase.check(
                noClasses()
                        .that()
                        .resideInAPackage("org.valise.protocol..")
                        .should()
                        .callMethodWhere(
                                new DescribedPredicate<JavaCall<?>>(
                                        "the time or the environment is read") {
                                    @Override
                                    public boolean test(JavaCall<?> call) {
                                        String owner = call.getTargetOwner().getName();
                                        String method = call.getName();
                                        return (owner.equals("java.lang.System")
                                                        && AMBIENT.contains(method))
                                                || (owner.startsWith("java.time.")
                                                        && method.equals("now"));
                                    }
                                })
                        .because(WHY));
    }

    private static final Set<String> FORBIDDEN =
            Set.of(
                    Thread.class.getName(),
                    ThreadLocal.class.getName(),
                    Clock.class.getName(),
                    Random.class.getName(),
                    UUID.class.getName(),
                    "java.security.SecureRandom",
                    "java.util.SplittableRandom");

    private static final Set<String> AMBIENT =
            Set.of("currentTimeMillis", "nanoTime", "getenv", "getProperty", "exit");
}
