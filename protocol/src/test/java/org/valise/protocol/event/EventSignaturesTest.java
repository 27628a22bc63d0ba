package org.valise.protocol.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Keys;

import java.util.List;

/// Spec: Server-Server API, "Validating hashes and signatures on received events".
final class EventSignaturesTest {
    private static final ServerName HOME = ServerName.parse("example.org");
    private static final ServerName OTHER = ServerName.parse("b.example");

    private static boolean verifies(Event event, Keys.TestSigner signer) {
        return EventSignatures.of(event)
                .verify(signer.server(), signer.keyId(), signer.publicKey(), Keys.VERIFIER);
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void requiresTheServerInTheEventIdOnlyWhereThereIsOne(RoomVersion version) {
        Event event =
                TestEvents.builder(version)
                        .eventId(EventId.parse("$x:b.example"))
                        .sign(TestEvents.SIGNER);
        assertThat(EventSignatures.required(event))
                .containsExactlyElementsOf(
                        version.has(Tweak.EVENT_ID_IS_HASH) ? List.of(HOME) : List.of(HOME, OTHER));
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void requiresTheAuthorisingServerOfARestrictedJoin(RoomVersion version) {
        Event event =
                TestEvents.member(
                        version,
                        JsonObject.of(
                                "membership",
                                "join",
                                "join_authorised_via_users_server",
                                "@carol:b.example"));
        assertThat(EventSignatures.required(event))
                .containsExactlyElementsOf(
                        version.has(Tweak.RESTRICTED_JOINS) ? List.of(HOME, OTHER) : List.of(HOME));
    }

    @Test
    void doesNotRequireTheSenderOfAThirdPartyInvite() {
        JsonObject invite =
                JsonObject.of("membership", "invite", "third_party_invite", JsonObject.of());
        assertThat(EventSignatures.required(TestEvents.member(RoomVersion.V12, invite))).isEmpty();
        assertThat(
                        EventSignatures.required(
                                TestEvents.member(
                                        RoomVersion.V12, invite.with("membership", "join"))))
                .containsExactly(HOME);
        assertThat(
                        EventSignatures.required(
                                TestEvents.member(
                                        RoomVersion.V12, invite.without("third_party_invite"))))
                .containsExactly(HOME);
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void survivesRedactionAndFurtherSignatures(RoomVersion version) {
        Keys.TestSigner other = Keys.of("b.example", 2);
        Event event = TestEvents.message(version).signedAlsoBy(other);
        for (Event copy : List.of(event, event.redacted())) {
            assertThat(verifies(copy, TestEvents.SIGNER)).isTrue();
            assertThat(verifies(copy, other)).isTrue();
            assertThat(verifies(copy, Keys.of("c.example", 3))).isFalse();
        }
        assertThat(EventSignatures.of(event).by(OTHER)).containsOnlyKeys(other.keyId());
        assertThat(EventSignatures.of(event).by(ServerName.parse("c.example"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void breaksWhenAnEssentialFieldChanges(RoomVersion version) {
        JsonObject pdu = TestEvents.pdu(version);
        Event forged = Event.parse(version, pdu.with("sender", "@mallory:example.org"));
        assertThat(verifies(forged, TestEvents.SIGNER)).isFalse();
        assertThat(verifies(Event.parse(version, pdu.with("state_key", "")), TestEvents.SIGNER))
                .isFalse();
        assertThat(
                        verifies(
                                Event.parse(version, pdu.with("hashes", JsonObject.of())),
                                TestEvents.SIGNER))
                .isFalse();
    }

    @Test
    void aChangedBodyIsFoundByItsHashAndNotByTheSignature() {
        JsonObject pdu = TestEvents.pdu(RoomVersion.V12);
        Event changed =
                Event.parse(RoomVersion.V12, pdu.with("content", JsonObject.of("body", "Bye")));
        assertThat(verifies(changed, TestEvents.SIGNER)).isTrue();
        assertThat(changed.contentHashMatches()).isFalse();
    }
}
