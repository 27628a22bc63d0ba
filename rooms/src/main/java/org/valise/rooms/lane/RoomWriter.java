package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.users.UserNumbers;
import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.protocol.authrules.AuthResult;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Signer;
import org.valise.protocol.signature.Verifier;
import org.valise.rooms.lane.Head.Extremity;
import org.valise.rooms.lane.RoomUnit.Appended;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.NotInRoom;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.NumberBlock;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The right to write one room, once. Only a lane makes it, and only for the time of a [RoomWrite].
public final class RoomWriter {
    private static final int MAX_PREV_EVENTS = 20;
    private static final long MAX_DEPTH = (1L << 53) - 1;

    private final Tools tools;
    private final Lane lane;
    private final RoomVersion version;
    private @Nullable RoomRef room;
    private Head head;
    private final List<Appended> appended = new ArrayList<>();
    private final List<RoomUnit.Row> rows = new ArrayList<>();

    /// Events of this unit: not committed, so not in the cache.
    private final Map<Long, StoredEvent> own = new HashMap<>();

    /// Snapshots that this unit stores, and their bytes.
    private final Map<StateSnapshot, byte[]> blobs = new LinkedHashMap<>();

    RoomWriter(Tools tools, Lane lane, RoomRef room, Head head) {
        this.tools = tools;
        this.lane = lane;
        this.version = room.version();
        this.room = room;
        this.head = head;
    }

    /// For a room that begins with the first event sent.
    RoomWriter(Tools tools, Lane lane, RoomVersion version) {
        this.tools = tools;
        this.lane = lane;
        this.version = version;
        this.head = lane.head(new HeadStore(tools.database(), tools.events(), tools.states()));
    }

    /// What every writer uses.
    ///
    /// @param local whether a user belongs to this server
    /// @param opaque makes the random part of an id
    public record Tools(
            Database database,
            RoomStore rooms,
            StateKeys keys,
            StateStore states,
            NumberBlock stateNumbers,
            NumberBlock eventNumbers,
            Events events,
            UserNumbers users,
            Signer signer,
            Verifier verifier,
            Predicate<UserId> local,
            Supplier<String> opaque,
            RoomPolicy policy) {}

    public RoomVersion version() {
        return version;
    }

    /// The room written. A room that is being created has an id once its create event is sent.
    public RoomRef room() {
        RoomRef known = room;
        if (known == null) {
            throw new IllegalStateException("the room has no create event yet");
        }
        return known;
    }

    public StateSnapshot current() {
        return head.current();
    }

    /// The current state under one key.
    public @Nullable StoredEvent state(String type, String key) {
        return state(List.of(new StateKey(type, key))).get(new StateKey(type, key));
    }

    /// The current state under these keys, in at most two queries.
    public Map<StateKey, StoredEvent> state(Collection<StateKey> keys) {
        return state(head.current(), keys);
    }

    private Map<StateKey, StoredEvent> state(StateSnapshot snapshot, Collection<StateKey> keys) {
        Map<StateKey, Long> numbers = new HashMap<>();
        tools.keys()
                .find(keys)
                .forEach((key, number) -> {
                    long event = snapshot.get(number);
                    if (event != 0) {
                        numbers.put(key, event);
                    }
                });
        Map<StateKey, StoredEvent> found = new HashMap<>();
        Set<Long> committed = new HashSet<>();
        numbers.forEach((key, number) -> {
            StoredEvent uncommitted = uncommitted(number);
            if (uncommitted == null) {
                committed.add(number);
            } else {
                found.put(key, uncommitted);
            }
        });
        Map<Long, StoredEvent> loaded = tools.events().load(lane.room(), committed);
        numbers.forEach((key, number) -> {
            StoredEvent event = loaded.get(number);
            if (event != null) {
                found.put(key, event);
            }
        });
        return found;
    }

