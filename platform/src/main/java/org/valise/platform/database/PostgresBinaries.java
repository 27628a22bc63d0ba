package org.valise.platform.database;

import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/// PostgreSQL's programs, unpacked once from the archive on the classpath.
///
/// @param home holds `bin`, `lib` and `share`
/// @param version such as `18.6`
record PostgresBinaries(Path home, String version) {
    private static final String PREFIX = "postgres-";
    private static final int FORCED_BYTES = 1 << 16;
    private static final String VERSION_FILE = "VALISE_VERSION";

    static PostgresBinaries unpacked(Path folder) throws IOException {
        URL archive = archive();
        Path home = folder.resolve(PREFIX + fingerprint(archive));
        Path versionFile = home.resolve(VERSION_FILE);
        if (!Files.exists(versionFile)) unpack(archive, home);
        // SECURITY: in a shared temporary folder somebody else could have put programs there for us
        // to run.
        if (!Files.getOwner(home).equals(RunAs.self())) {
            throw new IOException(
                    "The folder %s belongs to %s, not to the user who runs Valise: remove it."
                            .formatted(home, Files.getOwner(home).getName()));
        }
        return new PostgresBinaries(home, Files.readString(versionFile).strip());
    }

    int major() {
        return Integer.parseInt(version.split("\\.")[0]);
    }

    String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    /// Removes what former releases of Valise unpacked beside.
    void removeOthers() throws IOException {
        Path folder = home.getParent();
        if (folder == null) return;
        try (Stream<Path> siblings = Files.list(folder)) {
            for (Path other : siblings.toList()) {
                Path name = other.getFileName();
                if (name != null && name.toString().startsWith(PREFIX) && !other.equals(home))
                    deleteTree(other);
            }
        }
    }

    private static URL archive() throws IOException {
        String architecture =
                switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm_64";
                    case String other -> other;
                };
        String system =
                System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac")
                        ? "darwin"
                        : "linux";
        String name = "/postgres-%s-%s.txz".formatted(system, architecture);
        URL archive = PostgresBinaries.class.getResource(name);
        if (archive == null) {
            throw new IOException(
                    ("This build brings no PostgreSQL for %s on %s. Set database.url to a"
                         + " PostgreSQL server (15 or newer), or use the build for your machine.")
                            .formatted(system, architecture));
        }
        return archive;
    }

    /// Tells releases of the archive apart without reading it: the jar's directory has its
    /// checksum.
    private static String fingerprint(URL archive) throws IOException {
        URLConnection connection = archive.openConnection();
        connection.setUseCaches(false);
        if (connection instanceof JarURLConnection jar) {
            try (JarFile file = jar.getJarFile()) {
                return Long.toHexString(file.getEntry(jar.getEntryName()).getCrc());
            }
        }
        return Long.toString(connection.getContentLengthLong());
    }

    /// Unpacks aside and renames: whoever comes second, in this process or another, finds it whole
    /// or not at all.
    private static void unpack(URL archive, Path home) throws IOException {
        Path folder = home.resolveSibling("unpacking-" + UUID.randomUUID());
        Files.createDirectories(folder);
        try {
            try (InputStream packed = new BufferedInputStream(archive.openStream(), 1 << 16);
                    InputStream plain = new XZInputStream(packed)) {
                TarArchive tar = new TarArchive(plain);
                for (var entry = tar.next(); entry.isPresent(); entry = tar.next()) {
                    write(folder, entry.get(), tar);
                }
            }
            Files.writeString(folder.resolve(VERSION_FILE), versionOf(folder));
            readableByAll(folder);
            try {
                Files.move(folder, home, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException e) {
                if (!Files.exists(home.resolve(VERSION_FILE))) throw e; // somebody else was faster
            }
        } finally {
            deleteTree(folder);
        }
    }

    private static void write(Path folder, TarArchive.Entry entry, TarArchive tar)
            throws IOException {
        Path target = folder.resolve(entry.name()).normalize();
        if (!target.startsWith(folder)) {
            throw new IOException("unsafe name in the archive: " + entry.name());
        }
        Path parent = target.getParent();
        if (parent != null) Files.createDirectories(parent);
        switch (entry.type()) {
            case FOLDER -> Files.createDirectories(target);
            case LINK -> Files.createSymbolicLink(target, Path.of(entry.target()));
            case FILE -> writeFile(target, tar.content(), entry.executable());
        }
    }

    private static void writeFile(Path target, byte[] content, boolean executable)
            throws IOException {
        try (FileChannel file =
                FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) file.write(bytes);
            // After a power failure the renamed folder must not hold empty programs.
            if (content.length > FORCED_BYTES) file.force(false);
        }
        Files.setPosixFilePermissions(
                target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }

    private static void readableByAll(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.filter(Files::isDirectory).toList()) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    private static String versionOf(Path folder) throws IOException {
        String program = folder.resolve("bin/postgres").toString();
        Command.Result result;
        try {
            result = Command.run(List.of(program, "--version"), Map.of(), "");
        } catch (IOException e) {
            throw new IOException(
                    ("PostgreSQL cannot run from %s (%s). The file system may be mounted noexec, or"
                         + " the system's C library may be too old or not glibc: use another data"
                         + " folder, or set database.url to a PostgreSQL server.")
                            .formatted(folder, e.getMessage()),
                    e);
        }
        String[] words = result.output().strip().split("\\s+");
        if (result.exit() != 0 || words.length < 3) {
            throw new IOException(
                    "PostgreSQL does not run on this system: " + result.output().strip());
        }
        return words[2];
    }

    static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @Nullable IOException failure) throws IOException {
                        Files.deleteIfExists(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
