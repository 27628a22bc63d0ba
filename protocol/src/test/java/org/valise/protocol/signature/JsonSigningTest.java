package org.valise.protocol.signature;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

final class JsonSigningTest {
    private final Keys.TestSigner signer = Keys.ofSpecification();

    private static String signatureOf(JsonObject signed) {
        return signed.object("signatures")
                .orElseThrow()
                .object("domain")
                .orElseThrow()
                .string("ed25519:1")
                .orElseThrow();
    }

    private boolean verify(JsonObject object) {
        return JsonSigning.verify(
                object, "domain", signer.keyId(), signer.publicKey(), Keys.VERIFIER);
    }

    @Test
    void signsTheEmptyObjectAsTheSpecificationDoes() {
        assertThat(signatureOf(JsonSigning.sign(JsonObject.of(), signer)))
                .isEqualTo(
                        "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ");
    }

    @Test
    void signsAnObjectWithDataAsTheSpecificationDoes() {
        JsonObject signed = JsonSigning.sign(JsonObject.of("one", 1, "two", "Two"), signer);
        assertThat(signatureOf(signed))
                .isEqualTo(
                        "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw");
        assertThat(verify(signed)).isTrue();
    }

    @Test
    void unsignedAndFurtherSignaturesDoNotBreakASignature() {
        JsonObject signed = JsonSigning.sign(JsonObject.of("one", 1), signer);
        JsonObject more =
                JsonSigning.sign(signed, Keys.of("other.example", 2))
                        .with("unsigned", JsonObject.of("age", 5));
        assertThat(verify(more)).isTrue();
        assertThat(signatureOf(more)).isEqualTo(signatureOf(signed));
        assertThat(JsonSigning.sign(more, signer)).isEqualTo(more);
    }

    @Test
    void refusesASignatureWhenAnythingElseChanged() {
        JsonObject signed = JsonSigning.sign(JsonObject.of("one", 1), signer);
        assertThat(verify(signed.with("one", 2))).isFalse();
        assertThat(verify(signed.with("extra", true))).isFalse();
        assertThat(verify(signed.without("one"))).isFalse();
    }

    @Test
    void refusesWhatIsNotSignedByThatEntityWithThatKey() {
        JsonObject signed = JsonSigning.sign(JsonObject.of("one", 1), signer);
        byte[] key = signer.publicKey();
        assertThat(JsonSigning.verify(signed, "other", signer.keyId(), key, Keys.VERIFIER))
                .isFalse();
        assertThat(JsonSigning.verify(signed, "domain", KeyId.ed25519("2"), key, Keys.VERIFIER))
                .isFalse();
        byte[] otherKey = Keys.of("domain", 9).publicKey();
        assertThat(JsonSigning.verify(signed, "domain", signer.keyId(), otherKey, Keys.VERIFIER))
                .isFalse();
    }

    @Test
    void passesOverSignaturesThatCannotBeValid() {
        JsonObject object =
                Json.parseObject(
                        """
                        {"signatures":{"domain":{"ed25519:short":"AAAA","ed25519:bad":"?","rsa:1":"AAAA",
                         "ed25519":"AAAA","ed25519:number":5},"odd":[],"odder":7}}
                        """);
        assertThat(JsonSigning.signatures(object, "domain")).isEmpty();
        assertThat(JsonSigning.signatures(object, "odd")).isEmpty();
        assertThat(JsonSigning.signatures(object, "nobody")).isEmpty();
        assertThat(JsonSigning.signatures(Json.parseObject("{\"signatures\":3}"), "domain"))
                .isEmpty();
    }

    @Test
    void takesBase64WithAndWithoutPadding() {
        assertThat(Base64s.encode("fooba".getBytes())).isEqualTo("Zm9vYmE");
        assertThat(Base64s.decode("Zm9vYmE"))
                .hasValueSatisfying(b -> assertThat(b).asString().isEqualTo("fooba"));
        assertThat(Base64s.decode("Zm9vYmE="))
                .hasValueSatisfying(b -> assertThat(b).asString().isEqualTo("fooba"));
        assertThat(Base64s.decode("Zm9*")).isEmpty();
        assertThat(Base64s.decodeUrlSafe("_-8")).isPresent();
        assertThat(Base64s.decode("_-8")).isEmpty();
    }
}
