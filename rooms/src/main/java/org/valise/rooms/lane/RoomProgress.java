package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.lane.Head.Extremity;
import org.valise.rooms.lane.RoomUnit.Appended;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.policyservers.PolicyServer;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// How far one unit takes its room: the forward extremities, the current state, and the places of
/// the events that come.
final class RoomProgress {
    /// SECURITY: each forward extremity has a state of its own, and the room's is the resolution of
    /// all of them, with every event anew. A server could add to them without end. NOTSPEC: what
    /// would be one more fails softly: those who follow it bring it in.
    static final int MOST_EXTREMITIES = 500;

    private final RoomWriter.Tools tools;
    private final Lane lane;
    private final RoomVersion version;
    private final UnitMemory memory;
    private final UnitParts parts;
    private final Redactions redactions;
    private final Set<EventId> forOthers = new HashSet<>();

    /// Who stands outside until the next event.
    private ComingIn comingIn = ComingIn.NOBODY;

    private Head head;

    RoomProgress(
            RoomWriter.Tools tools,
            Lane lane,
            RoomVersion version,
            UnitMemory memory,
            UnitParts parts,
            Head head) {
        this.tools = tools;
        this.lane = lane;
        this.version = version;
        this.memory = memory;
        this.parts = parts;
        this.redactions = new Redactions(tools, lane, version, memory, parts);
        this.head = head;
    }

    Head head() {
        return head;
    }

    StateSnapshot current() {
        return head.current();
    }

    long room() {
        return lane.room();
    }

    RoomVersion version() {
        return version;
    }

    /// The policy server that must sign an event in a room of this state, and has not.
    Optional<PolicyServer> lackingPolicyServer(StateSnapshot state, Event event) {
        long policy = state.get(tools.keys().number(PolicyServer.STATE));
        return policy == 0
                ? Optional.empty()
                : tools.policyServers().lacking(lane.room(), memory.event(policy).event(), event);
    }

    /// The other servers in the room get this event from here if it is accepted.
    void sendToOthers(EventId event) {
        forOthers.add(event);
    }

    /// Takes in an event that follows all there is: one of a local user.
    StoredEvent append(Event event, Draft draft) {
        StoredEvent stored = local(event, draft, head.current());
        StateSnapshot after = numbered(stateAfter(stored));
        return advance(stored, false, List.of(extremity(stored)), after);
    }

    /// Takes in an event of a local user that does not follow all there is.
    ///
    /// @param before the state before it
    StoredEvent appendTo(Event event, Draft draft, StateSnapshot before) {
        return accept(local(event, draft, before), null, true);
    }

