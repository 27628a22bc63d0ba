package org.valise.server.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

/// Everything that ships, read once for all rules: tests and the modules `testing` and `bench` are
/// left out.
final class Codebase {
    private static final JavaClasses SHIPPED =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .withImportOption(location ->
                            !location.contains("/org/valise/testing/")
                                    && !location.contains("/org/valise/bench/"))
                    .importPackages("org.valise");

    private Codebase() {}

    static JavaClasses shipped() {
        return SHIPPED;
    }

    static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(SHIPPED);
    }
}
