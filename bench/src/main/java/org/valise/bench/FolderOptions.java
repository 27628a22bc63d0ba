package org.valise.bench;

import org.valise.bench.machine.TemporaryFolder;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/// Where a server of our own keeps its data while it is measured.
final class FolderOptions {
    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description =
                    "Where to make the temporary data folder: on the disk to be measured (default:"
                            + " the system's temporary folder).")
    private Path parent = Path.of(System.getProperty("java.io.tmpdir"));

    TemporaryFolder temporary() {
        TemporaryFolder folder = TemporaryFolder.in(parent);
        if (folder.fileSystem().equals("tmpfs")) {
            System.err.println(
                    "bench: "
                            + parent
                            + " is in memory, so that fsync costs nothing: choose a --folder on a"
                            + " disk");
        }
        return folder;
    }
}
