package org.valise.devices.remote;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.devices.remote.RemoteUserStore.Fetched;
import org.valise.federation.client.FederationException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Fetches users' lists from their server, and keeps them.
final class ListFetcher {
    private static final Logger LOG = LoggerFactory.getLogger(ListFetcher.class);

    /// Up to so many users are asked for one by one, for only those lists say which update they are
    /// as of; of more, all in one request, and each has to be fetched again after its first update.
    private static final int ONE_BY_ONE = 8;

    private static final int MOST_AT_ONCE = 500;

    private final KeyRequests requests;
    private final RemoteUserStore store;

    ListFetcher(KeyRequests requests, RemoteUserStore store) {
        this.requests = requests;
        this.store = store;
    }

    /// A user whose list is kept, and has to be fetched.
    ///
    /// @param mark how often the list was marked before
    record Wanted(UserId user, long number, long mark) {}

    /// What a server said.
    ///
    /// @param lists of those users of whom it said something
    /// @param reached whether it answered all that it was asked
    record Result(Map<UserId, RemoteList> lists, boolean reached) {}

    /// Asks a server for users whose lists are kept, and for others. What is fetched of the former
    /// is kept before this returns; those that could not be fetched are tried again later.
    Result fetch(ServerName server, List<Wanted> kept, List<UserId> others, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Map<UserId, RemoteList> lists = new ConcurrentHashMap<>();
        List<UserId> together = new ArrayList<>(others);
        boolean reached = true;
        if (kept.size() <= ONE_BY_ONE) {
            AtOnce.forEach(
                    kept,
                    ONE_BY_ONE,
                    each ->
                            one(each.user(), timeout)
                                    .ifPresent(list -> lists.put(each.user(), list)));
            reached = lists.size() == kept.size();
        } else {
            kept.forEach(each -> together.add(each.user()));
        }
        for (int from = 0; from < together.size() && reached; from += MOST_AT_ONCE) {
            List<UserId> some =
                    together.subList(from, Math.min(from + MOST_AT_ONCE, together.size()));
            Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
            Map<UserId, RemoteList> found = many(server, some, left);
            lists.putAll(found);
            reached = !found.isEmpty();
        }
        keep(kept, lists);
        return new Result(Map.copyOf(lists), reached);
    }

    private Optional<RemoteList> one(UserId user, Duration timeout) {
        try {
            return requests.list(user, timeout);
        } catch (FederationException e) {
            LOG.debug("{} did not tell the devices of one of its users: {}", user.server(), e);
            return Optional.empty();
        }
    }

    /// All of them, or nothing.
    private Map<UserId, RemoteList> many(
            ServerName server, Collection<UserId> users, Duration timeout) {
        try {
            JsonObject answer = requests.query(server, users, timeout);
            Map<UserId, RemoteList> found = new HashMap<>();
            users.forEach(user -> found.put(user, RemoteKeyRules.listIn(answer, user)));
            return found;
        } catch (FederationException e) {
            LOG.debug("{} did not tell the devices of its users: {}", server, e);
            return Map.of();
        }
    }

    private void keep(List<Wanted> kept, Map<UserId, RemoteList> lists) {
        List<Fetched> fetched = new ArrayList<>();
        List<Long> failed = new ArrayList<>();
        for (Wanted each : kept) {
            RemoteList list = lists.get(each.user());
            if (list == null) {
                failed.add(each.number());
            } else {
                fetched.add(new Fetched(each.number(), each.mark(), list));
            }
        }
        if (!fetched.isEmpty()) {
            store.fetched(fetched);
        }
        if (!failed.isEmpty()) {
            store.failed(failed);
        }
    }
}