    private StoredEvent local(Event event, Draft draft, StateSnapshot before) {
        forOthers.add(event.id());
        return StoredEvent.draft(
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
    }

    /// An event of another server.
    ///
    /// @param earlier what was known of it by its content alone; null if it is new here
    StoredEvent stored(
            Event event,
            EventStatus status,
            @Nullable StoredEvent earlier,
            long before,
            @Nullable RoomOrder order) {
        return StoredEvent.draft(
                lane.room(),
                earlier == null ? tools.eventNumbers().take() : earlier.number(),
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

    /// Whether the room has events to go on from.
    boolean isBegun() {
        return !head.extremities().isEmpty();
    }

    /// Whether a local user is in the room.
    boolean isHere() {
        return isBegun() && head.members().joined() > head.elsewhere();
    }

    /// If nobody here is in the room, a new join does not go on from what is known of it.
    void leaveTheOldBehind() {
        if (!isHere()) {
            head = head.withoutExtremities();
            comingIn = ComingIn.into(lane.room(), tools);
        }
    }

    /// Whether an event would be one branch too many.
    boolean branchesTooFar(Event event) {
        return head.extremities().size() >= MOST_EXTREMITIES && !followsExtremity(event);
    }

    boolean followsExtremity(Event event) {
        return head.extremities().stream()
                .anyMatch(extremity -> event.prevEvents().contains(extremity.id()));
    }

    /// Takes in a new event of another server. The forward extremities are the accepted events
    /// without an accepted child; the current state is the resolution of the states after them.
    ///
    /// @param earlier what was known of it by its content alone
    /// @param isLast whether it has no child
    /// @return the event as it is kept
    StoredEvent accept(StoredEvent event, @Nullable StoredEvent earlier, boolean isLast) {
        Redactions.Meeting meeting = redactions.meet(event, earlier, head.current());
        StoredEvent accepted = meeting.event();
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
        StoredEvent kept = advance(accepted, earlier != null, List.copyOf(extremities), current);
        meeting.withheld().forEach(redaction -> release(redaction, null));
        return kept;
    }

    /// Takes an event in as the newest of the room, and shows it to readers unless it is a
    /// redaction that nobody may see yet.
    ///
    /// @param current the room's state from here on, with a number
    /// @return the event as it is kept
    private StoredEvent advance(
            StoredEvent accepted,
            boolean judgedBefore,
            List<Extremity> extremities,
            StateSnapshot current) {
        memory.add(accepted);
        boolean moved = current.number() != head.current().number();
        Redactions.Effect effect = redactions.effect(accepted, head.current());
        MemberDifference members = membersMoving(current);
        boolean outgoing = isOutgoing(accepted, members);
        // NOTSPEC: a redaction whose arrival changes the room's state (it came over a gap, or by a
        // fork) is shown although its target is not here: a state that readers see belongs to an
        // event that they see. So is one that other servers get from here.
        StoredEvent stored = effect.isShown() || moved || outgoing ? accepted : accepted.withheld();
        memory.add(stored);
        redactions.keep(stored, effect, head.current());
        MemberCounts counts = members.counts(head.members());
        parts.add(
                stored.status() == EventStatus.WITHHELD
                        ? Appended.hidden(stored, judgedBefore, null, null)
                        : Appended.shown(
                                stored,
                                judgedBefore,
                                moved ? current : null,
                                counts,
                                members,
                                outgoing,
                                effect.redacted()));
        head =
                head.after(
                        Objects.requireNonNull(stored.order()),
                        extremities,
                        current,
                        counts,
                        head.elsewhere() + members.elsewhere());
        lane.extendGraph(stored);
        return stored;
    }

    /// What becomes of the members when the room's state is this.
    private MemberDifference membersMoving(StateSnapshot current) {
        MemberDifference members =
                current.number() == head.current().number()
                        ? MemberDifference.NONE
                        : MemberDifference.between(head.current(), current, tools, memory);
        if (comingIn != ComingIn.NOBODY) {
            members = members.withLocal(comingIn.to(current, tools, memory));
            comingIn = ComingIn.NOBODY;
        }
        return members;
    }

    /// Whether there is anybody elsewhere who should get it from this server.
    private boolean isOutgoing(StoredEvent stored, MemberDifference members) {
        return forOthers.contains(stored.id())
                && (head.elsewhere() > 0
                        || members.elsewhere() > 0
                        || !members.calledOff().isEmpty());
    }

    /// Shows readers a redaction that they were not shown before.
    ///
    /// @param redacted the target in its new form, if they may have it in its old one
    private void release(StoredEvent redaction, @Nullable StoredEvent redacted) {
        RoomOrder place = nextPlace(Set.of());
        StoredEvent released = redaction.released(place);
        memory.add(released);
        parts.add(
                Appended.shown(
                        released,
                        true,
                        null,
                        head.members(),
                        MemberDifference.NONE,
                        false,
                        redacted));
        head =
                head.after(
                        place,
                        head.extremities(),
                        head.current(),
                        head.members(),
                        head.elsewhere());
    }

    /// Puts an accepted event in its place among older ones.
    ///
    /// @return the event as it is kept
    StoredEvent insert(StoredEvent event, @Nullable StoredEvent earlier) {
        Redactions.Meeting meeting = redactions.meet(event, earlier, head.current());
        Redactions.Effect effect = redactions.effect(event, head.current());
        StoredEvent stored = effect.isShown() ? meeting.event() : meeting.event().withheld();
        memory.add(stored);
        redactions.keep(stored, effect, head.current());
        parts.add(Appended.hidden(stored, earlier != null, null, effect.redacted()));
        lane.extendGraph(stored);
        meeting.withheld().forEach(this::reveal);
        return stored;
    }

    /// Notes an event that nobody is shown.
    ///
    /// @return the event as it is kept
    StoredEvent note(StoredEvent event, String refusal, @Nullable StoredEvent earlier) {
        Redactions.Meeting meeting = redactions.meet(event, earlier, head.current());
        StoredEvent stored = meeting.event();
        memory.add(stored);
        parts.add(Appended.hidden(stored, earlier != null, refusal, null));
        lane.extendGraph(stored);
        meeting.withheld().forEach(this::reveal);
        return stored;
    }

    /// Whoever reads back finds the redaction in its place from now on.
    private void reveal(StoredEvent redaction) {
        StoredEvent revealed = redaction.released(Objects.requireNonNull(redaction.order()));
        memory.add(revealed);
        parts.add(Appended.hidden(revealed, true, null, null));
    }

    /// Looks at once for redactions that wait for these events.
    void lookForRedactions(List<Event> events) {
        redactions.look(events);
    }

    /// Applies the redactions that waited for events which have come for their content alone. All
    /// nodes are told: they may have them in memory.
    void redactKnown(Collection<EventId> known) {
        for (Redactions.Meeting meeting : redactions.meetKnown(known, head.current())) {
            StoredEvent redacted = meeting.event();
            memory.add(redacted);
            if (meeting.withheld().isEmpty()) {
                parts.redact(redacted);
            }
            meeting.withheld().forEach(redaction -> release(redaction, redacted));
        }
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
    boolean redactsWhatWasShown(StoredEvent redaction) {
        StoredEvent target = redactions.effect(redaction, head.current()).redacted();
        return target != null && !memory.isOwn(target.number());
    }
}
