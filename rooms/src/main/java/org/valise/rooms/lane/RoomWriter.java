package org.valise.rooms.lane;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
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
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Signer;
import org.valise.protocol.signature.Verifier;
import org.valise.rooms.lane.Head.Extremity;
import org.valise.rooms.lane.RoomUnit.Appended;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.members.Membership;
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
        Map<StateKey, Long> numbers = new HashMap<>();
        tools.keys()
                .find(keys)
                .forEach(
                        (key, number) -> {
                            long event = head.current().get(number);
                            if (event != 0) {
                                numbers.put(key, event);
                            }
                        });
        Set<Long> committed = new HashSet<>(numbers.values());
        committed.removeAll(own.keySet());
        Map<Long, StoredEvent> loaded = tools.events().load(lane.room(), committed);
        Map<StateKey, StoredEvent> found = new HashMap<>();
        numbers.forEach(
                (key, number) -> {
                    StoredEvent mine = own.get(number);
                    found.put(key, mine != null ? mine : loaded.get(number));
                });
        return found;
    }

    public Optional<Membership> membership(UserId user) {
        StoredEvent member = state(EventTypes.MEMBER, user.value());
        return member == null ? Optional.empty() : Membership.of(member.event().content());
    }

    public PowerLevels powerLevels() {
        Map<StateKey, StoredEvent> state =
                state(List.of(StateKey.POWER_LEVELS, StateKey.CREATE));
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
    /// @throws MatrixException 403 with the rule that refuses it, or 400/413 if it is not a valid event
    public StoredEvent send(Draft draft) {
        Map<StateKey, StoredEvent> state =
                state(
                        AuthRules.needs(
                                version,
                                draft.type(),
                                draft.stateKey(),
                                draft.sender(),
                                draft.content()));
        Event event = built(draft, state);
        authorize(event, state);
        return append(event, draft);
    }

    private Event built(Draft draft, Map<StateKey, StoredEvent> state) {
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
            builder.roomId(RoomId.parse("!" + tools.opaque().get() + ":" + tools.signer().server()));
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

    private StoredEvent event(long number) {
        StoredEvent mine = own.get(number);
        return mine != null ? mine : tools.events().get(lane.room(), number);
    }

    private void authorize(Event event, Map<StateKey, StoredEvent> state) {
        AuthResult result =
                AuthRules.check(
                        event,
                        key -> {
                            StoredEvent found = state.get(key);
                            return found == null ? null : found.event();
                        },
                        tools.verifier());
        if (result instanceof AuthResult.Rejected rejected) {
            throw new MatrixException(ErrorCode.M_FORBIDDEN, rejected.detail());
        }
        tools.policy()
                .refusal(
                        event,
                        key -> {
                            StoredEvent found = state(key.type(), key.key());
                            return found == null ? null : found.event();
                        })
                .ifPresent(
                        reason -> {
                            throw new MatrixException(ErrorCode.M_FORBIDDEN, reason);
                        });
    }

    private StoredEvent append(Event event, Draft draft) {
        if (room == null) {
            begin(event);
        }
        String stateKey = event.stateKey();
        long key = stateKey == null ? 0 : tools.keys().number(new StateKey(event.type(), stateKey));
        StoredEvent stored =
                StoredEvent.draft(
                        lane.room(),
                        tools.eventNumbers().take(),
                        event,
                        EventStatus.ACCEPTED,
                        key,
                        tools.users().number(event.sender()),
                        head.current().number(),
                        new RoomOrder(head.segment(), head.nextIndex()),
                        draft.session(),
                        draft.transactionId());
        StateSnapshot.Stored after =
                key == 0
                        ? null
                        : head.current()
                                .with(key, stored.number(), tools.states())
                                .stored(tools.stateNumbers().take());
        MemberCounts members = head.members();
        if (stateKey != null && event.type().equals(EventTypes.MEMBER)) {
            members = members.changed(membershipOf(key), Membership.of(event.content()));
        }
        appended.add(
                new Appended(
                        stored,
                        after == null ? null : after.snapshot(),
                        members,
                        after == null ? null : after.bytes(),
                        memberChange(event),
                        redacted(event, stored.number())));
        own.put(stored.number(), stored);
        StateSnapshot current = after == null ? head.current() : after.snapshot();
        head =
                new Head(
                        appended.size() == 1 ? head.version() + 1 : head.version(),
                        List.of(
                                new Extremity(
                                        stored.number(),
                                        stored.id(),
                                        event.depth(),
                                        current.number())),
                        current,
                        members,
                        head.segment(),
                        head.nextIndex() + 1);
        return stored;
    }

    private Optional<Membership> membershipOf(long key) {
        long number = head.current().get(key);
        return number == 0 ? Optional.empty() : Membership.of(event(number).event().content());
    }

    private void begin(Event create) {
        RoomId id = create.roomId();
        room = new RoomRef(lane.room(), id, version);
        attach(RoomStore.INSERT, lane.room(), id.value(), version.id());
    }

    private EventChange.@Nullable MemberChange memberChange(Event event) {
        String stateKey = event.stateKey();
        if (stateKey == null || !event.type().equals(EventTypes.MEMBER)) {
            return null;
        }
        UserId user = UserId.parse(stateKey);
        return tools.local().test(user)
                ? new EventChange.MemberChange(
                        tools.users().number(user),
                        Membership.of(event.content()).orElse(Membership.LEAVE))
                : null;
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
        return new RoomUnit(lane, head, tools.events(), appended, rows);
    }
}
