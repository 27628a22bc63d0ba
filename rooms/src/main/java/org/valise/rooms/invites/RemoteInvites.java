package org.valise.rooms.invites;

import org.jspecify.annotations.Nullable;
import org.valise.federation.client.FederationClient;
import org.valise.federation.client.FederationException;
import org.valise.federation.client.FederationRequest;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.JsonSigning;
import org.valise.rooms.admission.EventAdmission;
import org.valise.rooms.invites.EventProof.Verdict;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.rendering.StrippedState;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// Invites users of other servers: their server signs the invitation before it enters the room.
///
/// Spec: server-server API, "Inviting to a room".
public final class RemoteInvites {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final long MOST_BYTES = 1L << 20;

    /// What the other server says that the person who invites can do something about.
    private static final Set<ErrorCode> PASSED_ON =
            Set.of(
                    ErrorCode.M_FORBIDDEN,
                    ErrorCode.M_INVITE_BLOCKED,
                    ErrorCode.M_INCOMPATIBLE_ROOM_VERSION,
                    ErrorCode.M_UNSUPPORTED_ROOM_VERSION,
                    ErrorCode.M_LIMIT_EXCEEDED);

    private final Lanes lanes;
    private final EventAdmission admission;
    private final FederationClient client;
    private final EventProof proof;
    private final Predicate<UserId> local;

    RemoteInvites(
            Lanes lanes,
            EventAdmission admission,
            FederationClient client,
            EventProof proof,
            Predicate<UserId> local) {
        this.lanes = lanes;
        this.admission = admission;
        this.client = client;
        this.proof = proof;
        this.local = local;
    }

    /// Whether inviting somebody takes another server.
    public boolean concern(UserId target) {
        return !local.test(target);
    }

    /// @param draft gives the invitation; null if there is nothing to do
    /// @param guard asked when the room's rules allow it
    /// @return the event, if one was sent
    /// @throws MatrixException 403 with the rule that refuses it, what the other server has against
    ///   it, or 502 if it does not answer
    public Optional<EventId> invite(
            RoomRef room, Function<RoomWriter, @Nullable Draft> draft, Consumer<RoomWriter> guard) {
        Prepared prepared =
                lanes.<@Nullable Prepared>write(room, writer -> prepare(writer, draft, guard));
        if (prepared == null) {
            return Optional.empty();
        }
        Event invite = prepared.event;
        ServerName server = UserId.parse(invite.key().key()).server();
        Event signed = signed(prepared, server);
        Admission admitted = admission.receiveForOthers(room, signed, events -> Set.of());
        return switch (admitted) {
            case Admission.Accepted(StoredEvent stored) -> Optional.of(stored.id());
            case Admission.Known(StoredEvent stored) -> Optional.of(stored.id());
            case Admission.SoftFailed(StoredEvent _, String reason) -> throw refused(reason);
            case Admission.Rejected(EventId _, String reason) -> throw refused(reason);
            default -> throw new IllegalStateException("an invitation was not taken: " + admitted);
        };
    }

    private static MatrixException refused(String reason) {
        return new MatrixException(ErrorCode.M_FORBIDDEN, reason);
    }

    /// An invitation that the room allows, and what its target is told of the room.
    private record Prepared(Event event, List<JsonObject> told) {}

    private static @Nullable Prepared prepare(
            RoomWriter writer,
            Function<RoomWriter, @Nullable Draft> wanted,
            Consumer<RoomWriter> guard) {
        Draft draft = wanted.apply(writer);
        if (draft == null) {
            return null;
        }
        Event event = writer.prepare(draft);
        guard.accept(writer);
        List<StateKey> keys = new ArrayList<>(StrippedState.keys());
        keys.add(StateKey.member(draft.sender()));
        List<JsonObject> told =
                writer.state(keys).values().stream().map(each -> each.event().json()).toList();
        return new Prepared(event, told);
    }

    private Event signed(Prepared prepared, ServerName server) {
        Event event = prepared.event;
        try {
            JsonObject answer = asked(prepared, server);
            Event signed = merged(event, answer, server);
            if (proof.of(signed, List.of(server)) == Verdict.SIGNED) {
                return signed;
            }
        } catch (FederationException e) {
            throw forClient(e);
        } catch (InvalidEvent e) {
            // as good as no signature
        }
        throw new MatrixException(ErrorCode.M_UNKNOWN, server + " did not sign the invitation")
                .status(502);
    }

    /// SECURITY: of the answer only the server's signature is taken.
    private static Event merged(Event event, JsonObject answer, ServerName server) {
        JsonObject merged = event.json();
        for (Map.Entry<KeyId, byte[]> signature :
                JsonSigning.signatures(answer, server.value()).entrySet()) {
            merged =
                    JsonSigning.withSignature(
                            merged, server.value(), signature.getKey(), signature.getValue());
        }
        return Event.parse(event.version(), merged);
    }

    /// "This endpoint is preferred over the v1 API […]. Senders which receive a 400 or 404 response
    /// to this endpoint should retry using the v1 API as the server may be older, if the room
    /// version is "1" or "2"."
    private JsonObject asked(Prepared prepared, ServerName server) throws FederationException {
        RoomVersion version = prepared.event.version();
        try {
            JsonObject body =
                    JsonObject.of(
                            "event", prepared.event.json(),
                            "invite_room_state", JsonArray.of(prepared.told),
                            "room_version", version.id());
            return client.send(request(prepared.event, server, "v2", body))
                    .object("event")
                    .orElse(JsonObject.of());
        } catch (FederationException e) {
            boolean isOlder = e.status() == 400 || e.status() == 404;
            if (!isOlder || version.has(Tweak.EVENT_ID_IS_HASH)) {
                throw e;
            }
        }
        JsonObject unsigned = JsonObject.of("invite_room_state", JsonArray.of(prepared.told));
        JsonObject body = prepared.event.json().with("unsigned", unsigned);
        return client.send(request(prepared.event, server, "v1", body), OldAnswer::read);
    }

    private static FederationRequest request(
            Event event, ServerName server, String version, JsonObject body) {
        String path =
                "/_matrix/federation/%s/invite/%s/%s"
                        .formatted(
                                version,
                                FederationRequest.segment(event.roomId().value()),
                                FederationRequest.segment(event.id().value()));
        return FederationRequest.put(server, path, body)
                .within(TIMEOUT)
                .atMost(MOST_BYTES)
                .urgently();
    }

    /// "If `M_MISSING_PARAM` or `M_INVALID_PARAM` is returned and the request is associated with a
    /// Client-Server API request, the Client-Server API request SHOULD fail with a 5xx error rather
    /// than being passed through."
    private static MatrixException forClient(FederationException e) {
        for (ErrorCode code : PASSED_ON) {
            if (e.errcode().equals(Optional.of(code.errcode()))) {
                MatrixException refusal = new MatrixException(code, String.valueOf(e.getMessage()));
                for (String field : List.of("room_version", "retry_after_ms")) {
                    JsonValue value = e.answer().map(answer -> answer.get(field)).orElse(null);
                    refusal = value == null ? refusal : refusal.with(field, value);
                }
                return refusal;
            }
        }
        return e.forClient();
    }
}
