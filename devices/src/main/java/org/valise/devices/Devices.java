package org.valise.devices;

import org.valise.accounts.Accounts;
import org.valise.platform.database.Database;
import org.valise.platform.http.Endpoint;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.rooms.Rooms;

import java.util.List;

/// The front of the module: the server's part in end-to-end encryption.
///
/// To be made after the rooms and before the stream starts: it follows it.
public final class Devices {
    /// Where the module's migrations lie.
    public static final String MIGRATIONS = "org/valise/devices/migration";

    /// What the module is built from.
    public record Needs(
            Database database,
            Stream stream,
            OrderedCommits commits,
            Accounts accounts,
            Rooms rooms) {}

    private final List<Endpoint> endpoints;

    public Devices(Needs needs) {
        endpoints = List.of();
    }

    public List<Endpoint> endpoints() {
        return endpoints;
    }
}
