package org.valise.server.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

/// Names and shapes that a reader may rely on.
class NamesTest {
    /// The specification's own words that end like a filler.
    private static final Set<String> WORDS_OF_THE_SPECIFICATION =
            Set.of("AccountData", "RoomAccountData");

    @Test
    void classesAreNamedAfterWhatTheyAreNotAfterFillers() {
        Codebase.check(
                noClasses()
                        .that(areNotWordsOfTheSpecification())
                        .should()
                        .haveNameMatching(
                                ".*[.$]([A-Za-z0-9]*(Manager|Helpers?|Utils?|Impl|Data|Info|Processor)|(Abstract|Base|New)[A-Z][A-Za-z0-9]*|"
                                    + "[A-Za-z]*[a-z]2)")
                        .because(
                                "such a name says nothing: a use case is a doer (EventSender,"
                                    + " Joining), rules are *Rules, SQL is a *Store, a loop is a"
                                    + " *Worker, a record of settings is a *Config"));
    }

    @Test
    void accessorsHaveNoGet() {
        Codebase.check(
                noMethods()
                        .that(
                                new DescribedPredicate<>(
                                        "are our own, not an overridden method of a library") {
                                    @Override
                                    public boolean test(JavaMethod method) {
                                        return !overridesForeign(method);
                                    }
                                })
                        .should()
                        .haveNameMatching("get[A-Z].*")
                        .because(
                                "accessors are called like what they return: user.name(), not"
                                        + " user.getName()"));
    }

    @Test
    void everyPackageIsNullMarked() {
        Codebase.check(
                classes()
                        .should(
                                new ArchCondition<>(
                                        "be in a package whose package-info is @NullMarked") {
                                    @Override
                                    public void check(JavaClass type, ConditionEvents events) {
                                        boolean marked =
                                                type.getPackage()
                                                        .isAnnotatedWith(
                                                                "org.jspecify.annotations.NullMarked");
                                        events.add(
                                                new SimpleConditionEvent(
                                                        type,
                                                        marked,
                                                        "package "
                                                                + type.getPackageName()
                                                                + " has no @NullMarked"
                                                                + " package-info"));
                                    }
                                })
                        .because(
                                "NullAway checks only what is marked, and package-info says what"
                                        + " the package is for"));
    }

    @Test
    void nothingReturnsAFuture() {
        Codebase.check(
                noMethods()
                        .should()
                        .haveRawReturnType(
                                DescribedPredicate.describe(
                                        "a future or a reactive type",
                                        type ->
                                                type.isAssignableTo(CompletionStage.class)
                                                        || type.isAssignableTo(
                                                                Flow.Publisher.class)))
                        .because(
                                "code blocks on virtual threads and reads top to bottom; a future"
                                        + " in a signature spreads to every caller"));
    }

    @Test
    void noStaticStateChanges() {
        Codebase.check(
                fields().that()
                        .areStatic()
                        .and()
                        .doNotHaveModifier(JavaModifier.SYNTHETIC)
                        .should()
                        .beFinal()
                        .because(
                                "one process can host several servers, and wiring is plain Java: no"
                                        + " static registries"));
    }

    @Test
    void classesAreFinalUnlessTheyHaveSubclasses() {
        Codebase.check(
                classes()
                        .that()
                        .areNotInterfaces()
                        .should(
                                new ArchCondition<>("be final, sealed or extended") {
                                    @Override
                                    public void check(JavaClass type, ConditionEvents events) {
                                        boolean fine =
                                                type.getModifiers()
                                                                .contains(
                                                                        com.tngtech.archunit.core
                                                                                .domain.JavaModifier
                                                                                .FINAL)
                                                        || type.isEnum()
                                                        || type.isAnonymousClass()
                                                        || type.getSimpleName()
                                                                .equals("package-info")
                                                        || !type.getSubclasses().isEmpty();
                                        events.add(
                                                new SimpleConditionEvent(
                                                        type,
                                                        fine,
                                                        type.getName()
                                                                + " is neither final nor"
                                                                + " extended"));
                                    }
                                })
                        .because("a class is open to extension only where that was thought about"));
    }

    private static DescribedPredicate<JavaClass> areNotWordsOfTheSpecification() {
        return DescribedPredicate.describe(
                "are not words of the specification",
                type -> !WORDS_OF_THE_SPECIFICATION.contains(type.getSimpleName()));
    }

    private static boolean overridesForeign(JavaMethod method) {
        var parameters =
                method.getRawParameterTypes().stream()
                        .map(JavaClass::getName)
                        .toArray(String[]::new);
        var owner = method.getOwner();
        return Stream.concat(
                        owner.getAllRawSuperclasses().stream(),
                        owner.getAllRawInterfaces().stream())
                .filter(parent -> !parent.getPackageName().startsWith("org.valise"))
                .anyMatch(parent -> parent.tryGetMethod(method.getName(), parameters).isPresent());
    }
}
