package org.valise.server;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// Two servers, `red` and `blue`, for all tests of a class; the network between them is fine when a
/// test begins.
abstract class TwoServers {
    @TempDir private static Path folder;
    static TestFederation federation;

    @BeforeAll
    static void startServers() {
        federation = TestFederation.start(folder, "red", "blue");
    }

    @AfterAll
    static void stopServers() {
        federation.close();
    }

    @AfterEach
    void heal() {
        federation.heal();
    }
}
