package org.valise.rooms.invites;

import org.valise.federation.client.FederationClient;
import org.valise.federation.client.FederationException;
import org.valise.federation.client.FederationRequest;
import org.valise.federation.client.KeyValidity;
import org.valise.protocol.authrules.ThirdPartySignatures;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Verifier;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.members.Membership;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StoredEvent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Makes an invitation of one that was sent to a third-party identifier, once it is known whose
/// that is.
///
/// Spec: server-server API, "Third-party invites".
final class ThirdPartyInvites {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /// SECURITY: each may cost a request.
    private static final int MOST_KEYS = 5;

    private final Lanes lanes;
    private final RoomStore rooms;
    private final RemoteInvites remote;
    private final InviteGuard guard;
    private final FederationClient client;
    private final KeyValidity validity;
    private final Verifier verifier;
    private final Predicate<UserId> local;

    ThirdPartyInvites(
            Lanes lanes,
            RoomStore rooms,
            RemoteInvites remote,
            InviteGuard guard,
            FederationClient client,
            KeyValidity validity,
            Verifier verifier,
            Predicate<UserId> local) {
        this.lanes = lanes;
        this.rooms = rooms;
        this.remote = remote;
        this.guard = guard;
        this.client = client;
        this.validity = validity;
        this.verifier = verifier;
        this.local = local;
    }

    /// An identifier turned out to be somebody's.
    ///
    /// @param sender of the original invitation
    /// @param signed what the identity server signed: the user id and the token
    record Bound(RoomId room, UserId sender, UserId target, JsonObject signed) {
        JsonObject content() {
            return JsonObject.of(
                    "membership",
                    Membership.INVITE.word(),
                    "third_party_invite",
                    JsonObject.of("signed", signed));
        }
    }

    /// Invites in the name of a local user, who once invited the identifier.
    ///
    /// @throws MatrixException 403 if that does not hold
    void exchange(Bound bound, long ts) {
        RoomRef room =
                rooms.find(bound.room())
                        .filter(known -> local.test(bound.sender()))
                        .orElseThrow(ThirdPartyInvites::unknown);
        JsonObject invite =
                lanes.<Optional<StoredEvent>>write(room, writer -> pending(writer, bound))
                        .orElseThrow(ThirdPartyInvites::unknown)
                        .event()
                        .content();
        keyMustBeValid(bound.signed(), invite);
        JsonObject third =
                JsonObject.of(
                        "display_name",
                        invite.string("display_name").orElse(""),
                        "signed",
                        bound.signed());
        Draft draft =
                Draft.state(
                        EventTypes.MEMBER,
                        bound.target().value(),
                        bound.sender(),
                        bound.content().with("third_party_invite", third),
                        ts);
        if (remote.concern(bound.target())) {
            remote.invite(room, writer -> draft, writer -> guarded(writer, bound));
        } else {
            lanes.write(
                    room,
                    writer -> {
                        StoredEvent sent = writer.send(draft);
                        guarded(writer, bound);
                        return sent;
                    });
        }
    }

    private void guarded(RoomWriter writer, Bound bound) {
        guard.check(bound.target(), writer.createContent());
    }

    private static Optional<StoredEvent> pending(RoomWriter writer, Bound bound) {
        return bound.signed()
                .string("token")
                .map(StateKey::thirdPartyInvite)
                .map(key -> writer.state(key.type(), key.key()))
                .filter(stored -> stored.event().sender().equals(bound.sender()));
    }

    /// SECURITY: the same whether the room is not known, or the invitation.
    private static MatrixException unknown() {
        return new MatrixException(ErrorCode.M_FORBIDDEN, "There is no such invitation");
    }

    /// "H1 MUST verify the request from H3 to ensure the `signed` property is correct as well as
    /// the `key_validity_url` as still being valid."
    private void keyMustBeValid(JsonObject signed, JsonObject invite) {
        List<JsonObject> keys = new ArrayList<>();
        keys.add(invite);
        invite.array("public_keys").map(JsonArray::objects).ifPresent(keys::addAll);
        for (JsonObject key : keys.subList(0, Math.min(MOST_KEYS, keys.size()))) {
            JsonObject alone = key.keep("public_key"::equals);
            if (ThirdPartySignatures.anyMatches(signed, alone, verifier) && isValid(key)) {
                return;
            }
        }
        throw new MatrixException(
                ErrorCode.M_FORBIDDEN, "No valid key has signed that the identifier is theirs");
    }

    private boolean isValid(JsonObject key) {
        Optional<String> url = key.string("key_validity_url");
        return url.isEmpty() || validity.holds(url.get(), key.string("public_key").orElse(""));
    }

    /// A local user has proven that an identifier is theirs: whoever invited it is told.
    ///
    /// @throws MatrixException 502 if the inviter's server does not answer
    void bound(Bound bound, long ts) {
        guard.checkBound(bound.target());
        if (local.test(bound.sender())) {
            exchange(bound, ts);
            return;
        }
        JsonObject event =
                JsonObject.of(
                        "type", EventTypes.MEMBER,
                        "room_id", bound.room().value(),
                        "sender", bound.sender().value(),
                        "state_key", bound.target().value(),
                        "content", bound.content());
        String path =
                "/_matrix/federation/v1/exchange_third_party_invite/"
                        + FederationRequest.segment(bound.room().value());
        try {
            client.send(
                    FederationRequest.put(bound.sender().server(), path, event).within(TIMEOUT));
        } catch (FederationException e) {
            throw e.forClient();
        }
    }
}
