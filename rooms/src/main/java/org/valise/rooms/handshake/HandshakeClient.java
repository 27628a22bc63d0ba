package org.valise.rooms.handshake;

import org.valise.federation.client.FederationClient;
import org.valise.federation.client.FederationException;
import org.valise.federation.client.FederationRequest;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Signer;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Asks another server for a template of a member event, and to take in what was made of it.
public final class HandshakeClient {
    private static final Duration TEMPLATE_TIMEOUT = Duration.ofSeconds(20);
    private static final long TEMPLATE_BYTES = 256 * 1024;
    private static final Duration HAND_TIMEOUT = Duration.ofSeconds(30);
    private static final long HAND_BYTES = 8L << 20;
    private static final List<String> TAKEN_OVER = List.of("auth_events", "prev_events", "depth");

    private final FederationClient client;
    private final Signer signer;
    private final Supplier<String> opaque;

    /// @param opaque makes the random part of an id
    public HandshakeClient(FederationClient client, Signer signer, Supplier<String> opaque) {
        this.client = client;
        this.signer = signer;
        this.opaque = opaque;
    }

    /// What a server said that the event would have to be.
    record Template(ServerName server, RoomVersion version, JsonObject event) {}

    /// Asks for a template, and checks it.
    Template make(Handshake handshake, ServerName server, RoomId room, UserId user)
            throws HandshakeFailure {
        String uri =
                "%s/%s/%s?%s"
                        .formatted(
                                handshake.makePath(),
                                encoded(room.value()),
                                encoded(user.value()),
                                Arrays.stream(RoomVersion.values())
                                        .map(version -> "ver=" + version.id())
                                        .collect(Collectors.joining("&")));
        JsonObject answer;
        try {
            answer =
                    client.send(
                            FederationRequest.get(server, uri)
                                    .within(TEMPLATE_TIMEOUT)
                                    .atMost(TEMPLATE_BYTES)
                                    .urgently());
        } catch (FederationException e) {
            throw HandshakeFailure.of(e);
        }
        // "If not provided, the room version is assumed to be either "1" or "2"."
        String version = answer.string("room_version").orElse("1");
        JsonObject event = answer.object("event").orElse(JsonObject.of());
        Optional<String> fault = handshake.fault(event, room, user);
        if (fault.isPresent()) {
            throw HandshakeFailure.unusable(server, fault.get());
        }
        return new Template(
                server,
                RoomVersion.of(version)
                        .orElseThrow(() ->
                                HandshakeFailure.unusable(
                                        server, "the room is of an unknown version")),
                event);
    }

    /// The event made of a template, signed by this server.
    ///
    /// SECURITY: of what another server says only that is taken over which it must know: whom the
    /// event follows, and who lets the user in.
    ///
    /// @param content of the member event
    Event signed(
            Handshake handshake,
            Template template,
            RoomId room,
            UserId user,
            JsonObject content,
            long now)
            throws HandshakeFailure {
        JsonObject.Builder event = JsonObject.builder();
        for (String field : TAKEN_OVER) {
            event.putIfPresent(field, template.event().get(field));
        }
        event.put("room_id", room.value())
                .put("type", EventTypes.MEMBER)
                .put("sender", user.value())
                .put("state_key", user.value())
                .put("content", vouched(handshake, template, content))
                .put("origin_server_ts", now);
        if (!template.version().has(Tweak.EVENT_ID_IS_HASH)) {
            event.put("event_id", "$" + opaque.get() + ":" + signer.server());
        }
        try {
            return EventBuilder.sign(template.version(), event.build(), signer);
        } catch (InvalidEvent e) {
            throw HandshakeFailure.unusable(template.server(), String.valueOf(e.getMessage()));
        }
    }

    /// "An arbitrary user ID belonging to the resident server in the room being joined that is able
    /// to issue invites to other users."
    private static JsonObject vouched(Handshake handshake, Template template, JsonObject content)
            throws HandshakeFailure {
        Optional<String> member =
                template.event()
                        .object("content")
                        .flatMap(said -> said.string("join_authorised_via_users_server"));
        if (handshake != Handshake.JOIN || member.isEmpty()) {
            return content;
        }
        if (member.flatMap(UserId::tryParse)
                .filter(user -> user.server().equals(template.server()))
                .isEmpty()) {
            throw HandshakeFailure.unusable(
                    template.server(), "who lets the user in is not of that server");
        }
        return content.with("join_authorised_via_users_server", member.get());
    }

    /// Hands in the event.
    JsonObject hand(Handshake handshake, ServerName server, Event event) throws HandshakeFailure {
        return send(
                handshake,
                server,
                event,
                HAND_TIMEOUT,
                HAND_BYTES,
                body -> Json.parseObject(body.readAllBytes()));
    }

    /// The same where the answer may be large: it is read while it comes.
    <T> T send(
            Handshake handshake,
            ServerName server,
            Event event,
            Duration timeout,
            long mostBytes,
            FederationClient.BodyReader<T> reader)
            throws HandshakeFailure {
        String uri =
                "%s/%s/%s"
                        .formatted(
                                handshake.sendPath(),
                                encoded(event.roomId().value()),
                                encoded(event.id().value()));
        try {
            return client.send(
                    FederationRequest.put(server, uri, event.json())
                            .within(timeout)
                            .atMost(mostBytes)
                            .urgently(),
                    reader);
        } catch (FederationException e) {
            throw HandshakeFailure.of(e);
        }
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
