package org.valise.platform.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.platform.network.Network;

import java.net.InetAddress;
import java.util.List;

class AddressPolicyTest {
    private static final AddressPolicy USUAL = new AddressPolicy(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.255.255",
                "0.0.0.0",
                "10.1.2.3",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "::ffff:127.0.0.1",
                "::127.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
                "2001:0:1::",
                "fd00::1",
                "fe80::1",
                "ff02::1",
            })
    void refusesWhatIsNotThePublicInternet(String address) {
        assertThat(USUAL.permits(InetAddress.ofLiteral(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8.8.8.8", "172.15.255.255", "172.32.0.0", "11.0.0.0", "2a00::1", "2620::1"})
    void permitsPublicAddresses(String address) {
        assertThat(USUAL.permits(InetAddress.ofLiteral(address))).isTrue();
    }

    @Test
    void permitsTheNetworksThatTheOperatorAllows() {
        AddressPolicy policy =
                new AddressPolicy(List.of(Network.parse("10.1.0.0/16"), Network.parse("fd00::5")));
        assertThat(policy.permits(InetAddress.ofLiteral("10.1.255.1"))).isTrue();
        assertThat(policy.permits(InetAddress.ofLiteral("10.2.0.1"))).isFalse();
        assertThat(policy.permits(InetAddress.ofLiteral("fd00::5"))).isTrue();
        assertThat(policy.permits(InetAddress.ofLiteral("fd00::6"))).isFalse();
    }

    @Test
    void refusesWhatIsNoNetwork() {
        for (String text : List.of("", "a.example", "10.0.0.0/33", "10.0.0.0/-1", "::/129")) {
            assertThatThrownBy(() -> Network.parse(text))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
