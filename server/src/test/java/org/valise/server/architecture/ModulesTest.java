package org.valise.server.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The arrow between modules points only down, and packages are by feature without cycles.
class ModulesTest {
    /// A module and what it may use besides itself. Deliberately poorer than the poms where a pom
    /// must name more.
    private static final Map<String, List<String>> MAY_USE =
            Map.of(
                    "protocol", List.of(),
                    "platform", List.of("protocol"),
                    "federation", List.of("protocol", "platform"),
                    "accounts", List.of("protocol", "platform", "federation"),
                    "rooms", List.of("protocol", "platform", "federation", "accounts"),
                    "devices", List.of("protocol", "platform", "federation", "accounts", "rooms"),
                    "push", List.of("protocol", "platform", "federation", "accounts", "rooms"),
                    "sync",
                            List.of(
                                    "protocol",
                                    "platform",
                                    "federation",
                                    "accounts",
                                    "rooms",
                                    "devices",
                                    "push"));

    @Test
    void modulesUseOnlyWhatStandsBelowThem() {
        MAY_USE.forEach((module, below) ->
                Codebase.check(
                        classes()
                                .that()
                                .resideInAPackage(packagesOf(module))
                                .should()
                                .onlyDependOnClassesThat(anyOf(module, below))
                                .because(
                                        "the arrow between modules points only down (architecture,"
                                            + " section 2): what is needed from above is a follower"
                                            + " of the stream, or a port that the lower module"
                                            + " declares and the server fills in")));
    }

    @Test
    void everyModuleHasItsLineInTheTable() {
        var modules = new TreeSet<String>();
        for (JavaClass type : Codebase.shipped()) {
            modules.add(type.getPackageName().split("\\.")[2]);
        }
        modules.remove("server"); // may use all
        assertThat(MAY_USE.keySet()).containsAll(modules);
    }

    @Test
    void writersDoNotKnowTheirReaders() {
        Codebase.check(
                noClasses()
                        .that()
                        .resideInAPackage("org.valise.rooms..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "org.valise.sync..",
                                "org.valise.devices..",
                                "org.valise.push..",
                                "org.valise.appservices..")
                        .because(
                                "readers follow the stream; a writer that calls them makes them"
                                        + " part of its transaction"));
    }

    @Test
    void packagesHaveNoCycles() {
        Codebase.check(
                slices().matching("org.valise.(**)")
                        .should()
                        .beFreeOfCycles()
                        .because(
                                "two packages that need each other are one feature, or hide a third"
                                        + " one that both need"));
    }

    @Test
    void packagesAreByFeatureNotByLayer() {
        Codebase.check(
                noClasses()
                        .should()
                        .resideInAnyPackage(
                                Stream.of(
                                                "model",
                                                "models",
                                                "service",
                                                "services",
                                                "controller",
                                                "controllers",
                                                "dao",
                                                "dto",
                                                "entity",
                                                "impl",
                                                "util",
                                                "utils",
                                                "common",
                                                "helpers",
                                                "interfaces",
                                                "internal")
                                        .map(layer -> "org.valise.." + layer + "..")
                                        .toArray(String[]::new))
                        .because(
                                "a package is named after what Matrix calls the thing, so that the"
                                    + " specification's table of contents finds the file; layers"
                                    + " scatter one feature over the tree"));
    }

    private static DescribedPredicate<JavaClass> anyOf(String module, List<String> below) {
        var allowed = Stream.concat(Stream.of(module), below.stream()).map(ModulesTest::packagesOf);
        return resideInAnyPackage(allowed.toArray(String[]::new))
                .or(DescribedPredicate.not(resideInAPackage("org.valise..")))
                .as("stand in %s and below it: %s", module, below);
    }

    private static String packagesOf(String module) {
        return "org.valise." + module + "..";
    }
}
