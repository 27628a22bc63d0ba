package org.valise.rooms.outgoing;

import org.valise.accounts.users.UserNumbers;
import org.valise.federation.outbox.Outbox;
import org.valise.platform.stream.CatchUpWorker;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.presence.Presence;
import org.valise.rooms.presence.PresenceState;
import org.valise.rooms.receipts.Receipt;
import org.valise.rooms.receipts.ReceiptChange.PublicReceipt;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.typing.Typing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Tells other servers which local users type, have read, and are there: the servers that are in
/// the room, or in a room together with the user.
public final class OutgoingActivity implements StreamFollower, AutoCloseable {
    /// SECURITY: nothing of this is worth waiting for without end; what is beyond is not told.
    private static final int MOST_QUEUED = 20_000;

    /// Others take somebody who said nothing for a minute to type no more.
    private static final Duration TYPING_AGAIN = Duration.ofSeconds(25);

    private static final int MOST_TYPISTS = 10_000;

    /// A receipt is not repeated by itself, other than typing and presence.
    private static final Duration RECEIPT = Duration.ofHours(12);

    private static final String PRESENCE = "m.presence";

    /// Whose presence a server is told of when it comes into a room, and in one EDU.
    private static final int MOST_INTRODUCED = 1_000;

    private static final int IN_ONE = 50;

    private static final Duration AFTER_JOIN = Duration.ofSeconds(2);

    private final Outbox outbox;
    private final Stream stream;
    private final RoomServers servers;
    private final MembershipStore memberships;
    private final RoomStore rooms;
    private final UserNumbers users;
    private final Presence presence;
    private final Predicate<UserId> local;
    private final CatchUpWorker worker = new CatchUpWorker("outgoing activity", this::tell);
    private final ConcurrentLinkedQueue<Activity> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger soon = new AtomicInteger();

    /// When the others were told last that somebody types, by `System.nanoTime`; the oldest first.
    /// Only the worker uses it.
    private final LinkedHashMap<Typist, Long> typists = new LinkedHashMap<>();

    private sealed interface Activity {}

    private record Types(Typist typist, boolean typing) implements Activity {}

    private record HasRead(Receipt receipt) implements Activity {}

    private record IsThere(long user) implements Activity {}

    /// A local user came into a room: its servers may not know of their presence.
    private record Came(long room, long user) implements Activity {}

    /// A member of a server came into a room, perhaps its first.
    private record ServerCame(long room, ServerName server, long position) implements Activity {}

    private record Typist(long room, long user) {}

    /// Before the stream and the small order start.
    public OutgoingActivity(
            Outbox outbox,
            Stream stream,
            RoomServers servers,
            MembershipStore memberships,
            RoomStore rooms,
            UserNumbers users,
            Typing typing,
            Presence presence,
            Predicate<UserId> local) {
        this.outbox = outbox;
        this.stream = stream;
        this.servers = servers;
        this.memberships = memberships;
        this.rooms = rooms;
        this.users = users;
        this.presence = presence;
        this.local = local;
        typing.watch((room, user, types) -> enqueue(new Types(new Typist(room, user), types)));
        presence.listen((user, ephemeral) -> enqueue(new IsThere(user)));
    }

    /// SECURITY: private receipts are for nobody else.
    @Override
    public void applied(List<Change> changes, long position) {
        for (Change change : changes) {
            switch (change) {
                case PublicReceipt(long ignored, Receipt receipt) -> enqueue(new HasRead(receipt));
                case EventChange event when event.after() != null && presence.isEnabled() ->
                        cameTogether(event);
                default -> {}
            }
        }
    }

    private void cameTogether(EventChange change) {
        Event event = change.event().event();
        if (!event.type().equals(EventTypes.MEMBER)
                || !Membership.of(event.content()).equals(Optional.of(Membership.JOIN))) {
            return;
        }
        Optional<UserId> user = Optional.ofNullable(event.stateKey()).flatMap(UserId::tryParse);
        if (user.filter(local).isPresent()) {
            change.memberChanges().forEach(each -> soon(new Came(change.room(), each.user())));
        } else if (user.isPresent()) {
            enqueue(new ServerCame(change.room(), user.get().server(), change.position()));
        }
    }

    /// Who has never heard of a user drops their presence: the join goes first.
    private void soon(Activity activity) {
        if (!outbox.leads() || !outbox.knowsAnybody()) {
            return;
        }
        if (soon.incrementAndGet() > MOST_INTRODUCED) {
            soon.decrementAndGet();
            return;
        }
        Thread.ofVirtual()
                .name("introduction")
                .start(() -> {
                    LockSupport.parkNanos(AFTER_JOIN.toNanos());
                    soon.decrementAndGet();
                    enqueue(activity);
                });
    }

