package org.valise.protocol.acl;

import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.ServerPattern;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonBoolean;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// Which servers a room's `m.room.server_acl` event permits to take part.
public final class ServerAcl {
    /// Of a room without such an event.
    public static final ServerAcl OPEN =
            new ServerAcl(true, List.of(new ServerPattern("*")), List.of());

    private final boolean allowIpLiterals;
    private final List<ServerPattern> allow;
    private final List<ServerPattern> deny;

    private ServerAcl(
            boolean allowIpLiterals, List<ServerPattern> allow, List<ServerPattern> deny) {
        this.allowIpLiterals = allowIpLiterals;
        this.allow = allow;
        this.deny = deny;
    }

    /// @param content of the event; what is not as it should be is as if it were missing
    public static ServerAcl of(JsonObject content) {
        // "Defaults to `true` if missing or otherwise not a boolean."
        boolean ipLiterals = !JsonBoolean.FALSE.equals(content.get("allow_ip_literals"));
        return new ServerAcl(ipLiterals, patterns(content, "allow"), patterns(content, "deny"));
    }

    /// "This defaults to an empty list when not provided." A pattern that is longer than any server
    /// name matches none, unless it consists of little but stars, which nobody needs.
    private static List<ServerPattern> patterns(JsonObject content, String key) {
        return content.get(key) instanceof JsonArray globs
                ? globs.strings().stream()
                        .filter(glob -> !glob.isEmpty())
                        .filter(glob -> glob.length() <= ServerPattern.MAX_LENGTH)
                        .map(ServerPattern::new)
                        .toList()
                : List.of();
    }

    /// The port of the server's name is not looked at, nor is case.
    public boolean allows(ServerName server) {
        // If the server name is an IP address (v4 or v6) literal, and `allow_ip_literals` is
        // present and `false`, deny.
        if (!allowIpLiterals && server.isIpLiteral()) {
            return false;
        }
        // If the server name matches an entry in the `deny` list, deny.
        if (deny.stream().anyMatch(pattern -> pattern.matches(server))) {
            return false;
        }
        // If the server name matches an entry in the `allow` list, allow. Otherwise, deny.
        return allow.stream().anyMatch(pattern -> pattern.matches(server));
    }
}
