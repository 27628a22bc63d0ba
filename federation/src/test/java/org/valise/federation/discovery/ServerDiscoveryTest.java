package org.valise.federation.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.platform.outbound.Target;
import org.valise.protocol.id.ServerName;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Each step of "Resolving server names".
class ServerDiscoveryTest {
    private final Map<String, String> wellKnown = new HashMap<>();
    private final Map<String, List<Service>> services = new HashMap<>();
    private final Map<ServerName, ServerName> configured = new HashMap<>();
    private final List<String> asked = new ArrayList<>();

    private Target find(String server) {
        return new ServerDiscovery(
                        configured,
                        host -> {
                            asked.add(host);
                            return Optional.ofNullable(wellKnown.get(host)).map(ServerName::parse);
                        },
                        name -> {
                            asked.add(name);
                            return services.getOrDefault(name, List.of());
                        },
                        new Random(1))
                .find(ServerName.parse(server));
    }

    private static Target target(String name, String hostHeader, String host, int port) {
        return new Target(name, hostHeader, List.of(new Target.Location(host, port)));
    }

    @Test
    void anIpLiteralIsUsedAsItIs() {
        assertThat(find("1.2.3.4")).isEqualTo(target("1.2.3.4", "1.2.3.4", "1.2.3.4", 8448));
        assertThat(find("1.2.3.4:5")).isEqualTo(target("1.2.3.4", "1.2.3.4:5", "1.2.3.4", 5));
        assertThat(find("[::1]:5")).isEqualTo(target("[::1]", "[::1]:5", "[::1]", 5));
        assertThat(asked).isEmpty();
    }

    @Test
    void anExplicitPortIsUsedAsItIs() {
        assertThat(find("a.example:443"))
                .isEqualTo(target("a.example", "a.example:443", "a.example", 443));
        assertThat(asked).isEmpty();
    }

    @Test
    void aDelegatedIpLiteralIsUsedAsItIs() {
        wellKnown.put("a.example", "1.2.3.4");
        assertThat(find("a.example")).isEqualTo(target("1.2.3.4", "1.2.3.4", "1.2.3.4", 8448));
        wellKnown.put("a.example", "[::2]:99");
        assertThat(find("a.example")).isEqualTo(target("[::2]", "[::2]:99", "[::2]", 99));
    }

    @Test
    void aDelegatedPortIsUsedAsItIs() {
        wellKnown.put("a.example", "b.example:99");
        assertThat(find("a.example"))
                .isEqualTo(target("b.example", "b.example:99", "b.example", 99));
        assertThat(asked).containsExactly("a.example");
    }

    @Test
    void aDelegatedNameIsLookedUpAndProvesThatName() {
        wellKnown.put("a.example", "b.example");
        services.put("_matrix-fed._tcp.b.example", List.of(new Service(1, 1, 7, "c.example")));
        services.put("_matrix._tcp.b.example", List.of(new Service(1, 1, 8, "d.example")));
        assertThat(find("a.example")).isEqualTo(target("b.example", "b.example", "c.example", 7));
        services.remove("_matrix-fed._tcp.b.example");
        assertThat(find("a.example")).isEqualTo(target("b.example", "b.example", "d.example", 8));
        services.clear();
        assertThat(find("a.example"))
                .isEqualTo(target("b.example", "b.example", "b.example", 8448));
        assertThat(asked).doesNotContain("b.example");
    }

    @Test
    void withoutDelegationTheNameItselfIsLookedUp() {
        services.put("_matrix-fed._tcp.a.example", List.of(new Service(1, 1, 7, "c.example")));
        services.put("_matrix._tcp.a.example", List.of(new Service(1, 1, 8, "d.example")));
        assertThat(find("a.example")).isEqualTo(target("a.example", "a.example", "c.example", 7));
        services.remove("_matrix-fed._tcp.a.example");
        assertThat(find("a.example")).isEqualTo(target("a.example", "a.example", "d.example", 8));
        services.clear();
        assertThat(find("a.example"))
                .isEqualTo(target("a.example", "a.example", "a.example", 8448));
    }

    @Test
    void aConfiguredAddressGoesBeforeAllAndChangesNoIdentity() {
        wellKnown.put("a.example", "b.example:99");
        configured.put(ServerName.parse("a.example"), ServerName.parse("10.0.0.7:8008"));
        assertThat(find("a.example")).isEqualTo(target("a.example", "a.example", "10.0.0.7", 8008));
        assertThat(asked).isEmpty();
    }

    @Test
    void servicesAreOrderedByPriorityThenAtRandomByWeight() {
        Service first = new Service(1, 0, 1, "first");
        Service light = new Service(5, 1, 1, "light");
        Service heavy = new Service(5, 9, 1, "heavy");
        Service last = new Service(9, 100, 1, "last");
        var second = new HashMap<String, Integer>();
        for (long seed = 1; seed <= 2_000; seed++) {
            List<Service> ordered =
                    Service.ordered(List.of(last, heavy, light, first), new Random(seed));
            assertThat(ordered).hasSize(4);
            assertThat(new HashSet<>(ordered)).hasSize(4);
            assertThat(ordered.getFirst()).isEqualTo(first);
            assertThat(ordered.getLast()).isEqualTo(last);
            second.merge(ordered.get(1).target(), 1, Integer::sum);
        }
        assertThat(second.get("heavy")).isBetween(1_400, 1_950);
        assertThat(Service.ordered(List.of(light, light), new Random(1))).hasSize(2);
    }
}
