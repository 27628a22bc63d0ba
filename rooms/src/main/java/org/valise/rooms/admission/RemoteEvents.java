package org.valise.rooms.admission;

import org.valise.federation.client.FederationClient;
import org.valise.federation.client.FederationException;
import org.valise.federation.client.FederationRequest;
import org.valise.federation.client.FederationUri;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.timeline.RoomRef;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Asks other servers for events of rooms. What they answer is not checked, but what has not the
/// format of an event is left out.
///
/// Spec: server-server API, "Backfilling and retrieving missing events", "Retrieving events".
public final class RemoteEvents {
    private static final String PREFIX = "/_matrix/federation/v1/";

    /// Somebody waits for it.
    private static final Duration PAST_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration STATE_TIMEOUT = Duration.ofMinutes(2);

    /// A hundred of the largest events.
    private static final long MOST_BYTES_OF_EVENTS = 8L << 20;

    private static final long MOST_BYTES_OF_IDS = 32L << 20;
    private static final long MOST_BYTES_OF_STATE = 96L << 20;

    private final FederationClient client;

    public RemoteEvents(FederationClient client) {
        this.client = client;
    }

    /// The state before an event, and its auth chain, by their ids.
    public record StateIds(Set<EventId> state, Set<EventId> authChain) {}

    /// The ancestors of some events back to others.
    ///
    /// @param latest whose ancestors are wanted
    /// @param earliest what is here
    public List<Event> missing(
            ServerName server,
            RoomRef room,
            Collection<EventId> latest,
            Collection<EventId> earliest,
            int limit)
            throws FederationException {
        JsonObject content =
                JsonObject.of(
                        "earliest_events",
                        ids(earliest),
                        "latest_events",
                        ids(latest),
                        "limit",
                        limit,
                        "min_depth",
                        0);
        JsonObject answer =
                client.send(
                        FederationRequest.post(
                                        server,
                                        PREFIX + "get_missing_events/" + path(room.id()),
                                        content)
                                .within(TIMEOUT)
                                .atMost(MOST_BYTES_OF_EVENTS));
        List<Event> events = events(answer, "events", room.version());
        return events.size() <= limit ? events : events.subList(0, limit);
    }

    /// Some events and what preceded them.
    public List<Event> backfill(
            ServerName server, RoomRef room, Collection<EventId> from, int limit)
            throws FederationException {
        FederationUri uri = FederationUri.of(PREFIX + "backfill", room.id().value());
        from.forEach(event -> uri.query("v", event.value()));
        uri.query("limit", Integer.toString(limit));
        JsonObject answer =
                client.send(
                        FederationRequest.get(server, uri.toString())
                                .within(PAST_TIMEOUT)
                                .atMost(MOST_BYTES_OF_EVENTS));
        List<Event> events = events(answer, "pdus", room.version());
        return events.size() <= limit ? events : events.subList(0, limit);
    }

    /// Where an event stands in time.
    ///
    /// @param ts milliseconds since 1970
    public record Moment(EventId event, long ts) {}

    /// The event that is closest to a moment.
    ///
    /// @param ts milliseconds since 1970
    /// @param onwards whether it is the first after it, else the last before it
    public Optional<Moment> closest(ServerName server, RoomRef room, long ts, boolean onwards)
            throws FederationException {
        FederationUri uri =
                FederationUri.of(PREFIX + "timestamp_to_event", room.id().value())
                        .query("ts", Long.toString(ts))
                        .query("dir", onwards ? "f" : "b");
        JsonObject answer =
                client.send(FederationRequest.get(server, uri.toString()).within(PAST_TIMEOUT));
        Optional<Long> when = answer.integer("origin_server_ts");
        return answer.string("event_id")
                .flatMap(EventId::tryParse)
                .filter(any -> when.isPresent())
                .map(event -> new Moment(event, when.get()));
    }

    /// The auth chain of an event.
    public List<Event> authChain(ServerName server, RoomRef room, EventId event)
            throws FederationException {
        JsonObject answer =
                client.send(
                        FederationRequest.get(
                                        server,
                                        PREFIX
                                                + "event_auth/"
                                                + path(room.id())
                                                + "/"
                                                + encoded(event.value()))
                                .within(TIMEOUT)
                                .atMost(MOST_BYTES_OF_EVENTS));
        return events(answer, "auth_chain", room.version());
    }

    /// An event; empty if what was answered is another.
    public Optional<Event> event(ServerName server, RoomRef room, EventId event)
            throws FederationException {
        JsonObject answer =
                client.send(
                        FederationRequest.get(server, PREFIX + "event/" + encoded(event.value()))
                                .within(TIMEOUT));
        return events(answer, "pdus", room.version()).stream()
                .filter(found -> found.id().equals(event))
                .findFirst();
    }

    public StateIds stateIds(ServerName server, RoomRef room, EventId event)
            throws FederationException {
        JsonObject answer =
                client.send(
                        state(server, "state_ids/", room, event)
                                .within(TIMEOUT)
                                .atMost(MOST_BYTES_OF_IDS));
        return new StateIds(ids(answer, "pdu_ids"), ids(answer, "auth_chain_ids"));
    }

    /// The state before an event and its auth chain, all together.
    public List<Event> state(ServerName server, RoomRef room, EventId event)
            throws FederationException {
        JsonObject answer =
                client.send(
                        state(server, "state/", room, event)
                                .within(STATE_TIMEOUT)
                                .atMost(MOST_BYTES_OF_STATE));
        List<Event> events = new ArrayList<>(events(answer, "pdus", room.version()));
        events.addAll(events(answer, "auth_chain", room.version()));
        return events;
    }

    private static FederationRequest state(
            ServerName server, String operation, RoomRef room, EventId event) {
        return FederationRequest.get(
                server,
                PREFIX + operation + path(room.id()) + "?event_id=" + encoded(event.value()));
    }

    private static String path(RoomId room) {
        return encoded(room.value());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static JsonArray ids(Collection<EventId> events) {
        return JsonArray.of(events.stream().map(EventId::value).toList());
    }

    private static Set<EventId> ids(JsonObject answer, String field) {
        Set<EventId> ids = new LinkedHashSet<>();
        answer.array(field).map(JsonArray::strings).orElse(List.of()).stream()
                .map(EventId::tryParse)
                .flatMap(Optional::stream)
                .forEach(ids::add);
        return ids;
    }

    private static List<Event> events(JsonObject answer, String field, RoomVersion version) {
        List<Event> events = new ArrayList<>();
        for (JsonObject pdu :
                answer.array(field).map(JsonArray::objects).orElse(List.<JsonObject>of())) {
            try {
                events.add(Event.parse(version, pdu));
            } catch (InvalidEvent e) {
                // "Is a valid event, otherwise it is dropped."
                continue;
            }
        }
        return events;
    }
}
