package org.valise.push.counts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.pushrules.PushEvent;
import org.valise.protocol.pushrules.PushRoom;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.relations.ThreadRoots;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;

import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/// Counts from the rooms' timelines.
public final class TimelineUnread implements UnreadEvents {
    private static final String RELATES_TO = "m.relates_to";
    private static final String REPLACE = "m.replace";

    private final Rooms rooms;

    /// By the number of the power_levels event.
    private final Cache<Long, PushRoom.NotificationPower> powers =
            Caffeine.newBuilder().maximumSize(10_000).build();

    public TimelineUnread(Rooms rooms) {
        this.rooms = rooms;
    }

    @Override
    public List<UnreadEvent> unread(long room, ReadPositions read, long upTo, int limit) {
        RoomView view = rooms.views().get(room);
        return unread(view, view.timeline(read.everywhere(), upTo, limit).events());
    }

    @Override
    public List<UnreadEvent> between(long room, long after, long upTo, int limit) {
        RoomView view = rooms.views().get(room);
        List<StoredEvent> events = view.timeline(after, upTo, UnreadCounter.MAX_UNREAD).events();
        return unread(view, events.subList(0, Math.min(limit, events.size())));
    }

    private List<UnreadEvent> unread(RoomView view, List<StoredEvent> events) {
        if (events.isEmpty()) {
            return List.of();
        }
        LongFunction<MemberCounts> members = view.membersFrom(events.getFirst().position());
        return events.stream()
                .map(event -> unread(view, event, members.apply(event.position())))
                .toList();
    }

    /// An event as counting sees it.
    public UnreadEvent of(StoredEvent event) {
        RoomView view = rooms.views().get(event.room());
        return unread(view, event, view.membersAt(event.position()));
    }

    private UnreadEvent unread(RoomView view, StoredEvent stored, MemberCounts members) {
        Event event = stored.event();
        JsonObject content = event.content();
        return new UnreadEvent(
                stored.position(),
                stored.id(),
                PushEvent.of(event),
                ThreadRoots.rootOf(content, id -> content(stored.room(), id)).orElse(null),
                replaced(stored, content).orElse(null),
                redacted(stored),
                stored.redactedBy() != 0,
                stored.isState(),
                new PushRoom(members.joined(), new Power(() -> levels(view, stored))));
    }

    private @Nullable JsonObject content(long room, EventId id) {
        return inRoom(room, id).map(event -> event.event().content()).orElse(null);
    }

    private Optional<StoredEvent> inRoom(long room, EventId id) {
        return rooms.events().byId(id).filter(event -> event.room() == room);
    }

    /// A valid edit has the sender and the type of what it replaces.
    private Optional<EventId> replaced(StoredEvent edit, JsonObject content) {
        return content.object(RELATES_TO)
                .filter(relation -> relation.string("rel_type").equals(Optional.of(REPLACE)))
                .flatMap(relation -> relation.string("event_id"))
                .flatMap(EventId::tryParse)
                .flatMap(id -> inRoom(edit.room(), id))
                .filter(original -> original.sender() == edit.sender())
                .filter(original -> original.event().type().equals(edit.event().type()))
                .map(StoredEvent::id);
    }

    private @Nullable EventId redacted(StoredEvent redaction) {
        EventId target = redaction.event().redacts();
        if (target == null || !redaction.event().type().equals(EventTypes.REDACTION)) {
            return null;
        }
        return inRoom(redaction.room(), target)
                .filter(event -> event.redactedBy() == redaction.number())
                .map(StoredEvent::id)
                .orElse(null);
    }

    private PushRoom.NotificationPower levels(RoomView view, StoredEvent stored) {
        StateSnapshot state = rooms.states().snapshot(stored.snapshotBefore());
        long create = number(state, StateKey.CREATE);
        long levels = number(state, StateKey.POWER_LEVELS);
        if (create == 0) {
            return PushRoom.NO_POWER;
        }
        return powers.get(
                levels == 0 ? -create : levels,
                any ->
                        new Levels(
                                PowerLevels.of(
                                        view.room().version(),
                                        levels == 0
                                                ? null
                                                : rooms.events().get(stored.room(), levels).event(),
                                        rooms.events().get(stored.room(), create).event())));
    }

    private long number(StateSnapshot state, StateKey key) {
        return rooms.keys().find(key).map(state::get).orElse(0L);
    }

    /// Looked up when a rule asks for it: few events notify a whole room.
    private record Power(Supplier<PushRoom.NotificationPower> levels)
            implements PushRoom.NotificationPower {
        @Override
        public long userLevel(UserId user) {
            return levels.get().userLevel(user);
        }

        @Override
        public long notification(String key) {
            return levels.get().notification(key);
        }
    }

    private record Levels(PowerLevels levels) implements PushRoom.NotificationPower {
        @Override
        public long userLevel(UserId user) {
            return levels.userLevel(user);
        }

        @Override
        public long notification(String key) {
            return levels.notification(key);
        }
    }
}
