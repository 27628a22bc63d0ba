package org.valise.rooms.membership;

import org.valise.platform.http.Call;
import org.valise.protocol.id.ServerName;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The servers that a client says are in a room.
final class Via {
    private Via() {}

    /// The likeliest first; what is no server's name is passed over.
    ///
    /// @param others that are likely to be in it
    static List<ServerName> of(Call call, List<ServerName> others) {
        Set<ServerName> servers = new LinkedHashSet<>();
        // `server_name` is what `via` was called before v1.12.
        for (String parameter : List.of("via", "server_name")) {
            call.queries(parameter).stream()
                    .map(ServerName::tryParse)
                    .flatMap(Optional::stream)
                    .forEach(servers::add);
        }
        servers.addAll(others);
        return List.copyOf(servers);
    }
}
