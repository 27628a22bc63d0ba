package org.valise.platform.database;

import org.valise.platform.config.ValiseConfig;

import java.nio.file.Path;
import java.time.Duration;

/// Where the embedded server lives and how much it may take.
///
/// @param folder its own folder: the cluster, the password, the lock (and by default the unpacked
///   binaries)
/// @param binaries where the programs are unpacked: one subfolder a version
/// @param durable false gives up safety on a crash for speed: tests only
/// @param maxConnections connections at most, over all databases
/// @param sharedBuffersMb the server's own cache
/// @param startTimeout how long a start may take; recovery after a crash can need minutes
public record EmbeddedPostgresConfig(
        Path folder,
        Path binaries,
        boolean durable,
        int maxConnections,
        int sharedBuffersMb,
        Duration startTimeout) {

    /// A server that keeps its data, in `<data>/postgresql`.
    public static EmbeddedPostgresConfig in(Path data) {
        Path folder = data.toAbsolutePath().normalize().resolve("postgresql");
        return new EmbeddedPostgresConfig(folder, folder, true, 60, 96, Duration.ofMinutes(5));
    }

    static EmbeddedPostgresConfig from(ValiseConfig config) {
        EmbeddedPostgresConfig usual = in(config.data());
        return new EmbeddedPostgresConfig(
                usual.folder,
                usual.binaries,
                true,
                Math.max(usual.maxConnections, config.database().poolSize() + 20),
                config.database().embeddedSharedBuffersMb(),
                usual.startTimeout);
    }

    /// A fast server that forgets: for tests.
    public static EmbeddedPostgresConfig throwaway(Path folder, Path binaries) {
        return new EmbeddedPostgresConfig(
                folder.toAbsolutePath().normalize(),
                binaries.toAbsolutePath().normalize(),
                false,
                300,
                64,
                Duration.ofMinutes(1));
    }

    public EmbeddedPostgresConfig withBinaries(Path place) {
        return new EmbeddedPostgresConfig(
                folder,
                place.toAbsolutePath().normalize(),
                durable,
                maxConnections,
                sharedBuffersMb,
                startTimeout);
    }
}
