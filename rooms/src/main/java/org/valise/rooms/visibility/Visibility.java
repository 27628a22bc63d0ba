package org.valise.rooms.visibility;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.UserId;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomViews;

import java.util.List;
import java.util.function.Predicate;

/// Decides by the state of the room at the event. An event whose state is not known is never shown.
public final class Visibility {
    private static final String SHARED = "shared";

    private final Events events;
    private final StateStore states;
    private final StateKeys keys;
    private final MembershipStore memberships;
    private final RoomViews views;

    public Visibility(
            Events events,
            StateStore states,
            StateKeys keys,
            MembershipStore memberships,
            RoomViews views) {
        this.events = events;
        this.states = states;
        this.keys = keys;
        this.memberships = memberships;
        this.views = views;
    }

    /// Whether a local user may see an event.
    public boolean maySee(UserId user, long userNumber, StoredEvent event) {
        return to(user, userNumber, event.room()).test(event);
    }

    /// Whether a local user may see the events of a room: for asking of many of them.
    public Predicate<StoredEvent> to(UserId user, long userNumber, long room) {
        Viewer viewer = new Viewer(user, userNumber, room);
        return event -> maySee(viewer, event);
    }

    private boolean maySee(Viewer viewer, StoredEvent event) {
        if (event.status() != EventStatus.ACCEPTED || !isStateKnown(event)) {
            return false;
        }
        // Visibility events go by before or after, and so do one's own membership events: whichever
        // lets more be seen.
        return maySee(viewer, event, false)
                || (isOwnMembership(event, viewer.user) || isVisibilityEvent(event))
                        && maySee(viewer, event, true);
    }

    private boolean maySee(Viewer viewer, StoredEvent event, boolean after) {
        Membership membership = membershipAt(event, viewer.user, after);
        // If the user's membership was `join`, allow.
        if (membership == Membership.JOIN) {
            return true;
        }
        String visibility = historyVisibilityAt(event, after);
        return switch (visibility) {
            // If the visibility was set to `world_readable`, allow.
            case "world_readable" -> true;
            // If the user's membership was `invite`, and the visibility was set to `invited`,
            // allow.
            case "invited" -> membership == Membership.INVITE;
            case "joined" -> false;
            // If `history_visibility` was set to `shared`, and the user joined the room at any
            // point
            // after the event was sent, allow. Anything else is treated as `shared`.
            default -> viewer.joinedAfter(event);
        };
    }

    /// One who looks at one room; their memberships are read when they are first needed.
    private final class Viewer {
        private final UserId user;
        private final long number;
        private final long room;
        private @Nullable List<UserMembership> history;

        Viewer(UserId user, long number, long room) {
            this.user = user;
            this.number = number;
            this.room = room;
        }

        /// Whoever was not joined at the event but is now has joined after it: most readers, and
        /// that is known without a query.
        boolean joinedAfter(StoredEvent event) {
            if (isJoinedNow()) {
                return true;
            }
            List<UserMembership> joins =
                    history().stream()
                            .filter(change -> change.membership() == Membership.JOIN)
                            .toList();
            return event.position() == 0
                    ? isBeforeOne(event, joins)
                    : joins.stream().anyMatch(join -> join.position() > event.position());
        }

        /// What was backfilled has no position: its place in the room tells what came after it.
        private boolean isBeforeOne(StoredEvent event, List<UserMembership> joins) {
            RoomOrder place = event.order();
            List<Long> numbers =
                    joins.stream().map(UserMembership::event).filter(join -> join != 0).toList();
            return place != null
                    && events.load(room, numbers).values().stream()
                            .map(StoredEvent::order)
                            .anyMatch(joined -> joined != null && joined.compareTo(place) > 0);
        }

        private boolean isJoinedNow() {
            return membershipIn(views.get(room).stateAt(Long.MAX_VALUE), room, user)
                    == Membership.JOIN;
        }

        private List<UserMembership> history() {
            List<UserMembership> known = history;
            if (known == null) {
                known = memberships.history(number, room);
                history = known;
            }
            return known;
        }
    }

    /// The user's membership just before an event, or just after it.
    public Membership membershipAt(StoredEvent event, UserId user, boolean after) {
        if (after && isOwnMembership(event, user)) {
            return Membership.of(event.event().content()).orElse(Membership.LEAVE);
        }
        return membershipIn(stateBefore(event), event.room(), user);
    }

    private Membership membershipIn(StateSnapshot state, long room, UserId user) {
        return keys.find(StateKey.member(user))
                .map(state::get)
                .filter(number -> number != 0)
                .flatMap(number -> Membership.of(events.get(room, number).event().content()))
                .orElse(Membership.LEAVE);
    }

    private String historyVisibilityAt(StoredEvent event, boolean after) {
        if (after && isVisibilityEvent(event)) {
            return event.event().content().string("history_visibility").orElse(SHARED);
        }
        return keys.find(StateKey.HISTORY_VISIBILITY)
                .map(key -> stateBefore(event).get(key))
                .filter(number -> number != 0)
                .flatMap(number ->
                        events.get(event.room(), number)
                                .event()
                                .content()
                                .string("history_visibility"))
                .orElse(SHARED);
    }

    private StateSnapshot stateBefore(StoredEvent event) {
        return states.snapshot(event.snapshotBefore());
    }

    private static boolean isStateKnown(StoredEvent event) {
        return event.snapshotBefore() != 0 || event.event().type().equals(EventTypes.CREATE);
    }

    private static boolean isOwnMembership(StoredEvent event, UserId user) {
        return event.event().type().equals(EventTypes.MEMBER)
                && user.value().equals(event.event().stateKey());
    }

    private static boolean isVisibilityEvent(StoredEvent event) {
        return event.event().type().equals(EventTypes.HISTORY_VISIBILITY) && event.isState();
    }
}
