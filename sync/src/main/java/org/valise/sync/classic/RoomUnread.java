package org.valise.sync.classic;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.push.Push;
import org.valise.push.counts.ReadPositions;
import org.valise.push.counts.Unread;
import org.valise.push.counts.UnreadReader;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.receipts.ReadMarks;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.view.RoomView;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// `unread_notifications` and `unread_thread_notifications` of a joined room.
final class RoomUnread {
    private final Rooms rooms;
    private final Push push;
    private final Cache<Stay, Long> joins = Caffeine.newBuilder().maximumSize(100_000).build();

    RoomUnread(Rooms rooms, Push push) {
        this.rooms = rooms;
        this.push = push;
    }

    /// Whether the reader has read on, on whatever device.
    boolean isNews(RoomView view, SyncRequest request) {
        long reader = request.reader().number();
        return rooms
                .receipts()
                .changedIn(
                        view.room().number(), request.sincePosition(), request.position(), reader)
                .stream()
                .anyMatch(receipt -> receipt.user() == reader);
    }

    void render(RoomView view, UserMembership membership, SyncRequest request, JsonBuffer out) {
        UnreadReader reader =
                new UnreadReader(
                        push.rules().of(request.reader().number(), request.reader().user()),
                        displayName(view, request),
                        request.ignored());
        Unread unread =
                push.counts()
                        .unread(
                                request.reader().number(),
                                view.room().number(),
                                reader,
                                read(view, membership, request),
                                request.position());
        boolean threads = request.filter().room().unreadThreadNotifications();
        append(",\"unread_notifications\":", threads ? unread.main() : unread.total(), out);
        if (threads && !unread.threads().isEmpty()) {
            out.ascii(",\"unread_thread_notifications\":{");
            boolean first = true;
            for (Map.Entry<EventId, Unread.Count> thread : unread.threads().entrySet()) {
                out.ascii(first ? "" : ",").string(thread.getKey().value());
                append(":", thread.getValue(), out);
                first = false;
            }
            out.ascii("}");
        }
    }

    private ReadPositions read(RoomView view, UserMembership membership, SyncRequest request) {
        ReadMarks marks = rooms.receipts().of(request.reader().number(), view.room().number());
        return new ReadPositions(
                joinedAt(request.reader().number(), membership),
                marks.everywhere(),
                marks.main(),
                marks.threads());
    }

    /// Where the present stay began: a new display name is a member event too, but no new stay.
    private long joinedAt(long user, UserMembership membership) {
        return joins.get(
                Stay.of(user, membership),
                stay -> began(membership, rooms.memberships().history(user, stay.room())));
    }

    private static long began(UserMembership membership, List<UserMembership> history) {
        long began = membership.position();
        for (UserMembership each : history.reversed()) {
            if (each.position() <= membership.position()) {
                if (each.membership() != Membership.JOIN) {
                    break;
                }
                began = each.position();
            }
        }
        return began;
    }

    /// Finds where many stays began, in at most one query.
    ///
    /// @return the rooms of which it was not known
    Set<Long> warm(long user, Collection<UserMembership> memberships, long upTo) {
        List<UserMembership> unknown =
                memberships.stream()
                        .filter(each -> joins.getIfPresent(Stay.of(user, each)) == null)
                        .toList();
        if (unknown.isEmpty()) {
            return Set.of();
        }
        List<Long> numbers = unknown.stream().map(UserMembership::room).toList();
        Map<Long, List<UserMembership>> histories =
                rooms.memberships().histories(user, numbers, upTo).stream()
                        .collect(Collectors.groupingBy(UserMembership::room));
        for (UserMembership each : unknown) {
            joins.put(
                    Stay.of(user, each),
                    began(each, histories.getOrDefault(each.room(), List.of())));
        }
        return Set.copyOf(numbers);
    }

    /// Up to where the user has certainly read a room.
    long readUpTo(long user, UserMembership membership) {
        return Math.max(
                joinedAt(user, membership),
                rooms.receipts().of(user, membership.room()).everywhere());
    }

    private record Stay(long user, long room, long memberSince) {
        static Stay of(long user, UserMembership membership) {
            return new Stay(user, membership.room(), membership.position());
        }
    }

    private static void append(String name, Unread.Count count, JsonBuffer out) {
        out.ascii(name).ascii("{\"highlight_count\":").number(count.highlights());
        out.ascii(",\"notification_count\":").number(count.notifications()).ascii("}");
    }

    private @Nullable String displayName(RoomView view, SyncRequest request) {
        return rooms.keys()
                .find(StateKey.member(request.reader().user()))
                .map(key -> view.stateAt(request.position()).get(key))
                .filter(number -> number != 0)
                .map(number -> rooms.events().get(view.room().number(), number))
                .flatMap(member -> member.event().content().string("displayname"))
                .orElse(null);
    }
}
