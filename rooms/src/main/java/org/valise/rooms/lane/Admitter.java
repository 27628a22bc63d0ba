package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Takes events of other servers into one room, within one [RoomWrite].
///
/// Spec: server-server API, "Checks performed on receipt of a PDU", from the fourth check on.
final class Admitter {
    /// SECURITY: a stranger could name ancestors that do not exist without end.
    static final int MAX_WAITING = 500;

    private final RoomWriter.Tools tools;
    private final RoomProgress progress;
    private final UnitMemory memory;
    private final UnitParts parts;
    private final EventChecks checks;

    Admitter(RoomWriter.Tools tools, RoomProgress progress, UnitMemory memory, UnitParts parts) {
        this.tools = tools;
        this.progress = progress;
        this.memory = memory;
        this.parts = parts;
        this.checks = new EventChecks(tools.verifier(), memory::authState);
    }

    /// Takes in an event, and those that waited for it.
    ///
    /// @param given the state before it, for when its ancestors are not here
    Admission admit(Event event, @Nullable Collection<EventId> given) {
        int segment = parts.missing().segmentLacking(event.id());
        return segment == MissingEvents.NO_SEGMENT
                ? settled(List.of(take(event, given, null))).getFirst()
                : backfill(List.of(event), given == null ? Map.of() : Map.of(event.id(), given))
                        .getFirst();
    }

    /// Takes in events, and those that waited for them.
    ///
    /// @return what became of each, by its id
    Map<EventId, Admission> admitAll(Collection<Event> events) {
        Set<EventId> named = new HashSet<>();
        events.forEach(event -> named.addAll(named(event)));
        memory.find(named);
        tools.users().numbers(events.stream().map(Event::sender).toList());
        Map<EventId, Admission> admitted = new LinkedHashMap<>();
        for (Event event : EventOrder.sorted(events, Event::prevEvents)) {
            admitted.put(event.id(), admit(event, null));
        }
        return admitted;
    }

    /// Takes in a join, and the room with it, of a room that nobody here is in.
    Admission join(Event join, Collection<EventId> given) {
        progress.leaveTheOldBehind();
        return admit(join, given);
    }

    /// Takes in ancestors of what is here, each in its place in the room.
    ///
    /// @param events in any order, the oldest first where they do not refer to each other
    /// @param given the states before those whose ancestors are not here
    List<Admission> backfill(List<Event> events, Map<EventId, Collection<EventId>> given) {
        Backfill plan = Backfill.of(events, parts.missing(), memory);
        progress.lookForRedactions(events);
        Map<EventId, Admission> done = new LinkedHashMap<>();
        for (Backfill.Placed placed : plan.oldestFirst()) {
            Event event = placed.event();
            done.put(event.id(), take(event, given.get(event.id()), placed.order()));
        }
        settled(done.values());
        return events.stream()
                .map(event -> done.getOrDefault(event.id(), notBackfilled(event)))
                .toList();
    }

    private Admission notBackfilled(Event event) {
        StoredEvent known = memory.find(List.of(event.id())).get(event.id());
        return known != null && known.isInGraph()
                ? new Admission.Known(known)
                : new Admission.Unrelated(event.id());
    }

    /// Keeps an event whose ancestors nobody has: it is judged when they arrive.
    Admission hold(Event event) {
        Admission now = admit(event, null);
        if (!(now instanceof Admission.Lacks lacks)) {
            return now;
        }
        StoredEvent known = memory.find(List.of(event.id())).get(event.id());
        if (known != null && parts.missing().isWaiting(known.number())) {
            return new Admission.Waiting(known, lacks.missing());
        }
        if (parts.missing().waiters() >= MAX_WAITING) {
            return lacks;
        }
        StoredEvent waiting = known == null ? noteContent(event, null) : known;
        parts.wait(waiting.number(), lacks.missing());
        return new Admission.Waiting(waiting, lacks.missing());
    }

    /// Notes an event that lacks ancestors for its content: as an outlier, if at least its auth
    /// events are here.
    ///
    /// @param earlier what was known of it; null if it is new here
    private StoredEvent noteContent(Event event, @Nullable StoredEvent earlier) {
        Map<EventId, StoredEvent> known = memory.find(named(event));
        EventStatus status = EventStatus.WAITING;
        String refusal = "auth events are missing";
        if (unknownAuth(event, known).isEmpty()) {
            Optional<String> rejection = checks.basedOnAuthEvents(event, known);
            status = rejection.isPresent() ? EventStatus.REJECTED : EventStatus.OUTLIER;
            refusal = rejection.orElse("ancestors are missing");
            progress.graphMustHave(event.authEvents().stream().map(known::get).toList());
        }
        return progress.note(progress.stored(event, status, earlier, 0, null), refusal, earlier);
    }

