package org.valise.protocol.signature;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

class XMatrixTest {
    private static final Keys.TestSigner ORIGIN = Keys.of("origin.example:8448", 1);
    private static final ServerName HERE = ServerName.parse("[2001:db8::1]:8448");
    private static final String SIGNATURE = Base64s.encode(new byte[64]);
    private static final String ALPHABET = "X-Matrix origdestnakyu=\",\\: \t\u0000é!/+[]1.";

    private static String header(String parameters) {
        return "X-Matrix " + parameters.replace("SIG", SIGNATURE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "origin=\"a.example:1\",destination=\"b.example\",key=\"ed25519:k\",sig=\"SIG\"",
                // "The names are case insensitive and order does not matter."
                "siG=\"SIG\",Key=\"ed25519:k\",DESTINATION=\"b.example\",oRiGiN=\"a.example:1\"",
                // "if a value is a valid token, it may or may not be enclosed in quotes"; colons
                // are allowed
                "origin=a.example:1,destination=b.example,key=ed25519:k,sig=\"SIG\"",
                // "the recipient must unescape the characters"
                "origin=\"\\a.ex\\ample\\:1\",destination=\"b\\.example\",key=\"ed25519:\\k\",sig=\"SIG\"",
                // "Zero or more spaces and tabs around each comma are allowed."
                "origin=a.example:1 \t,\tdestination=b.example ,  key=ed25519:k\t, sig=\"SIG\"  ",
                // "followed by one or more spaces"
                "    origin=a.example:1,destination=b.example,key=ed25519:k,sig=\"SIG\"",
                // "Unknown parameters are ignored."
                "new=\"a,"
                    + " \\\"b\\\"\",origin=a.example:1,destination=b.example,key=ed25519:k,sig=\"SIG\",x=1",
                // RFC 9110: blanks around "=", empty elements
                ",origin = a.example:1,,destination= b.example,key =ed25519:k,sig=\"SIG\",",
                // as the specification's list names it
                "origin=a.example:1,destination=b.example,key=ed25519:k,signature=\"SIG\"",
            })
    void readsEveryFormOfTheHeader(String parameters) {
        XMatrix read = XMatrix.parse(header(parameters)).orElseThrow();
        assertThat(read.origin()).isEqualTo(ServerName.parse("a.example:1"));
        assertThat(read.destination()).isEqualTo("b.example");
        assertThat(read.key().value()).isEqualTo("ed25519:k");
        assertThat(read.signature()).isEqualTo(new byte[64]);
    }

