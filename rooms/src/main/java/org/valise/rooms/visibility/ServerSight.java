package org.valise.rooms.visibility;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.members.Membership;
import org.valise.rooms.state.StateHash;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/// What a server that is in a room may see of it, as of now. Of any number of events in a handful
/// of queries; the members are looked at only where history is not open to all who join.
///
/// Whatever its users could not see, it is given redacted: it needs every event to judge those that
/// follow, and redaction leaves what that takes.
public final class ServerSight {
    private static final String SHARED = "shared";
    private static final String INVITED = "invited";
    private static final String JOINED = "joined";

    /// What others are authorized by and redaction takes away in some room versions.
    private static final Set<String> AUTHORITY =
            Set.of(
                    EventTypes.CREATE,
                    EventTypes.POWER_LEVELS,
                    EventTypes.JOIN_RULES,
                    EventTypes.THIRD_PARTY_INVITE);

    private static final List<String> AUTHORITY_OF_MEMBERS =
            List.of("join_authorised_via_users_server", "third_party_invite");

    private final ServerVisibility in;
    private final ServerName server;
    private final long room;
    private @Nullable List<Long> members;
    private final Map<StateHash, Presence> presences = new HashMap<>();

    /// Whether any of its users was in the room, or invited.
    private record Presence(boolean joined, boolean invited) {
        static final Presence NONE = new Presence(false, false);

        Presence and(Membership membership) {
            return new Presence(
                    joined || membership == Membership.JOIN,
                    invited || membership == Membership.INVITE);
        }
    }

    ServerSight(ServerVisibility in, ServerName server, long room) {
        this.in = in;
        this.server = server;
        this.room = room;
    }

    /// The events in the same order, each as itself or as a redacted copy.
    public List<StoredEvent> shown(List<StoredEvent> events) {
        StateSnapshot current = in.views.get(room).stateAt(Long.MAX_VALUE);
        List<StoredEvent> closed =
                events.stream().filter(event -> !isReadAnyway(event, current)).toList();
        Set<Long> seen = seen(closed);
        Set<Long> hidden = new HashSet<>();
        for (StoredEvent event : closed) {
            if (!seen.contains(event.number()) && event.redactedBy() == 0) {
                hidden.add(event.number());
            }
        }
        return events.stream()
                .map(event ->
                        hidden.contains(event.number())
                                ? event.redacted(event.event().redacted(), 0)
                                : event)
                .toList();
    }

    /// Whoever is in a room reads its state as it is now; and nobody could judge anything without
    /// what it is judged by.
    private boolean isReadAnyway(StoredEvent event, StateSnapshot current) {
        return event.isState()
                && !in.erasures.concerns(event)
                && (current.get(event.key()) == event.number()
                        || AUTHORITY.contains(event.event().type())
                        || hasAuthorityToLose(event));
    }

    private static boolean hasAuthorityToLose(StoredEvent event) {
        if (!event.event().type().equals(EventTypes.MEMBER)) {
            return false;
        }
        JsonObject content = event.event().content();
        List<String> held = AUTHORITY_OF_MEMBERS.stream().filter(content::has).toList();
        return !held.isEmpty() && !event.event().redacted().content().keys().containsAll(held);
    }

    /// Whether its users could see an event.
    public boolean sees(StoredEvent event) {
        return !seen(List.of(event)).isEmpty();
    }

    /// Whether one of its users is invited now, or in the room.
    public boolean isInvited() {
        StateSnapshot current = in.views.get(room).stateAt(Long.MAX_VALUE);
        Set<Long> events = new HashSet<>();
        members().forEach(key -> events.add(current.get(key)));
        Presence presence = presence(events, in.events.load(room, events));
        return presence.joined() || presence.invited();
    }

    /// The numbers of those that its users could see. An event whose state is not known is never
    /// among them.
    public Set<Long> seen(Collection<StoredEvent> events) {
        List<StoredEvent> known = events.stream().filter(ServerSight::isStateKnown).toList();
        Map<Long, String> visibilities =
                visibilities(known.stream().map(StoredEvent::snapshotBefore).distinct().toList());
        Set<Long> seen = new HashSet<>();
        List<StoredEvent> restricted = new ArrayList<>();
        for (StoredEvent event : known) {
            boolean open =
                    !in.erasures.concerns(event)
                            && (isOpen(before(event, visibilities))
                                    || isVisibilityEvent(event) && isOpen(after(event)));
            if (open) {
                seen.add(event.number());
            } else {
                restricted.add(event);
            }
        }
        Map<Long, Presence> presences = presences(restricted);
        for (StoredEvent event : restricted) {
            Presence presence = presences.getOrDefault(event.snapshotBefore(), Presence.NONE);
            if (isSeen(event, before(event, visibilities), withOwn(event, presence))) {
                seen.add(event.number());
            }
        }
        return seen;
    }

