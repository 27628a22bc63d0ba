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

    @Option(names = "--keep", description = "Leave the folder, with the server's log, afterwards.")
    private boolean keep;

    TemporaryFolder temporary() {
        TemporaryFolder folder = TemporaryFolder.in(parent, keep);
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