    @Test
    void theSchemeIsReadInAnyCaseAndOldServersNameNoDestination() {
        String header = header("origin=a,key=ed25519:k,sig=\"SIG\"");
        assertThat(XMatrix.parse(header.replace("X-Matrix", "x-mATRIX")))
                .hasValueSatisfying(read -> assertThat(read.destination()).isNull());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "key=ed25519:k,sig=\"SIG\"",
                "origin=a,sig=\"SIG\"",
                "origin=a,key=ed25519:k",
                "origin=a,key=ed25519:k,sig=\"AAAA\"",
                "origin=a,key=ed25519:k,sig=\"!SIG\"",
                "origin=a,key=rsa:k,sig=\"SIG\"",
                "origin=a,key=ed25519,sig=\"SIG\"",
                "origin=\"a b\",key=ed25519:k,sig=\"SIG\"",
                "origin=[::1],key=ed25519:k,sig=\"SIG\"",
                "origin=a,origin=b,key=ed25519:k,sig=\"SIG\"",
                "origin=a,ORIGIN=a,key=ed25519:k,sig=\"SIG\"",
                "origin=a key=ed25519:k,sig=\"SIG\"",
                "origin=a;key=ed25519:k,sig=\"SIG\"",
                "origin=\"a,key=ed25519:k,sig=SIG",
                "origin=\"a\\",
                "origin,key=ed25519:k,sig=\"SIG\"",
                "origin=,key=ed25519:k,sig=\"SIG\"",
                "origin=\"a\"b,key=ed25519:k,sig=\"SIG\"",
            })
    void refusesWhatIsMalformedOrIncomplete(String parameters) {
        assertThat(XMatrix.parse(header(parameters))).isEmpty();
    }

    @Test
    void refusesOtherSchemes() {
        String parameters = "origin=a,key=ed25519:k,sig=\"%s\"".formatted(SIGNATURE);
        for (String scheme : List.of("Bearer ", "X-Matrix", "X-Matrix\t", "X-Matrixx ", "")) {
            assertThat(XMatrix.parse(scheme + parameters)).as(scheme).isEmpty();
        }
    }

    @Test
    void whatIsSignedIsReadAgainAndHolds() {
        var content = JsonObject.of("b", 1, "a", "é");
        var request = new RequestSigning.Request("PUT", "/_matrix/x?y=%20z", HERE, content);
        XMatrix signed = RequestSigning.sign(request, ORIGIN);
        assertThat(signed.header())
                .startsWith(
                        "X-Matrix"
                            + " origin=\"origin.example:8448\",destination=\"[2001:db8::1]:8448\",key=\"ed25519:k1\",sig=\"");
        XMatrix read = XMatrix.parse(signed.header()).orElseThrow();
        assertThat(verify(request, read)).isTrue();
        for (var other :
                List.of(
                        new RequestSigning.Request("POST", "/_matrix/x?y=%20z", HERE, content),
                        new RequestSigning.Request("PUT", "/_matrix/x?y= z", HERE, content),
                        new RequestSigning.Request(
                                "PUT", "/_matrix/x?y=%20z", ORIGIN.server(), content),
                        new RequestSigning.Request("PUT", "/_matrix/x?y=%20z", HERE, null),
                        new RequestSigning.Request(
                                "PUT", "/_matrix/x?y=%20z", HERE, content.with("b", 2)))) {
            assertThat(verify(other, read)).isFalse();
        }
    }

    private static boolean verify(RequestSigning.Request request, XMatrix authorization) {
        return RequestSigning.verify(request, authorization, ORIGIN.publicKey(), Keys.VERIFIER);
    }

    @Test
    void readsWhatAnySenderMayWrite() {
        for (long seed = 1; seed <= 2_000; seed++) {
            Random random = new Random(seed);
            List<String> parameters = new ArrayList<>();
            parameters.add(parameter("origin", "a.example:99", random));
            parameters.add(parameter("destination", "[::1]:5", random));
            parameters.add(parameter("key", "ed25519:k_1", random));
            parameters.add(parameter("sig", SIGNATURE, random));
            parameters.add(parameter("extra" + random.nextInt(9), "a\"b\\c, =d", random));
            Collections.shuffle(parameters, random);
            String comma = blanks(random) + "," + blanks(random);
            String header = "X-Matrix " + String.join(comma, parameters);
            assertThat(XMatrix.parse(header))
                    .as("seed %d: %s", seed, header)
                    .hasValueSatisfying(read -> {
                        assertThat(read.origin().value()).isEqualTo("a.example:99");
                        assertThat(read.destination()).isEqualTo("[::1]:5");
                        assertThat(read.key().value()).isEqualTo("ed25519:k_1");
                    });
        }
    }

    private static String parameter(String name, String value, Random random) {
        StringBuilder written = new StringBuilder();
        for (char c : name.toCharArray()) {
            written.append(random.nextBoolean() ? Character.toUpperCase(c) : c);
        }
        written.append('=');
        boolean bare = value.matches("[A-Za-z0-9_.:-]+");
        if (bare && random.nextBoolean()) {
            return written.append(value).toString();
        }
        written.append('"');
        for (char c : value.toCharArray()) {
            boolean must = c == '"' || c == '\\';
            written.append(must || random.nextInt(5) == 0 ? "\\" : "").append(c);
        }
        return written.append('"').toString();
    }

    private static String blanks(Random random) {
        return random.ints(random.nextInt(3), 0, 2)
                .collect(
                        StringBuilder::new,
                        (text, n) -> text.append(n == 0 ? ' ' : '\t'),
                        StringBuilder::append)
                .toString();
    }

    @Test
    void garbageIsReadOrRefusedNeverThrown() {
        for (long seed = 1; seed <= 20_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "X-Matrix " : "");
            random.ints(random.nextInt(60), 0, ALPHABET.length())
                    .forEach(i -> text.append(ALPHABET.charAt(i)));
            assertThat(XMatrix.parse(text.toString())).as("seed %d: %s", seed, text).isNotNull();
        }
    }
}
