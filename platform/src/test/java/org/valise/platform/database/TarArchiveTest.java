package org.valise.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

final class TarArchiveTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void readsFilesFoldersAndLinks() throws IOException {
        entry("bin/", '5', "755", "");
        entry("bin/run", '0', "755", "x".repeat(513));
        entry("skipped", '0', "644", "y".repeat(512));
        entry("lib.so", '2', "777", "", "lib.so.1");
        entry("note", '0', "644", "");
        TarArchive tar = new TarArchive(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(tar.next())
                .contains(new TarArchive.Entry("bin/", TarArchive.Type.FOLDER, true, 0, ""));
        assertThat(tar.next())
                .contains(new TarArchive.Entry("bin/run", TarArchive.Type.FILE, true, 513, ""));
        assertThat(tar.content()).hasSize(513).containsOnly('x');
        assertThat(tar.next()).map(TarArchive.Entry::name).contains("skipped");
        assertThat(tar.next())
                .contains(
                        new TarArchive.Entry("lib.so", TarArchive.Type.LINK, true, 0, "lib.so.1"));
        assertThat(tar.next())
                .contains(new TarArchive.Entry("note", TarArchive.Type.FILE, false, 0, ""));
        assertThat(tar.content()).isEmpty();
        assertThat(tar.next()).isEmpty();
    }

    @Test
    void refusesWhatItDoesNotKnowAndWhatIsCutOff() throws IOException {
        entry("long", 'L', "644", "");
        assertThatThrownBy(
                        () -> new TarArchive(new ByteArrayInputStream(bytes.toByteArray())).next())
                .hasMessageContaining("unknown type: long");
        bytes.reset();
        entry("cut", '0', "644", "z".repeat(600));
        TarArchive cut =
                new TarArchive(new ByteArrayInputStream(Arrays.copyOf(bytes.toByteArray(), 700)));
        cut.next();
        assertThatThrownBy(cut::content).hasMessageContaining("ends too early");
    }

    private void entry(String name, char type, String mode, String content) throws IOException {
        entry(name, type, mode, content, "");
    }

    private void entry(String name, char type, String mode, String content, String link)
            throws IOException {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, mode);
        put(header, 124, Integer.toOctalString(content.length()));
        header[156] = (byte) type;
        put(header, 157, link);
        put(header, 257, "ustar  ");
        bytes.write(header);
        bytes.write(content.getBytes(StandardCharsets.US_ASCII));
        bytes.write(new byte[-content.length() & 511]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] raw = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(raw, 0, header, at, raw.length);
    }
}