    public Optional<Membership> membership(UserId user) {
        StoredEvent member = state(EventTypes.MEMBER, user.value());
        return member == null ? Optional.empty() : Membership.of(member.event().content());
    }

    /// What the room's create event says.
    public JsonObject createContent() {
        StoredEvent create = state(StateKey.CREATE);
        if (create == null) {
            throw new IllegalStateException("room " + lane.room() + " has no create event");
        }
        return create.event().content();
    }

    public PowerLevels powerLevels() {
        Map<StateKey, StoredEvent> state = state(List.of(StateKey.POWER_LEVELS, StateKey.CREATE));
        StoredEvent levels = state.get(StateKey.POWER_LEVELS);
        StoredEvent create = state.get(StateKey.CREATE);
        if (create == null) {
            throw new IllegalStateException("room " + lane.room() + " has no create event");
        }
        long number = levels == null ? 0 : levels.number();
        PowerLevels known = lane.powerLevels(number);
        if (known == null) {
            known = PowerLevels.of(version, levels == null ? null : levels.event(), create.event());
            if (number == 0 || !own.containsKey(number)) {
                lane.rememberPowerLevels(number, known);
            }
        }
        return known;
    }

    /// Appends an event of a local user, if the room's rules allow it.
    ///
    /// @throws MatrixException 403 with the rule that refuses it, or 400/413 if it is not a valid
    ///   event
    public StoredEvent send(Draft draft) {
        Map<StateKey, StoredEvent> state =
                state(
                        AuthRules.needs(
                                version,
                                draft.type(),
                                draft.stateKey(),
                                draft.sender(),
                                draft.content()));
        boolean stranger =
                room != null
                        && appended.isEmpty()
                        && !state.containsKey(StateKey.member(draft.sender()));
        Event event;
        try {
            event = built(draft, state);
            authorize(event, state);
        } catch (MatrixException e) {
            throw stranger ? NotInRoom.refusal(draft.sender()) : e;
        }
        return append(event, draft);
    }

    private Event built(Draft draft, Map<StateKey, StoredEvent> state) {
        String stateKey = draft.stateKey();
        if (hasNul(draft.type()) || stateKey != null && hasNul(stateKey)) {
            throw new MatrixException(
                    ErrorCode.M_BAD_JSON, "No NUL character in a type or a state key");
        }
        List<StoredEvent> auth =
                AuthRules.authEventKeys(
                                version,
                                draft.type(),
                                draft.stateKey(),
                                draft.sender(),
                                draft.content())
                        .stream()
                        .map(state::get)
                        .filter(Objects::nonNull)
                        .toList();
        List<EventId> previous =
                head.extremities().stream().limit(MAX_PREV_EVENTS).map(Extremity::id).toList();
        EventBuilder builder =
                EventBuilder.of(version)
                        .type(draft.type())
                        .stateKey(draft.stateKey())
                        .sender(draft.sender())
                        .content(draft.content())
                        .redacts(draft.redacts())
                        .prevEvents(previous)
                        .authEvents(auth.stream().map(StoredEvent::id).toList())
                        .depth(Math.min(head.depth() + 1, MAX_DEPTH))
                        .originServerTs(draft.originServerTs());
        if (room != null) {
            builder.roomId(room.id());
        } else if (!version.has(Tweak.ROOM_ID_IS_HASH)) {
            builder.roomId(
                    RoomId.parse("!" + tools.opaque().get() + ":" + tools.signer().server()));
        }
        if (!version.has(Tweak.EVENT_ID_IS_HASH)) {
            builder.eventId(
                    EventId.parse("$" + tools.opaque().get() + ":" + tools.signer().server()));
            for (StoredEvent event : auth) {
                builder.referenceHash(event.id(), event.event().referenceHash());
            }
            for (Extremity extremity : head.extremities()) {
                builder.referenceHash(
                        extremity.id(), event(extremity.number()).event().referenceHash());
            }
        }
        try {
            return builder.sign(tools.signer());
        } catch (InvalidEvent e) {
            throw new MatrixException(
                    e.tooLarge() ? ErrorCode.M_TOO_LARGE : ErrorCode.M_BAD_JSON,
                    String.valueOf(e.getMessage()));
        } catch (JsonException e) {
            throw new MatrixException(ErrorCode.M_BAD_JSON, String.valueOf(e.getMessage()));
        }
    }

