package org.valise.rooms.admission;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/// The way in for events of other servers.
///
/// Whoever receives an event calls [#receive], which asks the room's policy server if there is one.
/// If that lacks ancestors, they are fetched and received first (`/get_missing_events`); if nobody
/// sends them, the state before the event is fetched, its events and their auth chains are received
/// as outliers, and the event is received with that state; if not even that can be had, it is held.
/// What another server tells of the past is backfilled.
///
/// Spec: server-server API, "Checks performed on receipt of a PDU". The first, that it is a valid
/// event, is [Event#parse].
public final class EventAdmission {
    /// Events in one call of [#backfill] and [#receiveOutliers].
    public static final int MAX_EVENTS = 1_000;

    private final Lanes lanes;
    private final RoomStore rooms;
    private final Outliers outliers;
    private final PolicyServerCheck policyServers;

    public EventAdmission(
            Lanes lanes, RoomStore rooms, Outliers outliers, PolicyServerCheck policyServers) {
        this.lanes = lanes;
        this.rooms = rooms;
        this.outliers = outliers;
        this.policyServers = policyServers;
    }

    /// A room of other servers, so that its events can be received.
    public RoomRef room(RoomId id, RoomVersion version) {
        return rooms.introduce(id, version);
    }

    /// Takes in an event that is new, or that others were found to lack.
    ///
    /// @param stateBefore ids of the state before it as another server says it was, for when its
    ///   ancestors cannot be had; null if nobody was asked
    public Admission receive(
            RoomRef room,
            Event event,
            @Nullable Collection<EventId> stateBefore,
            EventSignatureCheck signatures) {
        return one(room, event, signatures, (writer, sound) -> writer.admit(sound, stateBefore));
    }

    /// Takes in an event that another server makes through this one (`/send_join`, …): if it is
    /// accepted, the other servers in the room get it from here.
    public Admission receiveForOthers(RoomRef room, Event event, EventSignatureCheck signatures) {
        return one(room, event, signatures, RoomWriter::admitForOthers);
    }

    /// As [#receive], of many events of a room in any order, which are written together.
    ///
    /// @param events at most [#MAX_EVENTS]
    public Map<EventId, Admission> receiveAll(
            RoomRef room, Collection<Event> events, EventSignatureCheck signatures) {
        Checked checked = check(room, events, signatures);
        if (!checked.sound.isEmpty()) {
            List<Event> recommended = policyServers.asked(room, checked.sound);
            checked.results.putAll(lanes.write(room, writer -> writer.admitAll(recommended)));
        }
        return checked.results;
    }

    /// Takes in a local user's join that another server has let in.
    ///
    /// SECURITY: it is believed only if it may follow from that state.
    ///
    /// @param stateBefore ids of the state before it, from the answer to `/send_join`; all received
    ///   as outliers
    public Admission join(
            RoomRef room,
            Event join,
            Collection<EventId> stateBefore,
            EventSignatureCheck signatures) {
        return one(room, join, signatures, (writer, sound) -> writer.join(sound, stateBefore));
    }

    /// Keeps an event whose ancestors nobody sends. It is judged when they arrive.
    public Admission hold(RoomRef room, Event event, EventSignatureCheck signatures) {
        return one(room, event, signatures, RoomWriter::hold);
    }

    /// Takes in events of the past, each in its place in the room, unseen by whoever only follows
    /// what is new.
    ///
    /// @param events at most [#MAX_EVENTS], oldest first
    /// @param statesBefore for those whose ancestors are not here
    public Map<EventId, Admission> backfill(
            RoomRef room,
            List<Event> events,
            Map<EventId, Collection<EventId>> statesBefore,
            EventSignatureCheck signatures) {
        Checked checked = check(room, events, signatures);
        if (!checked.sound.isEmpty()) {
            List<Admission> admitted =
                    lanes.write(room, writer -> writer.backfill(checked.sound, statesBefore));
            for (int i = 0; i < admitted.size(); i++) {
                checked.results.put(checked.sound.get(i).id(), admitted.get(i));
            }
        }
        return checked.results;
    }

    /// Takes in events for their content alone: states, and auth chains.
    ///
    /// @param events at most [#MAX_EVENTS], in any order; what they refer to must be among them, or
    ///   here
    public Map<EventId, Admission> receiveOutliers(
            RoomRef room, List<Event> events, EventSignatureCheck signatures) {
        Checked checked = check(room, events, signatures);
        checked.results.putAll(outliers.add(room, checked.sound));
        if (outliers.isAnyAwaited(room, checked.results.keySet())) {
            lanes.write(
                    room,
                    writer -> {
                        writer.redactKnown(checked.results.keySet());
                        writer.judgeWhoWaitedFor(checked.results.keySet());
                        return true;
                    });
        }
        return checked.results;
    }

    /// Those of these events that are not known here, not even by their content.
    Set<EventId> unknown(Collection<EventId> ids) {
        return outliers.unknown(ids);
    }

    private Admission one(
            RoomRef room,
            Event event,
            EventSignatureCheck signatures,
            BiFunction<RoomWriter, Event, Admission> write) {
        Checked checked = check(room, List.of(event), signatures);
        if (checked.sound.isEmpty()) {
            return checked.results.values().iterator().next();
        }
        Event sound = policyServers.asked(room, checked.sound).getFirst();
        return lanes.write(room, writer -> write.apply(writer, sound));
    }

    /// What is left to be judged by the room, and what became of the rest.
    private record Checked(List<Event> sound, Map<EventId, Admission> results) {}

    private static Checked check(
            RoomRef room, Collection<Event> events, EventSignatureCheck signatures) {
        if (events.size() > MAX_EVENTS) {
            throw new IllegalArgumentException("more than " + MAX_EVENTS + " events at once");
        }
        Map<EventId, Admission> results = new LinkedHashMap<>();
        Map<EventId, Event> storable = new HashMap<>();
        List<Event> inOrder = new ArrayList<>();
        for (Event event : events) {
            if (!isValid(event, room)) {
                results.put(event.id(), new Admission.Dropped("not a valid event of the room"));
            } else if (storable.put(event.id(), event) == null) {
                inOrder.add(event);
            }
        }
        Set<EventId> unsigned = failsSignatureChecks(inOrder, signatures);
        List<Event> sound = new ArrayList<>();
        for (Event event : inOrder) {
            if (unsigned.contains(event.id())) {
                results.put(event.id(), new Admission.Dropped("not signed as it must be"));
            } else {
                sound.add(redactedUnlessHashMatches(event));
            }
        }
        return new Checked(sound, results);
    }

    /// Is a valid event, otherwise it is dropped. It complied with the format when it was parsed.
    ///
    /// NOTSPEC: PostgreSQL stores no NUL in text, so types and state keys with one are dropped,
    /// too.
    private static boolean isValid(Event event, RoomRef room) {
        String stateKey = event.stateKey();
        return event.version() == room.version()
                && event.roomId().equals(room.id())
                && event.type().indexOf('\0') < 0
                && (stateKey == null || stateKey.indexOf('\0') < 0);
    }

    /// Passes signature checks, otherwise it is dropped.
    private static Set<EventId> failsSignatureChecks(
            List<Event> events, EventSignatureCheck signatures) {
        return events.isEmpty() ? Set.of() : signatures.unsigned(events);
    }

    /// Passes hash checks, otherwise it is redacted before being processed further.
    private static Event redactedUnlessHashMatches(Event event) {
        return event.contentHashMatches() ? event : event.redacted();
    }
}
