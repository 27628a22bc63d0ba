package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.users.UserNumbers;
import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.protocol.authrules.AuthResult;
import org.valise.protocol.authrules.AuthRule;
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
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.NotInRoom;
import org.valise.rooms.members.OutsideMember;
import org.valise.rooms.policyservers.PolicyServer;
import org.valise.rooms.policyservers.PolicyServers;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.MissingEventStore;
import org.valise.rooms.timeline.NumberBlock;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Collection;
import java.util.List;
import java.util.Map;
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
    private final Approvals approvals;
    private final UnitParts parts;
    private final RoomProgress progress;

    RoomWriter(Tools tools, Lane lane, RoomRef room, Head head, Approvals approvals) {
        this.tools = tools;
        this.approvals = approvals;
        this.lane = lane;
        this.version = room.version();
        this.memory = new UnitMemory(tools, lane, version);
        this.parts = new UnitParts(lane, tools.missing());
        this.progress = new RoomProgress(tools, lane, version, memory, parts, head);
        this.room = room;
    }

    /// For a room that begins with the first event sent.
    RoomWriter(Tools tools, Lane lane, RoomVersion version) {
        this.tools = tools;
        this.approvals = new Approvals();
        this.lane = lane;
        this.version = version;
        this.memory = new UnitMemory(tools, lane, version);
        this.parts = new UnitParts(lane, tools.missing());
        HeadStore heads = new HeadStore(tools.database(), tools.events(), tools.states());
        this.progress = new RoomProgress(tools, lane, version, memory, parts, lane.head(heads));
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
        return progress.head().current();
    }

    /// The current state under one key.
    public @Nullable StoredEvent state(String type, String key) {
        return state(List.of(new StateKey(type, key))).get(new StateKey(type, key));
    }

    /// The current state under these keys, in at most two queries.
    public Map<StateKey, StoredEvent> state(Collection<StateKey> keys) {
        return memory.state(current(), keys);
    }

    public Optional<Membership> membership(UserId user) {
        StoredEvent member = state(EventTypes.MEMBER, user.value());
        return member == null ? Optional.empty() : Membership.of(member.event().content());
    }

    /// The events that the next one follows.
    public List<EventId> forwardExtremities() {
        return progress.head().extremities().stream().map(Head.Extremity::id).toList();
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
        Map<StateKey, StoredEvent> state = stateFor(draft);
        boolean stranger =
                room != null
                        && parts.appended().isEmpty()
                        && !state.containsKey(StateKey.member(draft.sender()));
        Event event;
        try {
            Event approved = approvals.take(draft);
            event =
                    approved != null
                            ? approved
                            : new EventAssembly(tools, version, memory)
                                    .assemble(draft, room, progress.head(), state);
            authorize(event, state);
        } catch (MatrixException e) {
            throw stranger ? NotInRoom.refusal(draft.sender()) : e;
        }
        Optional<PolicyServer> lacking = progress.lackingPolicyServer(current(), event);
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
        Map<StateKey, StoredEvent> state = stateFor(draft);
        EventAssembly.Template template =
                new EventAssembly(tools, version, memory)
                        .template(draft, room(), progress.head(), state);
        authorize(template.event(), state);
        return template.json();
    }

    /// What the rules need to judge an event.
    private Map<StateKey, StoredEvent> stateFor(Draft draft) {
        return state(
                AuthRules.needs(
                        version, draft.type(), draft.stateKey(), draft.sender(), draft.content()));
    }

    private void authorize(Event event, Map<StateKey, StoredEvent> state) {
        if (AuthRules.check(event, memory.authState(state), tools.verifier())
                instanceof AuthResult.Rejected(AuthRule rule, String detail)) {
            throw new MatrixException(
                    rule == AuthRule.POWER_LEVELS_LIST_CREATOR
                            ? ErrorCode.M_INVALID_PARAM // nobody could say so
                            : ErrorCode.M_FORBIDDEN,
                    detail);
        }
        tools.policy()
                .refusal(event, key -> event(state(key.type(), key.key())))
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
        return followsAll
                ? progress.append(event, draft)
                : progress.appendTo(event, draft, stateBefore(event));
    }

    /// The state before an event of this server that does not follow all of the room: there are
    /// more forward extremities than an event may name, or others came while a policy server was
    /// asked.
    ///
    /// @throws MatrixException 403 if that state does not allow it: other servers would reject it
    private StateSnapshot stateBefore(Event event) {
        Map<EventId, StoredEvent> previous = memory.find(event.prevEvents());
        StateSnapshot before =
                progress.stateAfter(event.prevEvents().stream().map(previous::get).toList());
        authorize(event, memory.state(before, AuthRules.needs(event)));
        return before;
    }

    private void begin(Event create) {
        RoomId id = create.roomId();
        room = new RoomRef(lane.room(), id, version);
        attach(RoomStore.INSERT, lane.room(), id.value(), version.id());
        noteReplaced(create);
    }

    private void noteReplaced(Event create) {
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
        progress.sendToOthers(event.id());
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
        Admission admission = admitter().join(join, given);
        if (admission instanceof Admission.Accepted) {
            Optional.ofNullable(state(StateKey.CREATE.type(), StateKey.CREATE.key()))
                    .map(StoredEvent::event)
                    .ifPresent(this::noteReplaced);
        }
        return admission;
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
        return new Admitter(tools, progress, memory, parts);
    }

    /// How many users of any server are in the room.
    public MemberCounts members() {
        return progress.head().members();
    }

    /// Whether the room has events to go on from.
    public boolean isBegun() {
        return progress.isBegun();
    }

    /// Whether a local user is in the room. If not, what is known of it ended with the last one
    /// leaving.
    public boolean isHere() {
        return progress.isHere();
    }

    /// Whether a user of another server is in the room.
    public boolean isElsewhere() {
        return progress.head().elsewhere() > 0;
    }

    /// Notes what a local user is to a room in which this server is not.
    ///
    /// @param event the member event, which is part of no graph here
    /// @param stripped what is told of the room: JSON objects with commas between
    /// @param through the server that it came from, or went to
    public void outside(UserId user, Event event, byte[] stripped, ServerName through) {
        parts.addOutside(
                new OutsideMember(
                        tools.eventNumbers().take(),
                        tools.users().number(user),
                        Membership.of(event.content()).orElse(Membership.LEAVE),
                        event,
                        stripped,
                        through));
    }

    /// Applies the redactions that waited for events which have come for their content alone.
    public void redactKnown(Collection<EventId> known) {
        progress.redactKnown(known);
    }

    /// Events that are on their way to the database, and those of this unit: what queries do not
    /// find yet.
    public Collection<StoredEvent> uncommitted() {
        return List.copyOf(memory.uncommitted());
    }

    /// Writes a further row in the same commit.
    public void attach(BulkInsert insert, @Nullable Object... values) {
        parts.attach(insert, values);
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /// What was written, ready to be committed; the lane goes on from it.
    RoomUnit unit() {
        Head head = progress.head().next();
        RoomUnit unit = new RoomUnit(lane, head, tools.events(), memory.blobs(), parts);
        lane.advance(head, parts.knownMissing());
        return unit;
    }
}