    /// PostgreSQL does not store it in text.
    private static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
    }

    private StoredEvent event(long number) {
        StoredEvent uncommitted = uncommitted(number);
        return uncommitted != null ? uncommitted : tools.events().get(lane.room(), number);
    }

    private @Nullable StoredEvent uncommitted(long number) {
        StoredEvent mine = own.get(number);
        return mine != null ? mine : lane.underway(number);
    }

    private void authorize(Event event, Map<StateKey, StoredEvent> state) {
        refusal(event, state)
                .or(() -> tools.policy().refusal(event, key -> event(state(key))))
                .ifPresent(reason -> {
                    throw new MatrixException(ErrorCode.M_FORBIDDEN, reason);
                });
    }

    private StoredEvent append(Event event, Draft draft) {
        if (room == null) {
            begin(event);
        }
        StoredEvent stored =
                stored(
                        event,
                        EventStatus.ACCEPTED,
                        head.current(),
                        draft.session(),
                        draft.transactionId());
        StateSnapshot after = numbered(stateAfter(stored));
        advance(stored, List.of(extremity(stored)), after);
        return stored;
    }

    private StoredEvent stored(
            Event event,
            EventStatus status,
            StateSnapshot before,
            long session,
            @Nullable String transactionId) {
        String stateKey = event.stateKey();
        boolean visible = status == EventStatus.ACCEPTED;
        return StoredEvent.draft(
                lane.room(),
                tools.eventNumbers().take(),
                event,
                status,
                stateKey == null ? 0 : tools.keys().number(new StateKey(event.type(), stateKey)),
                tools.users().number(event.sender()),
                before.number(),
                visible ? new RoomOrder(head.segment(), head.nextIndex()) : null,
                session,
                transactionId);
    }

    /// Makes an accepted event the newest of the room.
    ///
    /// @param current the room's state from here on, with a number
    private void advance(StoredEvent stored, List<Extremity> extremities, StateSnapshot current) {
        own.put(stored.number(), stored);
        boolean changed = current.number() != head.current().number();
        MemberDifference members = changed ? memberDifference(current) : MemberDifference.NONE;
        MemberCounts counts = members.counts(head.members());
        appended.add(
                new Appended(
                        stored,
                        changed ? current : null,
                        counts,
                        members.local(),
                        redacted(stored.event(), stored.number()),
                        null));
        head =
                new Head(
                        nextVersion(),
                        extremities,
                        current,
                        counts,
                        head.segment(),
                        head.nextIndex() + 1);
        lane.extendGraph(stored);
    }

    /// Notes an event that nobody is shown.
    private void note(StoredEvent stored, String refusal) {
        own.put(stored.number(), stored);
        appended.add(new Appended(stored, null, head.members(), List.of(), null, refusal));
        head =
                new Head(
                        nextVersion(),
                        head.extremities(),
                        head.current(),
                        head.members(),
                        head.segment(),
                        head.nextIndex());
        lane.extendGraph(stored);
    }

    private long nextVersion() {
        return appended.size() == 1 ? head.version() + 1 : head.version();
    }

    private static Extremity extremity(StoredEvent stored) {
        return new Extremity(stored.number(), stored.id(), stored.event().depth());
    }

    /// A rejected event does not change the state; any other state event does.
    private StateSnapshot stateAfter(StoredEvent event) {
        StateSnapshot before = snapshot(event.snapshotBefore());
        return event.isState() && event.status() != EventStatus.REJECTED
                ? before.with(event.key(), event.number(), tools.states())
                : before;
    }

    private StateSnapshot snapshot(long number) {
        if (number == head.current().number()) {
            return head.current();
        }
        for (StateSnapshot fresh : blobs.keySet()) {
            if (fresh.number() == number) {
                return fresh;
            }
        }
        StateSnapshot underway = lane.snapshotUnderway(number);
        return underway != null ? underway : tools.states().snapshot(number);
    }

    /// The snapshot under a number: the one it has, or a new one.
    private StateSnapshot numbered(StateSnapshot snapshot) {
        if (snapshot.number() != 0 || snapshot.sameAs(StateSnapshot.EMPTY)) {
            return snapshot;
        }
        if (snapshot.sameAs(head.current())) {
            return head.current();
        }
        StateSnapshot.Stored made = snapshot.stored(tools.stateNumbers().take());
        blobs.put(made.snapshot(), made.bytes());
        return made.snapshot();
    }

    private MemberDifference memberDifference(StateSnapshot current) {
        MemberDifference difference = new MemberDifference();
        head.current()
                .diffMembers(
                        current,
                        (key, before, after) -> {
                            Optional<Membership> was = membership(before);
                            Optional<Membership> is = membership(after);
                            difference.count(was, is);
                            UserId user =
                                    UserId.tryParse(tools.keys().name(key).key()).orElse(null);
                            if (user != null && tools.local().test(user)) {
                                difference.add(
                                        tools.users().number(user),
                                        is.orElse(Membership.LEAVE),
                                        after);
                            }
                        });
        return difference;
    }

    private Optional<Membership> membership(long number) {
        return number == 0 ? Optional.empty() : Membership.of(event(number).event().content());
    }

    private void begin(Event create) {
        RoomId id = create.roomId();
        room = new RoomRef(lane.room(), id, version);
        attach(RoomStore.INSERT, lane.room(), id.value(), version.id());
        RoomStore.predecessor(create)
                .ifPresent(old -> attach(RoomStore.REPLACEMENT, lane.room(), old.value()));
    }

    /// Takes in an event of another server whose signatures and hashes were checked, if all it
    /// refers to is here.
    ///
    /// Spec: server-server API, "Checks performed on receipt of a PDU", from the fourth check on.
    public Admission admit(Event event) {
        Optional<StoredEvent> known = tools.events().byId(event.id());
        if (known.isPresent()) {
            return new Admission.Known(known.get());
        }
        Map<EventId, StoredEvent> authEvents = tools.events().byIds(event.authEvents());
        Map<EventId, StoredEvent> previous = tools.events().byIds(event.prevEvents());
        Set<EventId> missing = new HashSet<>(event.authEvents());
        missing.addAll(event.prevEvents());
        missing.removeAll(authEvents.keySet());
        previous.values().stream()
                .filter(each -> each.status() != EventStatus.OUTLIER)
                .forEach(each -> missing.remove(each.id()));
        if (!missing.isEmpty()) {
            return new Admission.Lacks(Set.copyOf(missing));
        }
        StateSnapshot before =
                numbered(
                        resolver()
                                .resolve(
                                        previous.values().stream().map(this::stateAfter).toList()));
        Optional<String> rejection =
                checkAuthEvents(event, authEvents)
                        .or(() -> refusal(event, state(before, AuthRules.needs(event))));
        if (rejection.isPresent()) {
            StoredEvent rejected = stored(event, EventStatus.REJECTED, before, 0, null);
            note(rejected, rejection.get());
            return new Admission.Rejected(rejected, rejection.get());
        }
        Optional<String> softFailure =
                refusal(event, state(AuthRules.needs(event)))
                        .or(() -> tools.policy().refusal(event, key -> event(state(key))));
        if (softFailure.isPresent()) {
            StoredEvent failed = stored(event, EventStatus.SOFT_FAILED, before, 0, null);
            note(failed, softFailure.get());
            return new Admission.SoftFailed(failed, softFailure.get());
        }
        StoredEvent accepted = stored(event, EventStatus.ACCEPTED, before, 0, null);
        accept(accepted);
        return new Admission.Accepted(accepted);
    }

    /// The forward extremities are the accepted events without an accepted child; the current state
    /// is the resolution of the states after them.
    private void accept(StoredEvent accepted) {
        own.put(accepted.number(), accepted);
        lane.extendGraph(accepted);
        Set<EventId> followed = Set.copyOf(accepted.event().prevEvents());
        List<Extremity> extremities = new ArrayList<>();
        List<StateSnapshot> states = new ArrayList<>();
        for (Extremity extremity : head.extremities()) {
            if (!followed.contains(extremity.id())) {
                extremities.add(extremity);
                states.add(stateAfter(event(extremity.number())));
            }
        }
        extremities.add(extremity(accepted));
        states.add(stateAfter(accepted));
        advance(accepted, List.copyOf(extremities), numbered(resolver().resolve(states)));
    }

    /// Passes authorization rules based on the event's auth events, otherwise it is rejected.
    private Optional<String> checkAuthEvents(Event event, Map<EventId, StoredEvent> authEvents) {
        List<Event> events = authEvents.values().stream().map(StoredEvent::event).toList();
        AuthResult result =
                AuthRules.checkAuthEvents(
                        event,
                        events,
                        id ->
                                Optional.ofNullable(authEvents.get(id))
                                        .filter(each -> each.status() == EventStatus.REJECTED)
                                        .isPresent());
        if (result instanceof AuthResult.Rejected rejected) {
            return Optional.of(rejected.detail());
        }
        Map<StateKey, StoredEvent> state = new HashMap<>();
        StoredEvent create = state(EventTypes.CREATE, "");
        if (create != null) {
            state.put(StateKey.CREATE, create);
        }
        authEvents.values().stream()
                .filter(StoredEvent::isState)
                .forEach(each -> state.put(each.event().key(), each));
        return refusal(event, state);
    }

    private Optional<String> refusal(Event event, Map<StateKey, StoredEvent> state) {
        AuthResult result = AuthRules.check(event, key -> event(state.get(key)), tools.verifier());
        return result instanceof AuthResult.Rejected rejected
                ? Optional.of(rejected.detail())
                : Optional.empty();
    }

    private static @Nullable Event event(@Nullable StoredEvent stored) {
        return stored == null ? null : stored.event();
    }

    private @Nullable StoredEvent state(StateKey key) {
        return state(key.type(), key.key());
    }

    private StateResolver resolver() {
        return new StateResolver(
                version,
                tools.keys(),
                tools.states(),
                () ->
                        lane.graph(
                                () -> tools.events().store().stateEvents(lane.room()),
                                own.values()),
                tools.verifier());
    }

    /// From version 3 on, whether a redaction takes effect is decided when it is applied.
    private @Nullable StoredEvent redacted(Event event, long redaction) {
        EventId target = event.redacts();
        if (target == null || !event.type().equals(EventTypes.REDACTION)) {
            return null;
        }
        StoredEvent found = tools.events().byId(target).orElse(null);
        if (found == null || found.room() != lane.room() || found.redactedBy() != 0) {
            return null;
        }
        if (!mayRedact(event.sender(), found.event().sender())) {
            return null;
        }
        return found.redacted(found.event().redacted(), redaction);
    }

    private boolean mayRedact(UserId redacting, UserId author) {
        return redacting.server().equals(author.server())
                || powerLevels().userLevel(redacting) >= powerLevels().redact();
    }

    /// Writes a further row in the same commit.
    public void attach(BulkInsert insert, @Nullable Object... values) {
        rows.add(new RoomUnit.Row(insert, values));
    }

    boolean isEmpty() {
        return appended.isEmpty();
    }

    Head head() {
        return head;
    }

    RoomUnit unit() {
        return new RoomUnit(lane, head, tools.events(), appended, blobs, rows);
    }
}
