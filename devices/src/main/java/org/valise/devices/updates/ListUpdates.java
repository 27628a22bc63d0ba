package org.valise.devices.updates;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.users.UserNumbers;
import org.valise.devices.changes.ChangeRefusedException;
import org.valise.devices.changes.DeviceCommits;
import org.valise.devices.changes.DeviceListChanged;
import org.valise.devices.changes.FollowerStore;
import org.valise.devices.keys.OwnDevices;
import org.valise.devices.keys.PublishedDevice;
import org.valise.devices.keys.PublishedDevices;
import org.valise.devices.updates.ListUpdateStore.Entry;
import org.valise.federation.outbox.OutgoingEdus;
import org.valise.platform.database.Database;
import org.valise.platform.stream.CatchUpWorker;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.MembershipStore.Joined;
import org.valise.rooms.servers.RoomServers;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/// Tells other servers of changes of local users' devices and cross-signing keys.
///
/// *Servers must send `m.device_list_update` EDUs to all the servers who share a room with a given
/// local user, and must be sent whenever that user's device list changes.* Durable: how far it has
/// got is written together with what is to be sent. Behind the commit, on one thread.
public final class ListUpdates implements StreamFollower, AutoCloseable {
    private static final String NAME = "list_updates";
    private static final String DEVICE_UPDATE = "m.device_list_update";
    private static final String SIGNING_KEY_UPDATE = "m.signing_key_update";
    private static final int BATCH = 100;

    /// A commit is to be short: so many are written in one, and what belongs to one change.
    private static final int EDUS_A_COMMIT = 1_000;

    private final ListUpdateStore store;
    private final FollowerStore positions;
    private final DeviceCommits commits;
    private final Stream stream;
    private final OwnDevices devices;
    private final MembershipStore memberships;
    private final RoomServers servers;
    private final UserNumbers users;
    private final OutgoingEdus outgoing;
    private final CatchUpWorker worker = new CatchUpWorker("device-list-updates", this::catchUp);

    /// What it is built from.
    public record Needs(
            Database database,
            DeviceCommits commits,
            Stream stream,
            OwnDevices devices,
            MembershipStore memberships,
            RoomServers servers,
            UserNumbers users,
            OutgoingEdus outgoing) {}

    public ListUpdates(Needs needs) {
        this.store = new ListUpdateStore(needs.database());
        this.positions = new FollowerStore(needs.database());
        this.commits = needs.commits();
        this.stream = needs.stream();
        this.devices = needs.devices();
        this.memberships = needs.memberships();
        this.servers = needs.servers();
        this.users = needs.users();
        this.outgoing = needs.outgoing();
    }

    /// Goes on where it was, or where another node is.
    public void start() {
        if (positions.begun(NAME).isEmpty()) {
            positions.advance(NAME, stream.applied()); // what was before, nobody was told of
        }
        worker.wake();
    }

    @Override
    public void applied(List<Change> changes, long position) {
        if (changes.stream().anyMatch(ListUpdates::isOfInterest)) {
            worker.wake();
        }
    }

    private static boolean isOfInterest(Change change) {
        return switch (change) {
            case DeviceListChanged list -> list.isForEverybody();
            case EventChange event ->
                    event.memberChanges().stream()
                            .anyMatch(member -> member.membership() == Membership.JOIN);
            default -> false;
        };
    }

    @Override
    public void close() {
        worker.close();
    }

    /// What one server is to be sent.
    ///
    /// @param user whose newest update of a type makes up for all before: whoever lacks some
    ///   fetches the list
    private record Update(ServerName to, String type, UserId user, JsonObject content) {}

    private void catchUp() {
        long to = stream.applied();
        OptionalLong begun = positions.begun(NAME);
        while (begun.isPresent() && begun.getAsLong() < to && !worker.isClosed()) {
            try {
                step(begun.getAsLong(), to);
            } catch (ChangeRefusedException e) {
                if (!e.isOutrun()) {
                    throw e;
                }
            }
            begun = positions.begun(NAME);
        }
    }

    private void step(long from, long to) {
        List<Entry> changes = store.next(from, to, BATCH);
        long upTo = changes.size() < BATCH ? to : changes.getLast().position() - 1;
        if (upTo == from) {
            upTo = from + 1; // more than a batch at one position
            changes = store.next(from, upTo, Integer.MAX_VALUE);
        }
        List<Joined> joins = memberships.joins(from, upTo, BATCH);
        if (joins.size() == BATCH) {
            upTo = Math.max(from + 1, joins.getLast().position() - 1);
            joins = memberships.joins(from, upTo, Integer.MAX_VALUE);
        }
        Audience audience = new Audience(changes, joins, upTo);
        List<Update> updates = new ArrayList<>();
        long told = from;
        for (Entry change : changes) {
            if (change.position() > upTo) {
                break;
            }
            if (updates.size() >= EDUS_A_COMMIT && change.position() > told) {
                upTo = told;
                break;
            }
            audience.addChange(change, updates);
            told = change.position();
        }
        for (Joined join : joins) {
            if (join.position() <= upTo) {
                audience.addJoin(join, updates);
            }
        }
        if (updates.isEmpty()) {
            positions.advance(NAME, upTo);
        } else {
            commits.write(new Unit(outgoing, updates, from, upTo));
        }
    }

