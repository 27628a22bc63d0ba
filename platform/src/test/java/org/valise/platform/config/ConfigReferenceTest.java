package org.valise.platform.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

final class ConfigReferenceTest {
    /// Set this variable to write the file anew.
    private static final boolean WRITE = "true".equals(System.getenv("VALISE_TEST_WRITE_DOCS"));

    @Test
    void theReferenceInTheRepositoryIsCurrent() throws IOException {
        Path file = Path.of("../docs/configuration.md");
        if (WRITE) {
            Files.createDirectories(Path.of("../docs"));
            Files.writeString(file, ConfigReference.markdown());
        }
        assertThat(file)
                .as(
                        "docs/configuration.md differs from ValiseConfig. To write it anew run this"
                                + " test with VALISE_TEST_WRITE_DOCS=true")
                .content()
                .isEqualTo(ConfigReference.markdown());
    }

    @Test
    void thePrintedFileIsAFileWithTheDefaults() {
        // With the comment signs of the keys taken away it must read as what the defaults are.
        String yaml = ConfigReference.yaml().replaceAll("(?m)^( *)#(?! )", "$1");
        assertThat(yaml)
                .contains("\nserver_name: localhost\n")
                .contains("\ndatabase:\n")
                .contains("\n  embedded:\n");
        assertThat(ConfigLoader.parse(yaml, Map.of(), Map.of()))
                .isEqualTo(ValiseConfig.of(Map.of()));
        assertThat(ConfigLoader.parse(ConfigReference.yaml(), Map.of(), Map.of()))
                .isEqualTo(ValiseConfig.of(Map.of()));
    }

    @Test
    void everyKeySaysWhatItMeans() {
        List<String> silent = new ArrayList<>();
        for (Settings.Declared declared : ConfigReference.declared()) {
            if (!declared.meaning().endsWith(".")) silent.add(declared.key());
        }
        assertThat(silent).isEmpty();
    }
}