    private static Set<EventId> named(Event event) {
        Set<EventId> named = new HashSet<>(event.authEvents());
        named.addAll(event.prevEvents());
        named.add(event.id());
        event.roomId().createEvent().ifPresent(named::add);
        return named;
    }

    /// @param place where it is inserted; null for an event that is new to the room
    private Admission take(
            Event event, @Nullable Collection<EventId> given, @Nullable RoomOrder place) {
        Map<EventId, StoredEvent> known = memory.find(named(event));
        StoredEvent earlier = known.get(event.id());
        if (earlier != null && earlier.isInGraph()) {
            return new Admission.Known(earlier);
        }
        // SECURITY: in room versions 1 and 2 servers choose the ids of their events.
        if (memory.isElsewhere(event.id())) {
            return new Admission.Dropped("its id is that of an event of another room");
        }
        Set<EventId> unknownPrevious = unknownPrevious(event, known);
        Set<EventId> lacking = unknownAuth(event, known);
        if (given == null) {
            lacking.addAll(unknownPrevious);
        }
        if (!lacking.isEmpty()) {
            return new Admission.Lacks(Set.copyOf(lacking));
        }
        progress.graphMustHave(event.authEvents().stream().map(known::get).toList());
        if (unknownPrevious.isEmpty()) {
            List<StoredEvent> previous =
                    event.prevEvents().stream().distinct().map(known::get).toList();
            StateSnapshot before = progress.stateAfter(previous);
            return judge(new Received(event, known, earlier, before, Set.of(), place));
        }
        GivenState state =
                GivenState.read(
                        Objects.requireNonNull(given),
                        progress.room(),
                        progress.version(),
                        tools,
                        memory);
        return switch (state) {
            case GivenState.Lacks(Set<EventId> missing) -> new Admission.Lacks(missing);
            case GivenState.Unbelievable(String reason) -> new Admission.Unbelievable(reason);
            case GivenState.Believed(StateSnapshot snapshot, Set<Long> entries) -> {
                progress.graphMustHaveNumbers(entries);
                progress.redactKnown(given);
                yield judge(
                        new Received(
                                event,
                                known,
                                earlier,
                                progress.numbered(snapshot),
                                unknownPrevious,
                                place));
            }
        };
    }

    /// An event with all that is needed to judge it.
    ///
    /// @param known the events it names, as far as they are here
    /// @param earlier what was known of it by its content alone
    /// @param before the state before it
    private record Received(
            Event event,
            Map<EventId, StoredEvent> known,
            @Nullable StoredEvent earlier,
            StateSnapshot before,
            Set<EventId> unknownPrevious,
            @Nullable RoomOrder place) {}

    private Set<EventId> unknownPrevious(Event event, Map<EventId, StoredEvent> known) {
        Set<EventId> unknown = new HashSet<>();
        for (EventId id : event.prevEvents()) {
            StoredEvent previous = known.get(id);
            if (previous == null || !previous.isInGraph()) {
                unknown.add(id);
            }
        }
        return unknown;
    }

    private static Set<EventId> unknownAuth(Event event, Map<EventId, StoredEvent> known) {
        Set<EventId> unknown = new HashSet<>();
        List<EventId> wanted = new ArrayList<>(event.authEvents());
        if (!event.prevEvents().isEmpty()) {
            event.roomId().createEvent().ifPresent(wanted::add);
        }
        for (EventId id : wanted) {
            StoredEvent auth = known.get(id);
            if (auth == null || auth.status() == EventStatus.WAITING) {
                unknown.add(id);
            }
        }
        return unknown;
    }

    private Admission judge(Received received) {
        Event event = received.event();
        Optional<String> rejection =
                checks.basedOnAuthEvents(event, received.known())
                        .or(() ->
                                checks.basedOn(
                                        memory.state(received.before(), AuthRules.needs(event)),
                                        event));
        StoredEvent earlier = received.earlier();
        if (earlier != null && parts.missing().isWaiting(earlier.number())) {
            parts.waitNoMore(earlier.number());
        }
        if (rejection.isPresent()) {
            noted(received, EventStatus.REJECTED, rejection.get());
            return new Admission.Rejected(event.id(), rejection.get());
        }
        Optional<String> softFailure = softFailure(received);
        if (softFailure.isPresent()) {
            StoredEvent failed = noted(received, EventStatus.SOFT_FAILED, softFailure.get());
            return new Admission.SoftFailed(failed, softFailure.get());
        }
        return new Admission.Accepted(accepted(received));
    }