    private void enqueue(Activity activity) {
        if (!outbox.leads() || !outbox.knowsAnybody()) {
            return;
        }
        if (queued.incrementAndGet() > MOST_QUEUED) {
            queued.decrementAndGet();
            return;
        }
        queue.add(activity);
        worker.wake();
    }

    private void tell() {
        for (Activity next = queue.poll(); next != null; next = queue.poll()) {
            queued.decrementAndGet();
            switch (next) {
                case Types(Typist typist, boolean types) -> tellTyping(typist, types);
                case HasRead(Receipt receipt) -> tellReceipt(receipt);
                case IsThere(long user) -> tellPresence(user);
                case Came(long room, long user) -> introduce(room, user);
                case ServerCame(long room, ServerName server, long position) ->
                        introduceAll(room, server, position);
            }
        }
    }

    private void tellTyping(Typist typist, boolean types) {
        Set<ServerName> to = servers.othersIn(List.of(typist.room));
        if (to.isEmpty()) {
            return;
        }
        UserId user = users.user(typist.user);
        if (!local.test(user) || types && !isNews(typist)) {
            return;
        }
        if (!types) {
            typists.remove(typist);
        }
        JsonObject content =
                JsonObject.of(
                        "room_id",
                        rooms.get(typist.room).id().value(),
                        "user_id",
                        user.value(),
                        "typing",
                        types);
        for (ServerName server : to) {
            outbox.offer(server, "m.typing", typist.room + " " + typist.user, content);
        }
    }

    private boolean isNews(Typist typist) {
        long now = System.nanoTime();
        Long told = typists.get(typist);
        if (told != null && now - told < TYPING_AGAIN.toNanos()) {
            return false;
        }
        typists.remove(typist);
        typists.put(typist, now);
        if (typists.size() > MOST_TYPISTS) {
            typists.pollFirstEntry();
        }
        return true;
    }

    private void tellReceipt(Receipt receipt) {
        Set<ServerName> to = servers.othersIn(List.of(receipt.room()));
        if (to.isEmpty()) {
            return;
        }
        UserId user = users.user(receipt.user());
        if (!local.test(user)) {
            return;
        }
        JsonObject data =
                JsonObject.builder()
                        .put("ts", receipt.ts())
                        .putIfPresent("thread_id", receipt.thread())
                        .build();
        JsonObject read =
                JsonObject.of("event_ids", JsonArray.of(receipt.event().value()), "data", data);
        JsonObject content =
                JsonObject.of(
                        rooms.get(receipt.room()).id().value(),
                        JsonObject.of(receipt.type().word(), JsonObject.of(user.value(), read)));
        String key = receipt.room() + " " + receipt.user() + " " + receipt.thread();
        for (ServerName server : to) {
            outbox.offer(server, "m.receipt", key, content, RECEIPT);
        }
    }

    private void tellPresence(long number) {
        UserId id = users.users(List.of(number)).get(number);
        if (id != null && local.test(id)) {
            tellPresence(number, id, servers.sharingWith(number, stream.applied()));
        }
    }

    private void tellPresence(long number, UserId user, Set<ServerName> to) {
        JsonObject content = JsonObject.of("push", JsonArray.of(presence(number, user)));
        for (ServerName server : to) {
            outbox.offer(server, PRESENCE, user.value(), content);
        }
    }

    private JsonObject presence(long number, UserId user) {
        return JsonObject.builder()
                .put("user_id", user.value())
                .put("last_active_ago", 0)
                .putAll(presence.of(number).content(System.currentTimeMillis()))
                .build();
    }

    /// Those who meet the user in this room alone are told of their presence.
    private void introduce(long room, long user) {
        if (isSeen(user)) {
            Set<ServerName> to = servers.othersIn(List.of(room));
            if (!to.isEmpty()) {
                to.removeAll(servers.sharingWith(user, stream.applied(), room));
                tellPresence(user, users.user(user), to);
            }
        }
    }

    private boolean isSeen(long user) {
        return presence.of(user).state() != PresenceState.OFFLINE;
    }

    /// A server that is new in a room is told of the presence of the local people there.
    private void introduceAll(long room, ServerName server, long position) {
        if (!servers.cameAt(room, server, position)) {
            return;
        }
        List<Long> seen =
                memberships.localMembers(room, Membership.JOIN, stream.applied()).stream()
                        .filter(this::isSeen)
                        .limit(MOST_INTRODUCED)
                        .toList();
        Map<Long, UserId> names = users.users(seen);
        for (int from = 0; from < seen.size(); from += IN_ONE) {
            List<JsonObject> some = new ArrayList<>();
            for (long user : seen.subList(from, Math.min(seen.size(), from + IN_ONE))) {
                UserId name = names.get(user);
                if (name != null) {
                    some.add(presence(user, name));
                }
            }
            JsonObject content = JsonObject.of("push", JsonArray.of(some));
            outbox.offer(server, PRESENCE, room + " " + from, content);
        }
    }

    @Override
    public void close() {
        worker.close();
    }
}
