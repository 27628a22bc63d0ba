package org.valise.sync.classic;

import org.valise.devices.todevice.Inboxes.Delivery;
import org.valise.rooms.Rooms;
import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.tokens.StreamToken;
import org.valise.sync.streams.UserView;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Puts a sync response together, of stored bytes.
final class SyncBuilder {
    /// What so many rooms take to be rendered is in memory at the same time, however many there
    /// are.
    private static final int ROOMS_AT_ONCE = 200;

    private final Rooms rooms;
    private final JoinedRoom joinedRoom;
    private final LeftRoom leftRoom;
    private final InvitedRoom invitedRoom;
    private final RoomExtras extras;
    private final List<DeviceExtras> deviceExtras;
    private final DeviceMessages messages;

    SyncBuilder(
            Rooms rooms,
            RoomExtras extras,
            List<DeviceExtras> deviceExtras,
            DeviceMessages messages) {
        this.rooms = rooms;
        this.extras = extras;
        this.deviceExtras = List.copyOf(deviceExtras);
        this.messages = messages;
        StateSelection states = new StateSelection(rooms.events(), rooms.keys(), new SentMembers());
        RoomEvents events = new RoomEvents(rooms.renderer());
        this.joinedRoom = new JoinedRoom(rooms, states, events, extras);
        this.leftRoom = new LeftRoom(rooms, states, events, extras);
        this.invitedRoom = new InvitedRoom(rooms);
    }

    /// A response, and whether it says anything.
    record Built(byte[] body, boolean news) {}

    Built build(UserView user, SyncRequest request) {
        Sections sections = new Sections();
        Optional<Set<Long>> changed =
                request.isInitial() || request.fullState()
                        ? Optional.empty()
                        : Optional.of(
                                user.roomsChangedAfter(request.sincePosition())
                                        .orElseGet(() -> lookUp(user, request)));
        List<UserMembership> candidates = candidates(user, request, changed);
        Stays stays = stays(request, candidates);
        for (int from = 0; from < candidates.size(); from += ROOMS_AT_ONCE) {
            int to = Math.min(from + ROOMS_AT_ONCE, candidates.size());
            add(candidates.subList(from, to), request, stays, sections);
        }
        JsonBuffer out = new JsonBuffer(256 + sections.length());
        Delivery delivery = messages.deliver(request);
        StreamToken next = request.upTo().withMessagesUpTo(delivery.upTo());
        out.ascii("{\"next_batch\":").string(next.toString());
        boolean news = sections.render(out);
        news |= DeviceMessages.render(delivery, out);
        if (changed.isEmpty() || changed.get().contains(0L)) {
            news |= extras.renderAccount(request, out);
        }
        news |= extras.renderPresence(user, request, sections, out);
        for (DeviceExtras each : deviceExtras) {
            news |= each.render(user, request, out);
        }
        out.ascii("}");
        return new Built(out.toBytes(), news);
    }

    private void add(
            List<UserMembership> some, SyncRequest request, Stays stays, Sections sections) {
        extras.warm(some, request);
        Map<String, RoomPart> joined = new LinkedHashMap<>();
        for (UserMembership membership : some) {
            add(membership, request, stays, joined, sections);
        }
        Bundles bundles = bundles(joined.values(), request);
        joined.forEach((id, part) -> sections.joined.put(id, part.render().apply(bundles)));
    }

    /// The rooms in which something happened, for a reader who was away too long to have it in
    /// memory.
    private Set<Long> lookUp(UserView user, SyncRequest request) {
        List<UserMembership> all = user.membershipsAt(request.position());
        List<Long> joined =
                all.stream()
                        .filter(each -> each.membership() == Membership.JOIN)
                        .map(UserMembership::room)
                        .toList();
        Set<Long> found = rooms.news().changedAfter(joined, request.sincePosition());
        for (UserMembership each : all) {
            if (each.position() > request.sincePosition()) {
                found.add(each.room());
            }
        }
        found.add(0L);
        return found;
    }

    /// The rooms that there may be something to say of.
    private List<UserMembership> candidates(
            UserView user, SyncRequest request, Optional<Set<Long>> changed) {
        List<UserMembership> found = new ArrayList<>();
        if (changed.isEmpty()) {
            found.addAll(user.membershipsAt(request.position()));
        } else {
            Set<Long> wanted = new HashSet<>(changed.get());
            if (wanted.remove(0L)) {
                wanted.addAll(extras.roomsWithAccountData(request));
            }
            wanted.addAll(extras.roomsWithEphemerals(request, user));
            for (long room : wanted) {
                user.membershipAt(room, request.position()).ifPresent(found::add);
            }
        }
        rooms.rooms().warm(found.stream().map(UserMembership::room).toList());
        found.removeIf(each -> !request.filter().room().admitsRoom(roomId(each)));
        return found;
    }

    private Stays stays(SyncRequest request, List<UserMembership> candidates) {
        List<Long> changed =
                candidates.stream()
                        .filter(each -> each.position() > request.sincePosition())
                        .filter(each -> !request.isInitial() || isShownAtFirst(each, request))
                        .map(UserMembership::room)
                        .toList();
        return Stays.read(
                rooms.memberships(),
                request.reader().number(),
                changed,
                request.sincePosition(),
                request.position());
    }

    /// Which of "the rooms that the user has left or been banned from" an initial sync has: "rooms
    /// that the user has left" only if the filter includes them. Of a ban every device learns, also
    /// one that comes after it.
    private static boolean isShownAtFirst(UserMembership membership, SyncRequest request) {
        return switch (membership.membership()) {
            case LEAVE -> request.filter().room().includeLeave();
            case BAN -> true;
            case JOIN, INVITE, KNOCK -> false;
        };
    }

    private String roomId(UserMembership membership) {
        return rooms.rooms().get(membership.room()).id().value();
    }

    /// Bundled aggregations are included "when the relevant section has a `limited` value of
    /// `true`".
    private Bundles bundles(Collection<RoomPart> joined, SyncRequest request) {
        List<StoredEvent> shown =
                joined.stream()
                        .filter(part -> part.timeline().limited())
                        .flatMap(part -> part.timeline().events().stream())
                        .toList();
        return rooms.bundling().of(shown, request.caller(), request.ignored(), request.position());
    }

    private void add(
            UserMembership membership,
            SyncRequest request,
            Stays stays,
            Map<String, RoomPart> joined,
            Sections sections) {
        boolean changed = membership.position() > request.sincePosition();
        switch (membership.membership()) {
            case JOIN -> {
                RoomPart room = joinedRoom.render(membership, request, stays, sections);
                if (room != null) {
                    joined.put(roomId(membership), room);
                }
            }
            case INVITE -> {
                if (changed && !isIgnoredInviter(membership, request)) {
                    sections.invited.put(roomId(membership), invitedRoom.render(membership));
                }
            }
            case KNOCK -> {
                if (changed) {
                    sections.knocked.put(roomId(membership), invitedRoom.render(membership));
                }
            }
            case LEAVE, BAN -> {
                boolean shown = request.isInitial() ? isShownAtFirst(membership, request) : changed;
                if (shown && !extras.isForgotten(request, membership)) {
                    sections.left.put(
                            roomId(membership), leftRoom.render(membership, request, stays));
                }
            }
        }
    }

    /// "Servers must not send room invites from ignored users to clients."
    private boolean isIgnoredInviter(UserMembership membership, SyncRequest request) {
        StoredEvent invite = rooms.memberEvents().of(membership);
        return request.ignored().contains(invite.event().sender().value());
    }
}
