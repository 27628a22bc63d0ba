package org.valise.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder that is gone afterwards, unless it is to be kept. Others may pass through it: started
/// by root, PostgreSQL runs as somebody else.
public final class TemporaryFolder implements AutoCloseable {
    private final Path path;
    private final boolean keep;

    private TemporaryFolder(Path path, boolean keep) {
        this.path = path;
        this.keep = keep;
    }

    /// @param keep whether it stays after all
    public static TemporaryFolder in(Path parent, boolean keep) {
        try {
            Files.createDirectories(parent);
            Path path = Files.createTempDirectory(parent.toAbsolutePath(), "valise-bench-");
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
            return new TemporaryFolder(path, keep);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path path() {
        return path;
    }

    /// Such as `ext4`, or `tmpfs`, on which nothing is written to a disk.
    public String fileSystem() {
        try {
            return Files.getFileStore(path).type();
        } catch (IOException e) {
            return "unknown";
        }
    }

    @Override
    public void close() {
        if (keep) {
            return;
        }
        try (Stream<Path> below = Files.walk(path)) {
            List<Path> deepestFirst = below.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
