package org.valise.devices.remote;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.accounts.users.UserNumbers;
import org.valise.devices.changes.UserRooms;
import org.valise.devices.keys.RemoteKeys;
import org.valise.devices.remote.ListFetcher.Result;
import org.valise.devices.remote.ListFetcher.Wanted;
import org.valise.devices.remote.RemoteUserStore.Kept;
import org.valise.federation.client.FederationException;
import org.valise.platform.stream.Stream;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Answers clients' questions about users of other servers: from what is kept where that is good,
/// else their servers are asked, all at the same time.
final class RemoteUserKeys implements RemoteKeys {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteUserKeys.class);
    private static final int SERVERS_AT_ONCE = 64;

    private final RemoteUserStore store;
    private final ListFetcher fetcher;
    private final KeyRequests requests;
    private final Separations separations;
    private final StaleLists stale;
    private final UserNumbers users;
    private final UserRooms rooms;
    private final Stream stream;

    RemoteUserKeys(
            RemoteUserStore store,
            ListFetcher fetcher,
            KeyRequests requests,
            Separations separations,
            StaleLists stale,
            UserNumbers users,
            UserRooms rooms,
            Stream stream) {
        this.store = store;
        this.fetcher = fetcher;
        this.requests = requests;
        this.separations = separations;
        this.stale = stale;
        this.users = users;
        this.rooms = rooms;
        this.stream = stream;
    }

    /// A server of whose users something is asked.
    private record Asked(ServerName server, JsonObject users) {}

    @Override
    public Answers query(Map<ServerName, JsonObject> wanted, Duration patience) {
        List<UserId> all =
                wanted.values().stream()
                        .flatMap(of -> of.keys().stream())
                        .map(UserId::parse)
                        .toList();
        Map<UserId, Kept> kept = kept(all);
        List<UserId> unknown = all.stream().filter(user -> !isGood(kept.get(user))).toList();
        Map<UserId, Wanted> tracked = unknown.isEmpty() ? Map.of() : track(unknown, kept);
        Map<ServerName, JsonObject> given = new ConcurrentHashMap<>();
        Set<ServerName> failed = ConcurrentHashMap.newKeySet();
        AtOnce.forEach(
                asked(wanted),
                SERVERS_AT_ONCE,
                asked -> {
                    ServerName server = asked.server();
                    List<UserId> ofServer =
                            unknown.stream().filter(user -> user.server().equals(server)).toList();
                    Map<UserId, RemoteList> lists = new HashMap<>();
                    kept.forEach((user, known) -> {
                        if (known.fetched()) {
                            lists.put(user, known.list());
                        }
                    });
                    if (!ofServer.isEmpty()) {
                        Result result = fetch(server, ofServer, tracked, patience);
                        lists.putAll(result.lists());
                        if (!result.reached()) {
                            failed.add(server);
                        }
                    }
                    given.put(server, answer(asked.users(), lists));
                });
        if (!tracked.isEmpty()) {
            stale.wake(); // clients are to be told, or it is to be tried again
        }
        return new Answers(given, failed);
    }

    private static List<Asked> asked(Map<ServerName, JsonObject> wanted) {
        return wanted.entrySet().stream()
                .map(entry -> new Asked(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static boolean isGood(@Nullable Kept kept) {
        return kept != null && !kept.stale();
    }

    /// What is kept of these; nothing while it is not certain that they still share a room.
    private Map<UserId, Kept> kept(Collection<UserId> wanted) {
        Map<UserId, Long> numbers = users.find(wanted);
        if (numbers.isEmpty() || !separations.await()) {
            return Map.of();
        }
        Map<Long, Kept> found = store.kept(numbers.values());
        Map<UserId, Kept> kept = new HashMap<>();
        numbers.forEach((user, number) -> {
            Kept known = found.get(number);
            if (known != null) {
                kept.put(user, known);
            }
        });
        return kept;
    }

    /// Those of some users whose lists are to be kept once they are fetched: who shares a room with
    /// somebody here.
    private Map<UserId, Wanted> track(Collection<UserId> wanted, Map<UserId, Kept> kept) {
        Set<UserId> sharing = rooms.sharing(wanted, stream.applied());
        Map<UserId, Long> numbers = users.find(sharing);
        Map<Long, ServerName> added = new HashMap<>();
        numbers.forEach((user, number) -> {
            if (!kept.containsKey(user)) {
                added.put(number, user.server());
            }
        });
        Set<UserId> still = sharing;
        if (!added.isEmpty()) {
            store.add(added);
            // Whoever left before the row was there, nobody drops.
            still = rooms.sharing(sharing, stream.applied());
            Set<UserId> staying = still;
            store.drop(
                    numbers.entrySet().stream()
                            .filter(each -> !staying.contains(each.getKey()))
                            .map(Map.Entry::getValue)
                            .toList());
        }
        Map<Long, Kept> now = store.kept(numbers.values());
        Map<UserId, Wanted> tracked = new HashMap<>();
        for (UserId user : still) {
            Long number = numbers.get(user);
            Kept row = number == null ? null : now.get(number);
            if (number != null && row != null) {
                tracked.put(user, new Wanted(user, number, row.mark()));
            }
        }
        return tracked;
    }

    private Result fetch(
            ServerName server,
            List<UserId> wanted,
            Map<UserId, Wanted> tracked,
            Duration patience) {
        List<Wanted> toKeep = new ArrayList<>();
        List<UserId> others = new ArrayList<>();
        for (UserId user : wanted) {
            Wanted known = tracked.get(user);
            if (known == null) {
                others.add(user);
            } else {
                toKeep.add(known);
            }
        }
        return fetcher.fetch(server, toKeep, others, patience);
    }

    private static JsonObject answer(JsonObject asked, Map<UserId, RemoteList> lists) {
        KeysOfServer answer = new KeysOfServer();
        for (String user : asked.keys()) {
            RemoteList list = lists.get(UserId.parse(user));
            if (list != null) {
                list.addTo(answer, user, asked.array(user).orElse(JsonArray.of()).strings());
            }
        }
        return answer.json();
    }

    @Override
    public Answers claim(Map<ServerName, JsonObject> wanted, Duration patience) {
        Map<ServerName, JsonObject> given = new ConcurrentHashMap<>();
        Set<ServerName> failed = ConcurrentHashMap.newKeySet();
        AtOnce.forEach(
                asked(wanted),
                SERVERS_AT_ONCE,
                asked -> {
                    try {
                        given.put(
                                asked.server(),
                                requests.claim(asked.server(), asked.users(), patience));
                    } catch (FederationException e) {
                        LOG.debug("{} gave no one-time keys: {}", asked.server(), e.getMessage());
                        failed.add(asked.server());
                    }
                });
        return new Answers(given, failed);
    }
}
