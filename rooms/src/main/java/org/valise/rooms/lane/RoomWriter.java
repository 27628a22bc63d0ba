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
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Signer;
import org.valise.protocol.signature.Verifier;
import org.valise.rooms.lane.Head.Extremity;
import org.valise.rooms.lane.RoomUnit.Appended;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.NotInRoom;
import org.valise.rooms.members.OutsideMember;
import org.valise.rooms.policyservers.PolicyServer;
import org.valise.rooms.policyservers.PolicyServers;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.MissingEventStore;
import org.valise.rooms.timeline.NumberBlock;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The right to write one room, once. Only a lane makes it, and only for the time of a [RoomWrite].
public final class RoomWriter {
    private final Tools tools;
    private final Lane lane;
    private final RoomVersion version;
    private final UnitMemory memory;
    private @Nullable RoomRef room;
    private Head head;
    private @Nullable MissingEvents missing;
    private final List<Appended> appended = new ArrayList<>();
    private final List<RoomUnit.Row> rows = new ArrayList<>();
    private final Set<EventId> forOthers = new HashSet<>();
    private final Approvals approvals;
    private final List<OutsideMember> outside = new ArrayList<>();

    /// Who stands outside until the next event.
    private ComingIn comingIn = ComingIn.NOBODY;

    private boolean changed;

    RoomWriter(Tools tools, Lane lane, RoomRef room, Head head, Approvals approvals) {
        this.tools = tools;
        this.approvals = approvals;
        this.lane = lane;
        this.version = room.version();
        this.memory = new UnitMemory(tools, lane, version);
        this.room = room;
        this.head = head;
    }

    /// For a room that begins with the first event sent.
    RoomWriter(Tools tools, Lane lane, RoomVersion version) {
        this.tools = tools;
        this.approvals = new Approvals();
        this.lane = lane;
        this.version = version;
        this.memory = new UnitMemory(tools, lane, version);
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
            MissingEventStore missing,
            UserNumbers users,
            Signer signer,
            Verifier verifier,
            Predicate<UserId> local,
            Supplier<String> opaque,
            RoomPolicy policy,
            PolicyServers policyServers) {}

    Tools tools() {
        return tools;
    }

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

    long roomNumber() {
        return lane.room();
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
        return memory.state(head.current(), keys);
    }

    public Optional<Membership> membership(UserId user) {
        StoredEvent member = state(EventTypes.MEMBER, user.value());
        return member == null ? Optional.empty() : Membership.of(member.event().content());
    }

    /// The events that the next one follows.
    public List<EventId> forwardExtremities() {
        return head.extremities().stream().map(Extremity::id).toList();
    }

    /// What the room's create event says.
    public JsonObject createContent() {
        StoredEvent create = state(StateKey.CREATE.type(), StateKey.CREATE.key());
        if (create == null) {
            throw new IllegalStateException("room " + lane.room() + " has no create event");
        }
        return create.event().content();
    }

    public PowerLevels powerLevels() {
        return memory.powerLevels(state(List.of(StateKey.POWER_LEVELS, StateKey.CREATE)));
    }

    /// Appends an event of a local user, if the room's rules allow it.
    ///
    /// @throws MatrixException 403 with the rule that refuses it, or 400/413 if it is not a valid
    ///   event
    public StoredEvent send(Draft draft) {
        return append(prepare(draft), draft);
    }

