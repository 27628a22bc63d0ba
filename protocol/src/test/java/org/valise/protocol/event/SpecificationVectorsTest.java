package org.valise.protocol.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Keys;

/// Spec: Appendices, "Cryptographic Test Vectors", "Event Signing".
final class SpecificationVectorsTest {
    /// The vectors are no complete events, so their parts are checked below [EventBuilder].
    private static JsonObject hashAndSign(JsonObject event) {
        String hash = Base64s.encode(EventHashes.contentHash(RoomVersion.V1, event));
        JsonObject hashed = event.with("hashes", JsonObject.of("sha256", hash));
        Keys.TestSigner signer = Keys.ofSpecification();
        byte[] signature = signer.sign(EventHashes.signedBytes(RoomVersion.V1, hashed));
        return JsonSigning.withSignature(hashed, "domain", signer.keyId(), signature);
    }

    @Test
    void signsTheMinimalEventAsTheSpecificationDoes() {
        JsonObject event =
                Json.parseObject(
                        """
                        {
                            "room_id": "!x:domain",
                            "sender": "@a:domain",
                            "origin": "domain",
                            "origin_server_ts": 1000000,
                            "signatures": {},
                            "hashes": {},
                            "type": "X",
                            "content": {},
                            "prev_events": [],
                            "auth_events": [],
                            "depth": 3,
                            "unsigned": {
                                "age_ts": 1000000
                            }
                        }
                        """);
        assertThat(hashAndSign(event))
                .isEqualTo(
                        Json.parse(
                                """
                                {
                                    "auth_events": [],
                                    "content": {},
                                    "depth": 3,
                                    "hashes": {
                                        "sha256": "5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos"
                                    },
                                    "origin": "domain",
                                    "origin_server_ts": 1000000,
                                    "prev_events": [],
                                    "room_id": "!x:domain",
                                    "sender": "@a:domain",
                                    "signatures": {
                                        "domain": {
                                            "ed25519:1": "KxwGjPSDEtvnFgU00fwFz+l6d2pJM6XBIaMEn81SXPTRl16AqLAYqfIReFGZlHi5KLjAWbOoMszkwsQma+lYAg"
                                        }
                                    },
                                    "type": "X",
                                    "unsigned": {
                                        "age_ts": 1000000
                                    }
                                }
                                """));
    }

    @Test
    void signsAnEventWithRedactableContentAsTheSpecificationDoes() {
        JsonObject event =
                Json.parseObject(
                        """
                        {
                            "content": {
                                "body": "Here is the message content"
                            },
                            "event_id": "$0:domain",
                            "origin": "domain",
                            "origin_server_ts": 1000000,
                            "type": "m.room.message",
                            "room_id": "!r:domain",
                            "sender": "@u:domain",
                            "signatures": {},
                            "unsigned": {
                                "age_ts": 1000000
                            }
                        }
                        """);
        JsonObject signed = hashAndSign(event);
        assertThat(signed.object("hashes").orElseThrow().string("sha256"))
                .contains("onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g");
        assertThat(
                        signed.object("signatures")
                                .orElseThrow()
                                .object("domain")
                                .orElseThrow()
                                .string("ed25519:1"))
                .contains(
                        "Wm+VzmOUOz08Ds+0NTWb1d4CZrVsJSikkeRxh6aCcUwu6pNC78FunoD7KNWzqFn241eYHYMGCA5McEiVPdhzBA");
    }
}
