package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.members.Membership;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How the memberships of a room differ between two states.
final class MemberDifference {
    static final MemberDifference NONE = new MemberDifference();

    /// So many member events are in memory at once at most: a room may have any number. Where there
    /// are more, they are read in passing: they would drive from memory what others need.
    private static final int CHUNK = 500;

    private final List<EventChange.MemberChange> local = new ArrayList<>();
    private final Map<ServerName, Integer> servers = new HashMap<>();
    private final Set<ServerName> calledOff = new HashSet<>();
    private MemberCounts difference = MemberCounts.NONE;

    /// Reads what differs in a few queries for each 500 members.
    static MemberDifference between(
            StateSnapshot before, StateSnapshot after, RoomWriter.Tools tools, UnitMemory memory) {
        List<Changed> changes = new ArrayList<>();
        before.diffMembers(after, (key, old, now) -> changes.add(new Changed(key, old, now)));
        MemberDifference difference = new MemberDifference();
        boolean inPassing = changes.size() > CHUNK;
        for (int from = 0; from < changes.size(); from += CHUNK) {
            List<Changed> chunk = changes.subList(from, Math.min(from + CHUNK, changes.size()));
            Set<Long> numbers = numbers(chunk);
            long[] keys = chunk.stream().mapToLong(Changed::key).toArray();
            difference.add(
                    chunk,
                    inPassing ? memory.eventsInPassing(numbers) : memory.events(numbers),
                    inPassing ? tools.keys().namesInPassing(keys) : tools.keys().names(keys),
                    tools);
        }
        return difference;
    }

    private record Changed(long key, long before, long after) {}

    private static Set<Long> numbers(List<Changed> changes) {
        Set<Long> numbers = new HashSet<>();
        for (Changed change : changes) {
            numbers.add(change.before);
            numbers.add(change.after);
        }
        numbers.remove(0L);
        return numbers;
    }

    private void add(
            List<Changed> changes,
            Map<Long, StoredEvent> events,
            Map<Long, StateKey> names,
            RoomWriter.Tools tools) {
        for (Changed change : changes) {
            Optional<Membership> was = membership(events.get(change.before));
            Optional<Membership> is = membership(events.get(change.after));
            difference = difference.changed(was, is);
            Optional.ofNullable(names.get(change.key))
                    .flatMap(name -> UserId.tryParse(name.key()))
                    .ifPresent(user -> {
                        if (tools.local().test(user)) {
                            local.add(
                                    new EventChange.MemberChange(
                                            tools.users().number(user),
                                            is.orElse(Membership.LEAVE),
                                            change.after));
                        } else {
                            addRemote(user.server(), was, is);
                        }
                    });
        }
    }

    private void addRemote(ServerName server, Optional<Membership> was, Optional<Membership> is) {
        int more = MemberCounts.NONE.changed(was, is).joined();
        if (more != 0) {
            servers.merge(server, more, Integer::sum);
        }
        if (was.filter(MemberDifference::isAsked).isPresent()
                && is.filter(MemberDifference::isOut).isPresent()) {
            calledOff.add(server);
        }
    }

    private static boolean isAsked(Membership membership) {
        return membership == Membership.INVITE || membership == Membership.KNOCK;
    }

    private static boolean isOut(Membership membership) {
        return membership == Membership.LEAVE || membership == Membership.BAN;
    }

    private static Optional<Membership> membership(@Nullable StoredEvent event) {
        return event == null ? Optional.empty() : Membership.of(event.event().content());
    }

    MemberCounts counts(MemberCounts before) {
        return new MemberCounts(
                before.joined() + difference.joined(), before.invited() + difference.invited());
    }

    /// How many more members of each other server are joined, where that changes.
    Map<ServerName, Integer> servers() {
        Map<ServerName, Integer> changed = new HashMap<>(servers);
        changed.values().removeIf(more -> more == 0);
        return changed;
    }

    /// How many more members are of other servers.
    int elsewhere() {
        return servers.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// The servers of users who were invited, or had knocked, and have nothing to wait for any
    /// more.
    Set<ServerName> calledOff() {
        return Set.copyOf(calledOff);
    }

    /// The same, with what changes for local users besides.
    MemberDifference withLocal(Collection<EventChange.MemberChange> others) {
        Map<Long, EventChange.MemberChange> all = new LinkedHashMap<>();
        others.forEach(change -> all.put(change.user(), change));
        local.forEach(change -> all.put(change.user(), change));
        MemberDifference more = new MemberDifference();
        more.local.addAll(all.values());
        more.servers.putAll(servers);
        more.calledOff.addAll(calledOff);
        more.difference = difference;
        return more;
    }

    List<EventChange.MemberChange> local() {
        return List.copyOf(local);
    }
}
