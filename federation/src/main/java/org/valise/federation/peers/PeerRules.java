package org.valise.federation.peers;

import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.ServerPattern;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What the lists say of a server. Deny goes before allow; where nothing is allowed, all are
/// denied.
final class PeerRules {
    private final Patterns allowed;
    private final Patterns denied;

    PeerRules(Collection<ServerPattern> allowed, Collection<ServerPattern> denied) {
        this.allowed = Patterns.of(allowed);
        this.denied = Patterns.of(denied);
    }

    boolean allows(ServerName server) {
        return !denied.match(server) && allowed.match(server);
    }

    /// Names are looked up, patterns tried one after another.
    private record Patterns(Set<String> names, List<ServerPattern> globs) {
        static Patterns of(Collection<ServerPattern> all) {
            Set<String> names = new HashSet<>();
            all.stream().map(ServerPattern::glob).filter(glob -> !isGlob(glob)).forEach(names::add);
            return new Patterns(
                    names, all.stream().filter(pattern -> isGlob(pattern.glob())).toList());
        }

        private static boolean isGlob(String text) {
            return text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
        }

        boolean match(ServerName server) {
            return names.contains(server.host().toLowerCase(Locale.ROOT))
                    || globs.stream().anyMatch(glob -> glob.matches(server));
        }
    }
}