    /// Who is to be told what of some users, looked up once for all of them.
    private final class Audience {
        private final List<Joined> joins;
        private final Map<Long, UserId> names;
        private final Map<Long, List<Long>> rooms;
        private final Map<UserId, PublishedDevices> published;
        private final Map<Long, Entry> newest;

        /// Of those who joined and never had keys.
        private final Map<Long, JsonObject> bare;

        Audience(List<Entry> changes, List<Joined> joins, long upTo) {
            this.joins = joins;
            Set<Long> all = new HashSet<>();
            changes.forEach(change -> all.add(change.user()));
            Set<Long> joined = joins.stream().map(Joined::user).collect(Collectors.toSet());
            all.addAll(joined);
            names = users.users(all);
            rooms = memberships.joinedRooms(all, upTo);
            published = all.isEmpty() ? Map.of() : devices.of(names.values());
            newest = joined.isEmpty() ? Map.of() : store.newest(joined, upTo);
            Set<Long> without = new HashSet<>(joined);
            without.removeAll(newest.keySet());
            bare = devices.newest(without);
        }

        void addChange(Entry change, List<Update> updates) {
            Set<ServerName> to = servers.othersIn(rooms.getOrDefault(change.user(), List.of()));
            if (!to.isEmpty()) {
                UserId user = Objects.requireNonNull(names.get(change.user()));
                @Nullable PublishedDevices ofUser = published.get(user);
                String type = change.isOfSigningKeys() ? SIGNING_KEY_UPDATE : DEVICE_UPDATE;
                JsonObject content =
                        change.isOfSigningKeys()
                                ? signingKeys(user, ofUser)
                                : device(user, change, ofUser);
                to.forEach(server -> updates.add(new Update(server, type, user, content)));
            }
        }

        /// *When that user joins a room which contains servers which are not already receiving
        /// updates for that user's device list*: they are sent the last one again, and fetch what
        /// they have missed.
        void addJoin(Joined join, List<Update> updates) {
            List<Long> others = new ArrayList<>(rooms.getOrDefault(join.user(), List.of()));
            if (!others.contains(join.room())) {
                return;
            }
            others.removeAll(joinedSince(join));
            Set<ServerName> unaware = new LinkedHashSet<>(servers.othersIn(List.of(join.room())));
            if (!unaware.isEmpty()) {
                unaware.removeAll(servers.othersIn(others));
                UserId user = Objects.requireNonNull(names.get(join.user()));
                newestOf(join, user)
                        .ifPresent(content ->
                                unaware.forEach(server ->
                                        updates.add(
                                                new Update(server, DEVICE_UPDATE, user, content))));
            }
        }

        /// The rooms that the user joined with this one or later.
        private Set<Long> joinedSince(Joined join) {
            return joins.stream()
                    .filter(each ->
                            each.user() == join.user() && each.position() >= join.position())
                    .map(Joined::room)
                    .collect(Collectors.toSet());
        }

        /// The last update of a device of the user; of who never had keys, a first one.
        private Optional<JsonObject> newestOf(Joined join, UserId user) {
            Entry last = newest.get(join.user());
            return last != null
                    ? Optional.of(device(user, last, published.get(user)))
                    : Optional.ofNullable(bare.get(join.user()))
                            .map(device ->
                                    device.with("user_id", user.value())
                                            .with("stream_id", join.position())
                                            .with("prev_id", JsonArray.of()));
        }
    }

    private static JsonObject signingKeys(UserId user, @Nullable PublishedDevices published) {
        JsonObject keys = published == null ? JsonObject.of() : published.crossSigning();
        return keys.with("user_id", user.value());
    }

    /// The device as it is by now: whoever is sent several updates of it has the last in the end.
    private static JsonObject device(
            UserId user, Entry change, @Nullable PublishedDevices published) {
        @Nullable PublishedDevice device =
                published == null ? null : published.devices().get(change.device());
        JsonObject content =
                device == null
                        ? JsonObject.of("device_id", change.device(), "deleted", true)
                        : device.json();
        return content.with("user_id", user.value())
                .with("stream_id", change.position())
                .with(
                        "prev_id",
                        change.previous() == 0
                                ? JsonArray.of()
                                : JsonArray.of(List.of(change.previous())));
    }

    private record Unit(OutgoingEdus outgoing, List<Update> updates, long from, long to)
            implements DeviceCommits.Work {
        @Override
        public int rows() {
            return updates.size() + 1;
        }

        @Override
        public void addTo(CommitBatch batch, int ordinal) {
            FollowerStore.advance(batch, NAME, from, to);
            for (Update update : updates) {
                outgoing.addTo(
                        batch,
                        ordinal,
                        update.to(),
                        update.type(),
                        update.user().value(),
                        update.content());
            }
        }

        @Override
        public List<Change> changes(long position) {
            return List.of();
        }
    }
}
