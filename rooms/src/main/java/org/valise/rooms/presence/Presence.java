package org.valise.rooms.presence;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.platform.http.Caller;
import org.valise.platform.stream.EphemeralEntry;
import org.valise.platform.stream.EphemeralOrder;
import org.valise.rooms.presence.LocalDevices.Local;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Who is there, put together from what all nodes tell.
public final class Presence implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
    private static final String KIND = "presence";
    private static final String STATUS = "status";
    private static final Duration KEEP = Duration.ofDays(1);
    private static final Duration KEEP_STATUS = Duration.ofDays(60);

    /// In place of a node: what other servers tell of their users.
    private static final String ELSEWHERE = "elsewhere";

    private static final Duration LONGEST_REMOTE = Duration.ofMinutes(30);
    private static final Duration KEEP_REMOTE = Duration.ofHours(1);

    /// How old what other nodes know of the last activity may be.
    private static final long ACTIVE_GRAIN_MS = 60_000;

    private final PresenceConfig config;
    private final EphemeralOrder order;
    private final String node;
    private final LocalDevices devices;
    private final Heartbeats heartbeats;

    /// What this node told last of each user.
    private final Map<Long, Local> told = new ConcurrentHashMap<>();

    /// By user, then by node.
    private final Map<Long, Map<String, Local>> heard = new ConcurrentHashMap<>();

    /// Until when what another server told of a user is taken for true, in milliseconds since 1970.
    private final Map<Long, Long> remoteUntil = new ConcurrentHashMap<>();

    private final Set<Long> elsewhere = ConcurrentHashMap.newKeySet();

    private final Map<Long, String> statuses = new ConcurrentHashMap<>();
    private final Map<Long, UserPresence> known = new ConcurrentHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Thread watch = Thread.ofVirtual().name("presence").unstarted(this::watch);

    /// Told when a user's presence is another; must not wait.
    @FunctionalInterface
    public interface Listener {
        void changed(long user, long ephemeral);
    }

    /// To be made before the order starts.
    ///
    /// @param node names this node among all that ever ran
    public Presence(PresenceConfig config, EphemeralOrder order, String node) {
        this.config = config;
        this.order = order;
        this.node = node;
        this.devices = new LocalDevices(config);
        this.heartbeats = new Heartbeats(order, node);
        order.follow(KIND, (entries, position) -> entries.forEach(this::applyState));
        order.follow(STATUS, (entries, position) -> entries.forEach(this::applyStatus));
        order.follow(Heartbeats.KIND, (entries, position) -> entries.forEach(heartbeats::apply));
    }

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    public boolean isEnabled() {
        return config.enabled();
    }

    /// After the start of the order.
    public void start() {
        if (config.enabled()) {
            watch.start();
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }

    public UserPresence of(long user) {
        return known.getOrDefault(user, UserPresence.NONE);
    }

    /// The users of whom anything is known.
    public Set<Long> known() {
        return Set.copyOf(known.keySet());
    }

    /// A device begins a sync.
    ///
    /// @param wanted `set_presence`; null if it is omitted
    public void syncBegins(Caller caller, @Nullable PresenceState wanted) {
        if (config.enabled()) {
            long now = System.currentTimeMillis();
            devices.begins(caller.userNumber(), caller.session(), wanted, now);
            tell(caller.userNumber(), now, true);
        }
    }

    public void syncEnds(Caller caller) {
        if (config.enabled()) {
            devices.ends(caller.userNumber(), caller.session(), System.currentTimeMillis());
        }
    }

    /// The caller did something of their own accord.
    public void active(Caller caller) {
        long now = System.currentTimeMillis();
        if (config.enabled() && devices.active(caller.userNumber(), caller.session(), now)) {
            tell(caller.userNumber(), now, false);
        }
    }

    /// The caller says what to take them for.
    ///
    /// @param statusMessage null for none
    void set(Caller caller, PresenceState wanted, @Nullable String statusMessage) {
        if (!config.enabled()) {
            return;
        }
        long user = caller.userNumber();
        String message = statusMessage == null ? "" : statusMessage;
        if (!statuses.getOrDefault(user, "").equals(message)) {
            order.put(STATUS, Long.toString(user), message, KEEP_STATUS);
        }
        long now = System.currentTimeMillis();
        devices.set(user, caller.session(), wanted, now);
        tell(user, now, true);
    }

    /// The users of other servers of whom anything was told.
    public Set<Long> elsewhere() {
        return Set.copyOf(elsewhere);
    }

    /// Another server tells of one of its users. It is taken for true until it tells otherwise, or
    /// tells nothing for long.
    ///
    /// @param active when they last did something, in milliseconds since 1970
    /// @param statusMessage null for none
    void heard(long user, PresenceState state, long active, @Nullable String statusMessage) {
        if (!config.enabled()) {
            return;
        }
        String message = statusMessage == null ? "" : statusMessage;
        if (!statuses.getOrDefault(user, "").equals(message)) {
            order.put(STATUS, Long.toString(user), message, KEEP_REMOTE);
        }
        order.put(KIND, user + " " + ELSEWHERE, state.word() + " " + active, KEEP_REMOTE);
    }

    /// Tells all nodes, if there is anything to tell.
    private void tell(long user, long now, boolean wait) {
        Local local = devices.of(user, now);
        Local before = told.getOrDefault(user, Local.GONE);
        boolean isChanged = local.state() != before.state();
        if (!isChanged && local.active() - before.active() < ACTIVE_GRAIN_MS) {
            return;
        }
        if (local.state() == PresenceState.OFFLINE && local.active() == 0) {
            told.remove(user);
        } else {
            told.put(user, local);
        }
        String value = local.state().word() + " " + local.active();
        if (wait && isChanged) {
            order.putNow(KIND, user + " " + node, value, KEEP);
        } else {
            order.put(KIND, user + " " + node, value, KEEP);
        }
    }

    private void applyState(EphemeralEntry entry) {
        String[] key = entry.key().split(" ", -1);
        String[] value = entry.value().split(" ", -1);
        long user = Long.parseLong(key[0]);
        Local local =
                new Local(
                        PresenceState.ofWord(value[0]).orElse(PresenceState.OFFLINE),
                        Long.parseLong(value[1]));
        Map<String, Local> nodes = heard.computeIfAbsent(user, any -> new ConcurrentHashMap<>());
        boolean remote = key[1].equals(ELSEWHERE);
        if (remote) {
            elsewhere.add(user);
        }
        if (local.state() == PresenceState.OFFLINE) {
            nodes.remove(key[1]);
        } else {
            nodes.put(key[1], local);
            if (remote) {
                remoteUntil.put(user, System.currentTimeMillis() + LONGEST_REMOTE.toMillis());
            }
        }
        if (nodes.isEmpty()) {
            heard.remove(user);
        }
        update(user, local.active(), entry.position());
    }

    private void applyStatus(EphemeralEntry entry) {
        long user = Long.parseLong(entry.key());
        if (entry.value().isEmpty()) {
            statuses.remove(user);
        } else {
            statuses.put(user, entry.value());
        }
        update(user, 0, entry.position());
    }

    private void update(long user, long active, long position) {
        UserPresence before = of(user);
        PresenceState state = PresenceState.OFFLINE;
        long latest = Math.max(active, before.active());
        for (Local local : heard.getOrDefault(user, Map.of()).values()) {
            state = local.state().compareTo(state) < 0 ? local.state() : state;
            latest = Math.max(latest, local.active());
        }
        UserPresence now = new UserPresence(state, latest, statuses.get(user), position);
        boolean isChanged = !now.isSameFor(before);
        known.put(
                user,
                isChanged
                        ? now
                        : new UserPresence(state, latest, now.statusMessage(), before.changed()));
        if (isChanged) {
            for (Listener listener : listeners) {
                listener.changed(user, position);
            }
        }
    }

    /// Sees who became idle, who went away, and which nodes died.
    private void watch() {
        long pause =
                Math.clamp(
                        Math.min(config.idleAfter().toMillis(), config.offlineAfter().toMillis())
                                / 4,
                        20,
                        1_000);
        try {
            while (true) {
                try {
                    look(System.currentTimeMillis());
                } catch (RuntimeException e) {
                    LOG.warn("presence could not be looked after: {}", e.getMessage());
                }
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(long now) {
        heartbeats.beat(now);
        Set<Long> users = devices.users();
        users.addAll(told.keySet());
        for (long user : users) {
            tell(user, now, false);
        }
        remoteUntil.forEach((user, until) -> {
            if (until < now && remoteUntil.remove(user, until)) {
                String value = PresenceState.OFFLINE.word() + " " + of(user).active();
                order.put(KIND, user + " " + ELSEWHERE, value, KEEP_REMOTE);
            }
        });
        Set<String> dead = heartbeats.died(now);
        if (!dead.isEmpty()) {
            heard.forEach((user, nodes) -> bury(user, nodes, dead));
        }
    }

    private void bury(long user, Map<String, Local> nodes, Set<String> dead) {
        nodes.forEach((each, local) -> {
            if (dead.contains(each)) {
                String value = PresenceState.OFFLINE.word() + " " + local.active();
                order.put(KIND, user + " " + each, value, KEEP);
            }
        });
    }
}
