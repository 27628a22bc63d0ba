package org.valise.platform.config;

import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.ServerPattern;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How this server meets others.
///
/// @param allowedServers who may federate, besides whom an administrator allows at run time
/// @param delegatedTo what `/.well-known/matrix/server` names, absent for none
/// @param certificateAuthorities absent: those of the Java runtime
/// @param allowedNetworks private networks that may be reached
/// @param addresses where servers are, for those that are not to be discovered: host and port
/// @param largestRoom state events that a room of other servers may have that not only
///   administrators join
public record FederationSection(
        List<ServerPattern> allowedServers,
        Optional<ServerName> delegatedTo,
        Optional<Path> certificateAuthorities,
        List<String> allowedNetworks,
        Map<ServerName, ServerName> addresses,
        int largestRoom) {

    private static final int LARGEST_ROOM = 100_000;

    /// Nobody may federate.
    public static final FederationSection CLOSED =
            new FederationSection(
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Map.of(),
                    LARGEST_ROOM);

    /// Whether rooms may be less large than is good for this server.
    public boolean limitsRooms() {
        return largestRoom < LARGEST_ROOM;
    }

    static FederationSection read(Settings s) {
        return new FederationSection(
                s
                        .list(
                                "allowed_servers",
                                List.of(),
                                "server names or patterns with * and ?",
                                "The servers that may federate with this one, without ports, `*`"
                                        + " for all. Administrators allow and deny others at run"
                                        + " time; a denial goes before.",
                                ServerPattern::ofHosts)
                        .stream()
                        .map(ServerPattern::new)
                        .toList(),
                s.optional(
                        "delegated_to",
                        "server name",
                        "Where other servers find this one, such as `matrix.example.org:443`: what"
                                + " `/.well-known/matrix/server` answers. By default it is at its"
                                + " own name.",
                        FederationSection::server),
                s.optional(
                        "ca_file",
                        "path",
                        "Certificate authorities (PEM) of other servers: only these are trusted. By"
                                + " default those of the Java runtime.",
                        Values::path),
                s.list(
                        "allowed_networks",
                        List.of(),
                        "IP addresses or networks",
                        "Private networks in which other servers may be. SECURITY: by default no"
                                + " request goes to an address that is not public.",
                        Values::network),
                addresses(
                        s.list(
                                "addresses",
                                List.of(),
                                "server=host:port",
                                "Where servers are that are not to be discovered, such as"
                                        + " `culture.example=10.0.0.7:8448`. Their certificates are"
                                        + " for their own names all the same.",
                                FederationSection::address)),
                s.integer(
                        "largest_room",
                        LARGEST_ROOM,
                        1,
                        10_000_000,
                        "State events, members above all, that a room of other servers may have"
                                + " for users to join it. Administrators join larger ones."));
    }

    private static ServerName server(String text) {
        return ServerName.tryParse(text)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "a server name such as matrix.example.org or"
                                        + " matrix.example.org:443"));
    }

    private static Map.Entry<ServerName, ServerName> address(String text) {
        int equals = text.indexOf('=');
        if (equals > 0) {
            Optional<ServerName> server = ServerName.tryParse(text.substring(0, equals).strip());
            Optional<ServerName> where =
                    ServerName.tryParse(text.substring(equals + 1).strip())
                            .filter(host -> host.port().isPresent());
            if (server.isPresent() && where.isPresent()) {
                return Map.entry(server.get(), where.get());
            }
        }
        throw new IllegalArgumentException(
                "server=host:port such as culture.example=10.0.0.7:8448");
    }

    private static Map<ServerName, ServerName> addresses(List<String> given) {
        Map<ServerName, ServerName> all = new HashMap<>();
        for (String text : given) {
            Map.Entry<ServerName, ServerName> entry = address(text);
            all.put(entry.getKey(), entry.getValue());
        }
        return Map.copyOf(all);
    }
}
