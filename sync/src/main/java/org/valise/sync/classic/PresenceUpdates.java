package org.valise.sync.classic;

import org.valise.accounts.users.UserNumbers;
import org.valise.devices.changes.UserRooms;
import org.valise.protocol.filter.EventFilter;
import org.valise.protocol.id.UserId;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.presence.Presence;
import org.valise.rooms.presence.UserPresence;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.sync.streams.UserView;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// `presence` of a sync response: of those who share a room with the reader, and of the reader.
final class PresenceUpdates {
    private static final String TYPE = "m.presence";

    /// SECURITY: the rest of a crowd stays unknown until it moves.
    private static final int MAX_EVENTS = 2_000;

    private final Rooms rooms;
    private final Presence presence;
    private final UserNumbers users;
    private final UserRooms userRooms;

    PresenceUpdates(Rooms rooms, UserNumbers users, UserRooms userRooms) {
        this.rooms = rooms;
        this.presence = rooms.presence();
        this.users = users;
        this.userRooms = userRooms;
    }

    /// Appends `,"presence":…` if there is anything new.
    ///
    /// @param newRooms the numbers of rooms that are new to the reader
    /// @param newcomers who came into rooms that are not new
    boolean render(
            UserView user,
            SyncRequest request,
            Set<Long> newRooms,
            Set<UserId> newcomers,
            JsonBuffer out) {
        EventFilter filter = request.filter().presence();
        if (!presence.isEnabled() || filter.admitsNothing()) {
            return false;
        }
        Set<Long> wanted = changed(user, request);
        if (!request.isInitial()) {
            wanted.addAll(inRooms(newRooms, request));
            newcomers.forEach(newcomer -> users.find(newcomer).ifPresent(wanted::add));
        }
        return !wanted.isEmpty() && render(wanted, request, filter, out);
    }

    private Set<Long> changed(UserView user, SyncRequest request) {
        long from = request.since() == null ? 0 : request.since().ephemeral();
        long to = request.upTo().ephemeral();
        Optional<Set<Long>> heard =
                request.isInitial() ? Optional.empty() : user.presentIn(from, to);
        return heard.orElseGet(() -> {
            Set<Long> moved =
                    presence.known().stream()
                            .filter(each -> presence.of(each).changed() > from)
                            .collect(Collectors.toSet());
            if (moved.isEmpty()) {
                return new HashSet<>();
            }
            Set<Long> shown = inRooms(joinedRooms(user, request), request);
            shown.add(user.user());
            shown.retainAll(moved);
            return shown;
        });
    }

    private static Set<Long> joinedRooms(UserView user, SyncRequest request) {
        return user.membershipsAt(request.position()).stream()
                .filter(each -> each.membership() == Membership.JOIN)
                .map(UserMembership::room)
                .collect(Collectors.toSet());
    }

    private Set<Long> inRooms(Set<Long> those, SyncRequest request) {
        return those.isEmpty() || presence.known().isEmpty()
                ? new HashSet<>()
                : present(those, request);
    }

    private Set<Long> present(Set<Long> inRooms, SyncRequest request) {
        Set<Long> present =
                new HashSet<>(rooms.memberships().companions(inRooms, request.position()));
        List<Long> remote = presence.elsewhere().stream().sorted().limit(MAX_EVENTS).toList();
        if (!remote.isEmpty()) {
            userRooms
                    .of(remote, request.position())
                    .forEach((user, theirs) -> {
                        if (!Collections.disjoint(theirs, inRooms)) {
                            present.add(user);
                        }
                    });
        }
        return present;
    }

    private boolean render(
            Set<Long> wanted, SyncRequest request, EventFilter filter, JsonBuffer out) {
        List<Long> some =
                wanted.stream()
                        .filter(user -> presence.of(user) != UserPresence.NONE)
                        .sorted()
                        .limit(MAX_EVENTS)
                        .toList();
        Map<Long, UserId> names = users.users(some);
        int start = out.length();
        boolean any = false;
        out.ascii(",\"presence\":{\"events\":[");
        for (long number : some) {
            UserId user = names.get(number);
            if (user == null
                    || !filter.matches(TYPE, user.value())
                    || request.ignored().contains(user.value())) {
                continue;
            }
            out.ascii(any ? ",{\"content\":" : "{\"content\":");
            out.value(presence.of(number).content(request.reader().now()));
            out.ascii(",\"sender\":").string(user.value());
            out.ascii(",\"type\":\"m.presence\"}");
            any = true;
        }
        if (!any) {
            out.truncate(start);
            return false;
        }
        out.ascii("]}");
        return true;
    }
}
