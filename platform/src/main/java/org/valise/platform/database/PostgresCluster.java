package org.valise.platform.database;

import org.valise.platform.config.Secret;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// The folder of data: made once, opened by a server of the same major version, with one role that
/// has a password.
///
/// SECURITY: nobody can log in as superuser; the role `valise` owns its database and no more, so
/// that even injected SQL can neither run a program nor read a file. TCP on 127.0.0.1 is the only
/// door, with a random password that only the data folder's owner can read.
final class PostgresCluster {
    static final String ROLE = "valise";
    private static final String SUPERUSER = "postgres";
    private static final int PASSWORD_BYTES = 24;

    private final EmbeddedPostgresConfig config;
    private final PostgresBinaries binaries;
    private final Path folder;
    private final RunAs runAs;
    private final Secret password;

    private PostgresCluster(
            EmbeddedPostgresConfig config,
            PostgresBinaries binaries,
            Path folder,
            RunAs runAs,
            Secret password) {
        this.config = config;
        this.binaries = binaries;
        this.folder = folder;
        this.runAs = runAs;
        this.password = password;
    }

    /// Opens the cluster, and makes it the first time.
    static PostgresCluster open(EmbeddedPostgresConfig config, PostgresBinaries binaries)
            throws IOException {
        Path folder = config.folder().resolve("cluster");
        Path passwordFile = config.folder().resolve("password");
        boolean exists = Files.exists(folder);
        Secret password =
                exists && Files.exists(passwordFile)
                        ? Secret.of(Files.readString(passwordFile).strip())
                        : Secret.none();
        if (!exists) {
            password = newPassword(passwordFile);
            make(config, binaries, folder, password);
        } else {
            refuseOtherVersion(binaries, folder);
        }
        PostgresCluster cluster =
                new PostgresCluster(config, binaries, folder, RunAs.forExisting(folder), password);
        return password.isPresent() ? cluster : cluster.withNewPassword(passwordFile);
    }

    Path folder() {
        return folder;
    }

    Secret password() {
        return password;
    }

    Path pidFile() {
        return folder.resolve("postmaster.pid");
    }

    /// Writes the settings of this start and gives the command that runs the server.
    List<String> serverCommand(int port) throws IOException {
        // SECURITY: beside the cluster, not inside: there the server's user could put links for
        // root to write through.
        Path settings = config.folder().resolve("generated.conf");
        Path access = config.folder().resolve("access.conf");
        Files.writeString(settings, PostgresSettings.text(config));
        Files.writeString(access, "host all " + ROLE + " 127.0.0.1/32 scram-sha-256\n");
        return runAs.command(
                binaries.program("postgres"),
                "-D",
                folder.toString(),
                "-c",
                "config_file=" + settings,
                "-c",
                "hba_file=" + access,
                "-p",
                Integer.toString(port));
    }

    private PostgresCluster withNewPassword(Path passwordFile) throws IOException {
        Secret fresh = newPassword(passwordFile);
        runAlone(
                runAs,
                binaries,
                folder,
                List.of("ALTER ROLE " + ROLE + " PASSWORD '" + fresh.reveal() + "'"));
        return new PostgresCluster(config, binaries, folder, runAs, fresh);
    }

    /// Makes it aside and renames: a start that was cut off leaves nothing half made.
    private static void make(
            EmbeddedPostgresConfig config, PostgresBinaries binaries, Path folder, Secret password)
            throws IOException {
        Path aside = folder.resolveSibling("cluster.new");
        PostgresBinaries.deleteTree(aside);
        Files.createDirectory(
                aside,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        RunAs runAs = RunAs.forNew(config.folder());
        runAs.give(aside);
        Command.Result result =
                Command.run(
                        runAs.command(
                                binaries.program("initdb"),
                                "--pgdata=" + aside,
                                "--username=" + SUPERUSER,
                                "--auth=reject",
                                "--encoding=UTF8",
                                "--locale=C",
                                "--locale-provider=builtin",
                                "--builtin-locale=C.UTF-8",
                                "--no-instructions",
                                config.durable() ? "--data-checksums" : "--no-sync"),
                        Map.of(),
                        "");
        if (result.exit() != 0) {
            throw new IOException(
                    "PostgreSQL could not make its data folder %s:\n%s"
                            .formatted(aside, result.output().strip()));
        }
        runAlone(
                runAs,
                binaries,
                aside,
                List.of(
                        "CREATE ROLE "
                                + ROLE
                                + " LOGIN CREATEDB PASSWORD '"
                                + password.reveal()
                                + "'",
                        "GRANT pg_monitor, pg_checkpoint TO " + ROLE,
                        "CREATE DATABASE " + ROLE + " OWNER " + ROLE));
        Files.move(aside, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Runs statements as superuser in single-user mode, for which no login exists. The program
    /// reads them from its standard input, so that a password is in no argument list.
    private static void runAlone(
            RunAs runAs, PostgresBinaries binaries, Path folder, List<String> statements)
            throws IOException {
        Command.Result result =
                Command.run(
                        runAs.command(
                                binaries.program("postgres"),
                                "--single",
                                "-D",
                                folder.toString(),
                                "-c",
                                "log_checkpoints=off",
                                SUPERUSER),
                        Map.of(),
                        String.join("\n", statements) + "\n");
        String output = result.output();
        if (result.exit() != 0 || output.contains("ERROR:") || output.contains("FATAL:")) {
            throw new IOException(
                    "PostgreSQL could not prepare its data folder %s:\n%s"
                            .formatted(
                                    folder,
                                    output.replaceAll("PASSWORD '[^']*'", "PASSWORD …").strip()));
        }
    }

    private static void refuseOtherVersion(PostgresBinaries binaries, Path folder)
            throws IOException {
        Path file = folder.resolve("PG_VERSION");
        if (!Files.exists(file)) {
            throw new IOException(
                    "The folder %s holds no PostgreSQL data (PG_VERSION is missing). Restore it from a backup, or move it away."
                            .formatted(folder));
        }
        String text = Files.readString(file).strip();
        int major;
        try {
            major = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IOException("The file %s is damaged: it says \"%s\".".formatted(file, text));
        }
        if (major < binaries.major()) {
            throw new IOException(
                    ("The data in %s was written by PostgreSQL %d, and this release of Valise"
                         + " brings PostgreSQL %d, which cannot read it. With the former release"
                         + " export the data; then move the folder away, start this release and"
                         + " import.")
                            .formatted(folder, major, binaries.major()));
        }
        if (major > binaries.major()) {
            throw new IOException(
                    "The data in %s was written by PostgreSQL %d, and this older release of Valise brings PostgreSQL %d. Use the newer release."
                            .formatted(folder, major, binaries.major()));
        }
    }

    private static Secret newPassword(Path file) throws IOException {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        String text = HexFormat.of().formatHex(random);
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text + "\n", StandardOpenOption.SYNC);
        return Secret.of(text);
    }
}