    /// What was erased stays with those who were there.
    private boolean isSeen(StoredEvent event, String before, Presence presence) {
        if (in.erasures.concerns(event)) {
            return presence.joined();
        }
        return letsSee(before, presence)
                || isVisibilityEvent(event) && letsSee(after(event), presence);
    }

    private static boolean letsSee(String visibility, Presence presence) {
        return switch (visibility) {
            case INVITED -> presence.joined() || presence.invited();
            case JOINED -> presence.joined();
            default -> true;
        };
    }

    /// Its users' own member events are seen if the membership before or after lets them be.
    private Presence withOwn(StoredEvent event, Presence before) {
        String user = event.event().stateKey();
        return user != null && event.event().type().equals(EventTypes.MEMBER) && isOurs(user)
                ? Membership.of(event.event().content()).map(before::and).orElse(before)
                : before;
    }

    /// `world_readable`; and `shared`, for whoever is in the room now has joined before the event
    /// or after it. Anything else that is not known is treated as `shared`.
    private static boolean isOpen(String visibility) {
        return !visibility.equals(INVITED) && !visibility.equals(JOINED);
    }

    private static String before(StoredEvent event, Map<Long, String> visibilities) {
        return visibilities.getOrDefault(event.snapshotBefore(), SHARED);
    }

    private static String after(StoredEvent event) {
        return event.event().content().string("history_visibility").orElse(SHARED);
    }

    private static boolean isVisibilityEvent(StoredEvent event) {
        return event.event().type().equals(EventTypes.HISTORY_VISIBILITY) && event.isState();
    }

    private static boolean isStateKnown(StoredEvent event) {
        return event.snapshotBefore() != 0 || event.event().type().equals(EventTypes.CREATE);
    }

    /// By the states' numbers.
    private Map<Long, String> visibilities(Collection<Long> snapshots) {
        Optional<Long> key = in.keys.find(StateKey.HISTORY_VISIBILITY);
        if (key.isEmpty()) {
            return Map.of();
        }
        Map<Long, Set<Long>> found = in.lookups.find(snapshots, List.of(key.get()));
        Map<Long, StoredEvent> loaded = in.events.load(room, union(found.values()));
        Map<Long, String> visibilities = new HashMap<>();
        found.forEach((snapshot, events) ->
                events.forEach(event -> {
                    StoredEvent visibility = loaded.get(event);
                    if (visibility != null) {
                        visibilities.put(snapshot, after(visibility));
                    }
                }));
        return visibilities;
    }

    /// By the numbers of the states before the events. Many states have the same members: each of
    /// those is looked at once.
    private Map<Long, Presence> presences(List<StoredEvent> events) {
        Map<Long, StateSnapshot> snapshots =
                in.states.snapshots(events.stream().map(StoredEvent::snapshotBefore).toList());
        Map<StateHash, Long> unknown = new HashMap<>();
        snapshots.forEach((number, snapshot) -> {
            if (!presences.containsKey(snapshot.membersHash())) {
                unknown.put(snapshot.membersHash(), number);
            }
        });
        if (!unknown.isEmpty()) {
            Map<Long, Set<Long>> found = in.lookups.find(unknown.values(), members());
            Map<Long, StoredEvent> loaded = in.events.load(room, union(found.values()));
            unknown.forEach((hash, number) ->
                    presences.put(hash, presence(found.getOrDefault(number, Set.of()), loaded)));
        }
        Map<Long, Presence> byState = new HashMap<>();
        snapshots.forEach((number, snapshot) ->
                byState.put(number, presences.getOrDefault(snapshot.membersHash(), Presence.NONE)));
        return byState;
    }

    private static Presence presence(Set<Long> members, Map<Long, StoredEvent> loaded) {
        Presence presence = Presence.NONE;
        for (long number : members) {
            StoredEvent member = loaded.get(number);
            if (member != null) {
                presence =
                        Membership.of(member.event().content()).map(presence::and).orElse(presence);
            }
        }
        return presence;
    }

    /// The keys of its users' memberships: whoever ever had one still has one.
    private List<Long> members() {
        List<Long> known = members;
        if (known == null) {
            LongStream.Builder all = LongStream.builder();
            in.views.get(room).stateAt(Long.MAX_VALUE).forEachMember((key, event) -> all.add(key));
            List<Long> ours = new ArrayList<>();
            in.keys
                    .names(all.build().toArray())
                    .forEach((key, name) -> {
                        if (isOurs(name.key())) {
                            ours.add(key);
                        }
                    });
            known = ours;
            members = ours;
        }
        return known;
    }

    private boolean isOurs(String user) {
        return user.endsWith(server.value())
                && UserId.tryParse(user).filter(id -> id.isOn(server)).isPresent();
    }

    private static Set<Long> union(Collection<Set<Long>> sets) {
        Set<Long> union = new HashSet<>();
        sets.forEach(union::addAll);
        return union;
    }
}
