package org.valise.protocol.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;

/// Spec: Appendices, "Identifier Grammar".
final class IdentifiersTest {
    private static final String HASH = "Nhcu5BS-UMnFX7hBVfVSoXiD7OgH6iRT-xyIuqDnpYQ";

    @ParameterizedTest
    @CsvSource({
        "matrix.org,matrix.org,-1",
        "matrix.org:8888,matrix.org,8888",
        "1.2.3.4,1.2.3.4,-1",
        "1.2.3.4:1234,1.2.3.4,1234",
        "[1234:5678::abcd],[1234:5678::abcd],-1",
        "[1234:5678::abcd]:5678,[1234:5678::abcd],5678",
        "[::],[::],-1",
        "[::1],[::1],-1",
        "[1::],[1::],-1",
        "[1:2:3:4:5:6:7:8],[1:2:3:4:5:6:7:8],-1",
        "[1:2:3:4:5:6:7::],[1:2:3:4:5:6:7::],-1",
        "[::ffff:192.0.2.1],[::ffff:192.0.2.1],-1",
        "[1:2:3:4:5:6:192.0.2.1]:1,[1:2:3:4:5:6:192.0.2.1],1",
        "localhost:8448,localhost,8448",
        "xn--bcher-kva.example,xn--bcher-kva.example,-1",
        "EXAMPLE.org,EXAMPLE.org,-1",
        "a,a,-1",
        "a:00001,a,1",
        "1.2.3.999,1.2.3.999,-1"
    })
    void readsServerNames(String value, String host, int port) {
        ServerName name = ServerName.parse(value);
        assertThat(name).hasToString(value);
        assertThat(name.host()).isEqualTo(host);
        assertThat(name.port().orElse(-1)).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":80",
                "a:",
                "a:123456",
                "a:8x",
                "a b",
                "a_b",
                "exämple.org",
                "a/b",
                "a\nb",
                "a\0",
                "@a",
                "http://a",
                "[",
                "[]",
                "[::1",
                "::1",
                "1::2",
                "[::1]x",
                "[::1]:",
                "x[::1]",
                "[[::1]]",
                "[g::1]",
                "[1:2]",
                "[:::]",
                "[1::2::3]",
                "[1:2:3:4:5:6:7:8:9]",
                "[1:2:3:4:5:6:7:8::]",
                "[12345::]",
                "[:1]",
                "[1:]",
                "[::1.2.3]",
                "[::1.2.3.256]",
                "[1.2.3.4]",
                "[1:2:3:4:5:6:7:1.2.3.4]",
                "[fe80::1%eth0]",
                "a:80:90",
                "a::80",
                "a:+80",
                "a:-1"
            })
    void refusesWhatIsNoServerName(String value) {
        assertThat(ServerName.tryParse(value)).isEmpty();
        assertThatThrownBy(() -> ServerName.parse(value)).isInstanceOf(IllegalIdentifier.class);
    }

    @Test
    void limitsTheLengthOfDnsNames() {
        assertThat(ServerName.tryParse("a".repeat(255) + ":12345")).isPresent();
        assertThat(ServerName.tryParse("a".repeat(256))).isEmpty();
    }

    @Test
    void tellsAddressesFromNames() {
        assertThat(ServerName.parse("1.2.3.4:80").isIpLiteral()).isTrue();
        assertThat(ServerName.parse("[::1]").isIpLiteral()).isTrue();
        assertThat(ServerName.parse("1.2.3.4.5").isIpLiteral()).isFalse();
        assertThat(ServerName.parse("1.2.3.999").isIpLiteral()).isFalse();
        assertThat(ServerName.parse("a.example").isIpLiteral()).isFalse();
    }

    @Test
    void serverNamesDifferInCase() {
        assertThat(ServerName.parse("matrix.org")).isNotEqualTo(ServerName.parse("MATRIX.ORG"));
    }

    @Test
    void readsUserIds() {
        UserId user = UserId.parse("@alice:example.org:8448");
        assertThat(user.localpart()).isEqualTo("alice");
        assertThat(user.server()).isEqualTo(ServerName.parse("example.org:8448"));
        assertThat(user.isOn(ServerName.parse("example.org:8448"))).isTrue();
        assertThat(user.isOn(ServerName.parse("ample.org:8448"))).isFalse();
        assertThat(user.isOn(ServerName.parse("example.org"))).isFalse();
        assertThat(user).hasToString("@alice:example.org:8448");
        assertThat(UserId.of("bob", ServerName.parse("[::1]"))).hasToString("@bob:[::1]");
        assertThat(UserId.parse("@bob:[::1]:80").server()).hasToString("[::1]:80");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@:example.org",
                "@Alice:example.org",
                "@a b:example.org",
                "@é:example.org",
                "@😀:example.org",
                "@*:example.org",
                "@\n:example.org",
                "@@:example.org",
                "@a!#$%:example.org"
            })
    void acceptsHistoricalUserIds(String value) {
        assertThat(UserId.parse(value)).hasToString(value);
        assertThat(UserId.isStrictLocalpart(UserId.parse(value).localpart())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "@",
                "alice",
                "@alice",
                "alice:example.org",
                "#alice:example.org",
                "@alice:",
                "@alice:exa mple.org",
                "@al\0ice:example.org",
                "@alice:example.org:port",
                "@\ud800:example.org",
                "@alice:example.org\n",
                " @a:b"
            })
    void refusesWhatIsNoUserId(String value) {
        assertThat(UserId.tryParse(value)).isEmpty();
        assertThatThrownBy(() -> UserId.parse(value)).isInstanceOf(IllegalIdentifier.class);
        assertThatThrownBy(() -> new UserId(value)).isInstanceOf(IllegalIdentifier.class);
    }

    @Test
    void knowsWhichUsersMayBeRegistered() {
        assertThat(UserId.isStrictLocalpart("abc.xyz_0=9-/+")).isTrue();
        assertThat(UserId.isStrictLocalpart("")).isFalse();
        assertThat(UserId.isStrictLocalpart("Alice")).isFalse();
        assertThat(UserId.isStrictLocalpart("a b")).isFalse();
        assertThat(UserId.isStrictLocalpart("a:b")).isFalse();
        assertThat(UserId.isStrictLocalpart("é")).isFalse();
    }

    @Test
    void knowsWhichUsersMayBePassedOnToClients() {
        assertThat(UserId.parse("@Alice!~:a").isCompliant()).isTrue();
        assertThat(UserId.parse("@:a").isCompliant()).isFalse();
        assertThat(UserId.parse("@a b:a").isCompliant()).isFalse();
        assertThat(UserId.parse("@\u007f:a").isCompliant()).isFalse();
        assertThat(UserId.parse("@é:a").isCompliant()).isFalse();
    }

    @Test
    void countsLimitsInBytes() {
        // "@" + localpart + ":a.example" = 255 bytes.
        String domain = ":a.example";
        assertLimit(UserId::tryParse, "@", "x".repeat(244), domain);
        assertLimit(UserId::tryParse, "@", "é".repeat(122), domain);
        assertLimit(UserId::tryParse, "@", "😀".repeat(61), domain);
        assertLimit(RoomAlias::tryParse, "#", "日".repeat(81) + "x", domain);
        assertLimit(RoomId::tryParse, "!", "x".repeat(244), domain);
        assertLimit(EventId::tryParse, "$", "x".repeat(244), domain);
        assertLimit(EventId::tryParse, "$", "x".repeat(254), "");
        assertLimit(DeviceId::tryParse, "", "x".repeat(255), "");
    }

    private static void assertLimit(
            Function<String, Optional<?>> tryParse, String sigil, String localpart, String domain) {
        assertThat(tryParse.apply(sigil + localpart + domain)).isPresent();
        assertThat(tryParse.apply(sigil + localpart + "x" + domain)).isEmpty();
    }

    @Test
    void readsRoomIdsWithADomain() {
        RoomId room = RoomId.parse("!jEsUZKDJdhlrceRyVU:example.org:80");
        assertThat(room.isHash()).isFalse();
        assertThat(room.originServer()).contains(ServerName.parse("example.org:80"));
        assertThat(room.createEvent()).isEmpty();
        assertThat(RoomId.parse("!é\n:example.org")).hasToString("!é\n:example.org");
    }

    @Test
    void readsNoServerOutOfARoomIdThatIsAHash() {
        RoomId room = RoomId.parse("!" + HASH);
        assertThat(room.isHash()).isTrue();
        assertThat(room.originServer()).isEmpty();
        assertThat(room.createEvent()).contains(EventId.parse("$" + HASH));
        assertThat(RoomId.ofCreateEvent(EventId.parse("$" + HASH))).isEqualTo(room);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "!",
                "!x",
                "room:example.org",
                "!room:",
                "!room:a b",
                "!" + HASH + "A",
                "!Nhcu5BS+UMnFX7hBVfVSoXiD7OgH6iRT/xyIuqDnpYQ",
                "$" + HASH,
                "!Nhcu5BS-UMnFX7hBVfVSoXiD7OgH6iRT-xyIuqDnpY=",
                "!\0:example.org",
                "!\ud800:example.org"
            })
    void refusesWhatIsNoRoomId(String value) {
        assertThat(RoomId.tryParse(value)).isEmpty();
        assertThatThrownBy(() -> RoomId.parse(value)).isInstanceOf(IllegalIdentifier.class);
    }

    @Test
    void readsEventIdsOfAllThreeSchemes() {
        assertThat(EventId.parse("$143273582443PhrSn:example.org").originServer())
                .contains(ServerName.parse("example.org"));
        assertThat(EventId.parse("$acR1l0raoZnm60CBwAVgqbZqoO/mYU81xysh1u7XcJk").originServer())
                .isEmpty();
        assertThat(EventId.parse("$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg").originServer())
                .isEmpty();
        byte[] hash = new byte[32];
        hash[0] = (byte) 0xfb;
        hash[1] = (byte) 0xff;
        assertThat(EventId.ofHash(hash).value()).isEqualTo("$+/8" + "A".repeat(40));
        assertThat(EventId.ofHashUrlSafe(hash).value()).isEqualTo("$-_8" + "A".repeat(40));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "$", "x", "$x:", "$x:a b", "!x:example.org", "$\0", "$\ud800"})
    void refusesWhatIsNoEventId(String value) {
        assertThat(EventId.tryParse(value)).isEmpty();
        assertThatThrownBy(() -> EventId.parse(value)).isInstanceOf(IllegalIdentifier.class);
    }

    @Test
    void readsRoomAliases() {
        RoomAlias alias = RoomAlias.parse("#la salle é:example.org:80");
        assertThat(alias.localpart()).isEqualTo("la salle é");
        assertThat(alias.server()).hasToString("example.org:80");
        assertThat(RoomAlias.of("x", ServerName.parse("a"))).hasToString("#x:a");
        assertThat(RoomAlias.tryParse("#x")).isEmpty();
        assertThat(RoomAlias.tryParse("x:example.org")).isEmpty();
        assertThat(RoomAlias.tryParse("#\0:example.org")).isEmpty();
    }

    @Test
    void readsKeyIds() {
        KeyId key = KeyId.parse("ed25519:auto");
        assertThat(key.algorithm()).isEqualTo("ed25519");
        assertThat(key.identifier()).isEqualTo("auto");
        assertThat(key.isEd25519()).isTrue();
        assertThat(KeyId.parse("signed_curve25519:AAAA:x").identifier()).isEqualTo("AAAA:x");
        assertThat(KeyId.parse("ed255190:a").isEd25519()).isFalse();
        assertThat(KeyId.ed25519("1")).isEqualTo(KeyId.parse("ed25519:1"));
        for (String wrong : new String[] {"", ":", "a", "a:", ":b", "a:\0"}) {
            assertThat(KeyId.tryParse(wrong)).isEmpty();
        }
    }

    @Test
    void refusesDeviceIdsThatCannotBeStored() {
        assertThat(DeviceId.parse("JLAFKJWSCS")).hasToString("JLAFKJWSCS");
        assertThat(DeviceId.tryParse("")).isEmpty();
        assertThat(DeviceId.tryParse("a\0")).isEmpty();
    }

    @Test
    void whatIsParsedPrintsAsItWas() {
        String alphabet = "@!#$:.[]-_az019 é\0\n😀:";
        for (int seed = 0; seed < 50_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder text = new StringBuilder().append("@!#$".charAt(random.nextInt(4)));
            for (int i = random.nextInt(12); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String value = text.append(random.nextBoolean() ? ":a.b" : "").toString();
            assertPrintsAsItWas(UserId.tryParse(value), value, seed);
            assertPrintsAsItWas(RoomId.tryParse(value), value, seed);
            assertPrintsAsItWas(RoomAlias.tryParse(value), value, seed);
            assertPrintsAsItWas(EventId.tryParse(value), value, seed);
            assertPrintsAsItWas(ServerName.tryParse(value.substring(1)), value.substring(1), seed);
            UserId.tryParse(value)
                    .ifPresent(user ->
                            assertThat(UserId.of(user.localpart(), user.server())).isEqualTo(user));
            RoomAlias.tryParse(value)
                    .ifPresent(alias ->
                            assertThat(RoomAlias.of(alias.localpart(), alias.server()))
                                    .isEqualTo(alias));
            ServerName.tryParse(value.substring(1))
                    .ifPresent(name ->
                            assertThat(
                                            name.host()
                                                    + (name.value().length() > name.host().length()
                                                            ? name.value()
                                                                    .substring(name.host().length())
                                                            : ""))
                                    .isEqualTo(name.value()));
        }
    }

    private static void assertPrintsAsItWas(Optional<?> parsed, String value, int seed) {
        parsed.ifPresent(id -> assertThat(id).as("seed %d", seed).hasToString(value));
    }
}