    /// Passes authorisation rules based on the current state of the room, and is validated by the
    /// policy, otherwise it is "soft failed". The former is asked of new events only.
    private Optional<String> softFailure(Received received) {
        Event event = received.event();
        boolean isNew = received.place() == null;
        if (isNew && progress.branchesTooFar(event)) {
            return Optional.of("the room has too many branches");
        }
        StateSnapshot current = isNew ? progress.current() : received.before();
        Optional<String> outdated =
                isNew && !current.sameAs(received.before()) && progress.isBegun()
                        ? checks.basedOn(memory.state(current, AuthRules.needs(event)), event)
                        : Optional.empty();
        return outdated.or(() ->
                        progress.lackingPolicyServer(current, event)
                                .map(server -> server.server() + " does not recommend it"))
                .or(() ->
                        tools.policy()
                                .refusal(
                                        event,
                                        key -> {
                                            Map<StateKey, StoredEvent> found =
                                                    memory.state(current, List.of(key));
                                            StoredEvent stored = found.get(key);
                                            return stored == null ? null : stored.event();
                                        }));
    }

    private StoredEvent noted(Received received, EventStatus status, String reason) {
        StoredEvent stored =
                progress.note(stored(received, status, null), reason, received.earlier());
        RoomOrder place = received.place();
        if (place != null) {
            parts.lack(place, received.unknownPrevious());
        }
        parts.foundMissing(stored.id());
        return stored;
    }

    private StoredEvent accepted(Received received) {
        RoomOrder place = received.place();
        return place == null ? acceptedAsNew(received) : inserted(received, place);
    }

    private StoredEvent acceptedAsNew(Received received) {
        RoomOrder next = progress.nextPlace(received.unknownPrevious());
        StoredEvent fresh =
                progress.accept(
                        stored(received, EventStatus.ACCEPTED, next), received.earlier(), true);
        if (!received.unknownPrevious().isEmpty()) {
            parts.lack(next, received.unknownPrevious());
        }
        return fresh;
    }

    private StoredEvent inserted(Received received, RoomOrder place) {
        // Clients that hold an event must learn that its content is gone, however late. And what
        // follows a new event is new itself.
        StoredEvent inPlace = stored(received, EventStatus.ACCEPTED, place);
        boolean news =
                progress.redactsWhatWasShown(inPlace)
                        || progress.followsExtremity(received.event());
        StoredEvent old =
                news
                        ? progress.accept(
                                inPlace.at(progress.nextPlace(Set.of())), received.earlier(), false)
                        : progress.insert(inPlace, received.earlier());
        // An event in its place: what it lacks is now what its segment lacks.
        parts.lack(place, received.unknownPrevious());
        parts.foundMissing(old.id());
        return old;
    }

    private StoredEvent stored(Received received, EventStatus status, @Nullable RoomOrder order) {
        return progress.stored(
                received.event(), status, received.earlier(), received.before().number(), order);
    }

    /// Judges those who waited for what has come, and those who waited for them.
    private <T extends Collection<Admission>> T settled(T admissions) {
        judgeWhoWaitedFor(
                admissions.stream().map(Admitter::inGraph).flatMap(Optional::stream).toList());
        return admissions;
    }

    void judgeWhoWaitedFor(Collection<EventId> known) {
        Deque<EventId> arrived = new ArrayDeque<>(known);
        while (!arrived.isEmpty()) {
            for (long number : parts.missing().waitersFor(arrived.remove())) {
                inGraph(judgedAgain(memory.event(number))).ifPresent(arrived::add);
            }
        }
    }

    private Admission judgedAgain(StoredEvent waiting) {
        MissingEvents missing = parts.missing();
        int segment = missing.segmentLacking(waiting.id());
        RoomOrder place =
                segment == MissingEvents.NO_SEGMENT
                        ? null
                        : new RoomOrder(segment, missing.first().getOrDefault(segment, 0L) - 1);
        Admission again = take(waiting.event(), null, place);
        if (again instanceof Admission.Lacks && waiting.status() == EventStatus.WAITING) {
            noteContent(waiting.event(), waiting);
        }
        return again;
    }

    private static Optional<EventId> inGraph(Admission admission) {
        return switch (admission) {
            case Admission.Accepted(StoredEvent event) -> Optional.of(event.id());
            case Admission.SoftFailed(StoredEvent event, String _) -> Optional.of(event.id());
            case Admission.Rejected(EventId event, String _) -> Optional.of(event);
            case Admission.Known _,
                    Admission.Outlier _,
                    Admission.Lacks _,
                    Admission.Waiting _,
                    Admission.Unrelated _,
                    Admission.Unbelievable _,
                    Admission.Dropped _ ->
                    Optional.empty();
        };
    }
}