    /// The event that [#send] would append: for what another server must sign first. Nothing is
    /// written.
    ///
    /// @throws MatrixException as [#send]
    public Event prepare(Draft draft) {
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
            Event approved = approvals.take(draft);
            event =
                    approved != null
                            ? approved
                            : new EventAssembly(tools, version, memory)
                                    .assemble(draft, room, head, state);
            authorize(event, state);
        } catch (MatrixException e) {
            throw stranger ? NotInRoom.refusal(draft.sender()) : e;
        }
        Optional<PolicyServer> lacking = lackingPolicyServer(head.current(), event);
        if (lacking.isPresent()) {
            throw new Approvals.Needed(event, lacking.get());
        }
        return event;
    }

    /// An event that a user of another server wants in the room, without hashes and signatures, if
    /// the room's rules allow it. Nothing is appended.
    ///
    /// @throws MatrixException 403 with the rule that refuses it
    public JsonObject template(Draft draft) {
        Map<StateKey, StoredEvent> state =
                state(
                        AuthRules.needs(
                                version,
                                draft.type(),
                                draft.stateKey(),
                                draft.sender(),
                                draft.content()));
        EventAssembly.Template template =
                new EventAssembly(tools, version, memory).template(draft, room(), head, state);
        authorize(template.event(), state);
        return template.json();
    }

    /// The policy server that must sign an event in a room of this state, and has not.
    Optional<PolicyServer> lackingPolicyServer(StateSnapshot state, Event event) {
        long policy = state.get(tools.keys().number(PolicyServer.STATE));
        return policy == 0
                ? Optional.empty()
                : tools.policyServers().lacking(lane.room(), memory.event(policy).event(), event);
    }

    private void authorize(Event event, Map<StateKey, StoredEvent> state) {
        AuthResult result = AuthRules.check(event, memory.authState(state), tools.verifier());
        Optional<String> refusal =
                result instanceof AuthResult.Rejected rejected
                        ? Optional.of(rejected.detail())
                        : Optional.empty();
        refusal.or(() -> tools.policy().refusal(event, key -> event(state(key.type(), key.key()))))
                .ifPresent(reason -> {
                    throw new MatrixException(ErrorCode.M_FORBIDDEN, reason);
                });
    }

    private static @Nullable Event event(@Nullable StoredEvent stored) {
        return stored == null ? null : stored.event();
    }

    private StoredEvent append(Event event, Draft draft) {
        if (room == null) {
            begin(event);
        }
        boolean followsAll =
                Set.copyOf(event.prevEvents()).equals(Set.copyOf(forwardExtremities()));
        StateSnapshot before = followsAll ? head.current() : stateBefore(event);
        StoredEvent stored =
                StoredEvent.draft(
                        lane.room(),
                        tools.eventNumbers().take(),
                        event,
                        EventStatus.ACCEPTED,
                        memory.key(event),
                        tools.users().number(event.sender()),
                        before.number(),
                        nextPlace(Set.of()),
                        draft.session(),
                        draft.transactionId());
        forOthers.add(stored.id());
        if (followsAll) {
            advance(stored, false, List.of(extremity(stored)), numbered(stateAfter(stored)));
        } else {
            accept(stored, false, true);
        }
        return stored;
    }

    /// The state before an event of this server that does not follow all of the room: there are
    /// more forward extremities than an event may name, or others came while a policy server was
    /// asked.
    ///
    /// @throws MatrixException 403 if that state does not allow it: other servers would reject it
    private StateSnapshot stateBefore(Event event) {
        Map<EventId, StoredEvent> previous = memory.find(event.prevEvents());
        StateSnapshot before = stateAfter(event.prevEvents().stream().map(previous::get).toList());
        authorize(event, memory.state(before, AuthRules.needs(event)));
        return before;
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
    /// @param given the state before it as another server says it was, for when its ancestors are
    ///   not here; null if nobody was asked
    public Admission admit(Event event, @Nullable Collection<EventId> given) {
        return admitter().admit(event, given);
    }

    /// The same with an event that another server makes through this one: the other servers in the
    /// room get it from here.
    public Admission admitForOthers(Event event) {
        forOthers.add(event.id());
        return admit(event, null);
    }

    /// As [#admit], of many events in any order.
    ///
    /// @return what became of each
    public Map<EventId, Admission> admitAll(Collection<Event> events) {
        return admitter().admitAll(events);
    }

    /// Takes in a local user's join that another server has let in, and with it the room, unless
    /// somebody here is in it already.
    ///
    /// @param given the state before it
    public Admission join(Event join, Collection<EventId> given) {
        return admitter().join(join, given);
    }

    /// Takes in ancestors of what is here, each in its place in the room. They have no position in
    /// the stream: nobody is told of them, and whoever reads back finds them.
    ///
    /// @param given the states before those whose own ancestors are not here
    /// @return what became of each, in the order of the events
    public List<Admission> backfill(List<Event> events, Map<EventId, Collection<EventId>> given) {
        return admitter().backfill(events, given);
    }

    /// Keeps an event whose ancestors cannot be had now: it is judged again when they arrive.
    public Admission hold(Event event) {
        return admitter().hold(event);
    }

    /// Judges again what waited for events that have become known by their content.
    public void judgeWhoWaitedFor(Collection<EventId> known) {
        admitter().judgeWhoWaitedFor(known);
    }

    private Admitter admitter() {
        return new Admitter(this, memory);
    }

    /// An event of another server.
    ///
    /// @param number the one it has; 0 if it is new here
    StoredEvent stored(
            Event event, EventStatus status, long number, long before, @Nullable RoomOrder order) {
        return StoredEvent.draft(
                lane.room(),
                number == 0 ? tools.eventNumbers().take() : number,
                event,
                status,
                memory.key(event),
                tools.users().number(event.sender()),
                before,
                order,
                0,
                null);
    }

    /// The place of the next new event: an event whose ancestors are missing begins a segment.
    RoomOrder nextPlace(Set<EventId> unknownPrevious) {
        return unknownPrevious.isEmpty()
                ? new RoomOrder(head.segment(), head.nextIndex())
                : new RoomOrder(head.segment() + 1, 0);
    }

    /// How many users of any server are in the room.
    public MemberCounts members() {
        return head.members();
    }

    /// Whether the room has events to go on from.
    public boolean isBegun() {
        return !head.extremities().isEmpty();
    }

    /// Whether a local user is in the room. If not, what is known of it ended with the last one
    /// leaving.
    public boolean isHere() {
        return isBegun() && head.members().joined() > head.elsewhere();
    }

    /// If nobody here is in the room, a new join does not go on from what is known of it.
    void leaveTheOldBehind() {
        if (!isHere()) {
            head = head.withoutExtremities();
            comingIn = ComingIn.into(lane.room(), tools);
        }
    }

    /// Notes what a local user is to a room in which this server is not.
    ///
    /// @param event the member event, which is part of no graph here
    /// @param stripped what is told of the room: JSON objects with commas between
    /// @param through the server that it came from, or went to
    public void outside(UserId user, Event event, byte[] stripped, ServerName through) {
        outside.add(
                new OutsideMember(
                        tools.eventNumbers().take(),
                        tools.users().number(user),
                        Membership.of(event.content()).orElse(Membership.LEAVE),
                        event,
                        stripped,
                        through));
        changed = true;
    }

    boolean followsExtremity(Event event) {
        return head.extremities().stream()
                .anyMatch(extremity -> event.prevEvents().contains(extremity.id()));
    }

    /// Takes in a new event of another server. The forward extremities are the accepted events
    /// without an accepted child; the current state is the resolution of the states after them.
    ///
    /// @param judgedBefore whether it was known, by its content alone
    /// @param isLast whether it has no child
    void accept(StoredEvent accepted, boolean judgedBefore, boolean isLast) {
        memory.add(accepted);
        lane.extendGraph(accepted);
        Set<EventId> followed = Set.copyOf(accepted.event().prevEvents());
        List<Extremity> extremities = new ArrayList<>();
        List<StateSnapshot> states = new ArrayList<>();
        for (Extremity extremity : head.extremities()) {
            if (!followed.contains(extremity.id())) {
                extremities.add(extremity);
                states.add(stateAfter(memory.event(extremity.number())));
            }
        }
        if (isLast || extremities.isEmpty()) {
            extremities.add(extremity(accepted));
            states.add(stateAfter(accepted));
        }
        StateSnapshot current = numbered(memory.resolver().resolve(states));
        advance(accepted, judgedBefore, List.copyOf(extremities), current);
    }

    /// Makes an event the newest that readers are shown.
    ///
    /// @param current the room's state from here on, with a number
    private void advance(
            StoredEvent stored,
            boolean judgedBefore,
            List<Extremity> extremities,
            StateSnapshot current) {
        memory.add(stored);
        boolean moved = current.number() != head.current().number();
        MemberDifference members =
                moved
                        ? MemberDifference.between(head.current(), current, tools, memory)
                        : MemberDifference.NONE;
        if (comingIn != ComingIn.NOBODY) {
            members = members.withLocal(comingIn.to(current, tools, memory));
        }
        MemberCounts counts = members.counts(head.members());
        add(
                Appended.shown(
                        stored,
                        judgedBefore,
                        moved ? current : null,
                        counts,
                        members,
                        isOutgoing(stored, members),
                        redacted(stored)));
        comingIn = ComingIn.NOBODY;
        RoomOrder place = Objects.requireNonNull(stored.order());
        head =
                new Head(
                        head.version(),
                        extremities,
                        current,
                        counts,
                        head.elsewhere() + members.elsewhere(),
                        place.segment(),
                        place.index() + 1);
        changed = true;
        lane.extendGraph(stored);
    }

    /// Whether there is anybody elsewhere who should get it from this server.
    private boolean isOutgoing(StoredEvent stored, MemberDifference members) {
        return forOthers.contains(stored.id())
                && (head.elsewhere() > 0
                        || members.elsewhere() > 0
                        || !members.calledOff().isEmpty());
    }

    /// Puts an accepted event in its place among older ones.
    void insert(StoredEvent stored, boolean judgedBefore) {
        memory.add(stored);
        add(Appended.hidden(stored, judgedBefore, null, redacted(stored)));
        changed = true;
        lane.extendGraph(stored);
    }

    /// Notes an event that nobody is shown.
    void note(StoredEvent stored, String refusal, boolean judgedBefore) {
        memory.add(stored);
        add(Appended.hidden(stored, judgedBefore, refusal, null));
        changed = true;
        lane.extendGraph(stored);
    }

    private void add(Appended next) {
        for (Appended earlier : appended) {
            if (earlier.event.number() == next.event.number()) {
                next.replace(earlier);
                appended.remove(earlier);
                break;
            }
        }
        appended.add(next);
    }

    MissingEvents missing() {
        MissingEvents known = missing;
        if (known == null) {
            known = lane.missing(tools.missing());
            missing = known;
        }
        return known;
    }

    /// Events before one at a place are missing.
    void lack(RoomOrder place, Set<EventId> events) {
        missing =
                events.isEmpty()
                        ? missing().beginningAt(place.segment(), place.index())
                        : missing().lacking(place.segment(), events, place.index());
        for (EventId event : events) {
            attach(
                    MissingEventStore.CHANGE_GAP,
                    lane.room(),
                    place.segment(),
                    event.value(),
                    false);
        }
    }

    void foundMissing(EventId event) {
        if (missing().segmentLacking(event) != MissingEvents.NO_SEGMENT) {
            missing = missing().found(event);
            attach(MissingEventStore.CHANGE_GAP, lane.room(), 0, event.value(), true);
        }
    }

    void wait(long event, Set<EventId> forEvents) {
        missing = missing().waitingFor(forEvents, event);
        for (EventId each : forEvents) {
            attach(MissingEventStore.CHANGE_WAITING, lane.room(), each.value(), event, false);
        }
        changed = true;
    }

    void waitNoMore(long event) {
        missing = missing().judged(event);
        attach(MissingEventStore.CHANGE_WAITING, lane.room(), "", event, true);
        changed = true;
    }

    private static Extremity extremity(StoredEvent stored) {
        return new Extremity(stored.number(), stored.id(), stored.event().depth());
    }

    /// The state after all of these events, with a number; the empty state after none.
    StateSnapshot stateAfter(List<StoredEvent> events) {
        return events.isEmpty()
                ? StateSnapshot.EMPTY
                : numbered(
                        memory.resolver().resolve(events.stream().map(this::stateAfter).toList()));
    }

    /// A rejected event does not change the state; any other state event does.
    private StateSnapshot stateAfter(StoredEvent event) {
        StateSnapshot before = memory.snapshot(event.snapshotBefore(), head.current());
        return event.isState() && event.status() != EventStatus.REJECTED
                ? before.with(event.key(), event.number(), tools.states())
                : before;
    }

    StateSnapshot numbered(StateSnapshot snapshot) {
        return memory.numbered(snapshot, head.current());
    }

    void graphMustHave(List<StoredEvent> events) {
        graphMustHaveNumbers(events.stream().map(StoredEvent::number).toList());
    }

    /// Events may have become known outside of this lane.
    void graphMustHaveNumbers(Collection<Long> events) {
        lane.forgetGraphWithout(events);
    }

    /// Whether this redaction takes content that readers may have in memory.
    boolean redactsWhatWasShown(Event event) {
        StoredEvent target = redactable(event);
        return target != null && !memory.isOwn(target.number());
    }

    /// The event that a redaction takes the content of, in its new form.
    private @Nullable StoredEvent redacted(StoredEvent redaction) {
        StoredEvent target = redactable(redaction.event());
        if (target == null) {
            return null;
        }
        StoredEvent redacted = target.redacted(target.event().redacted(), redaction.number());
        if (memory.isOwn(target.number())) {
            memory.add(redacted);
        }
        return redacted;
    }

    /// From version 3 on, whether a redaction takes effect is decided when it is applied.
    private @Nullable StoredEvent redactable(Event event) {
        EventId target = event.redacts();
        if (target == null || !event.type().equals(EventTypes.REDACTION)) {
            return null;
        }
        StoredEvent found = memory.find(List.of(target)).get(target);
        return found != null
                        && found.redactedBy() == 0
                        && mayRedact(event.sender(), found.event().sender())
                ? found
                : null;
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
        return !changed;
    }

    /// What was written, ready to be committed; the lane goes on from it.
    RoomUnit unit() {
        head = head.next();
        RoomUnit unit =
                new RoomUnit(lane, head, tools.events(), appended, outside, memory.blobs(), rows);
        lane.advance(head, missing);
        return unit;
    }
}
