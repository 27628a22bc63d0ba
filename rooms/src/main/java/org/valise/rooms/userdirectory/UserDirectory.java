package org.valise.rooms.userdirectory;

import org.valise.accounts.changes.AccountChange.AccountDeactivated;
import org.valise.accounts.changes.AccountChange.ProfileChanged;
import org.valise.accounts.profiles.Profile;
import org.valise.accounts.profiles.Profiles;
import org.valise.accounts.users.UserNumbers;
import org.valise.platform.database.Database;
import org.valise.platform.stream.CatchUpWorker;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.UserId;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.userdirectory.UserDirectoryStore.Mark;
import org.valise.rooms.userdirectory.UserDirectoryStore.Place;
import org.valise.rooms.view.RoomViews;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// Whom one may find: who is in a room of one's own, or in one that anybody may join or read.
///
/// What is searched is in the database, brought up to date behind the commit. Durable: how far it
/// has got is stored. Idempotent: what is written is read anew from what holds now.
public final class UserDirectory implements StreamFollower, AutoCloseable {
    private static final int BATCH = 500;

    private final UserDirectoryStore store;
    private final Stream stream;
    private final UserNumbers numbers;
    private final Profiles profiles;
    private final RoomViews views;
    private final StateKeys keys;
    private final Events events;
    private final CatchUpWorker worker = new CatchUpWorker("user-directory", this::catchUp);

    public UserDirectory(
            Database database,
            Stream stream,
            UserNumbers numbers,
            Profiles profiles,
            RoomViews views,
            StateKeys keys,
            Events events) {
        this.store = new UserDirectoryStore(database);
        this.stream = stream;
        this.numbers = numbers;
        this.profiles = profiles;
        this.views = views;
        this.keys = keys;
        this.events = events;
    }

    @Override
    public void applied(List<Change> changes, long position) {
        if (changes.stream().anyMatch(UserDirectory::concerns)) {
            worker.wake();
        }
    }

    private static boolean concerns(Change change) {
        return switch (change) {
            case EventChange event ->
                    !event.memberChanges().isEmpty()
                            || event.event().isState() && isDoor(event.event().event().key());
            case ProfileChanged profile -> profile.field().equals("displayname");
            case AccountDeactivated _ -> true;
            default -> false;
        };
    }

    private static boolean isDoor(StateKey key) {
        return key.equals(StateKey.JOIN_RULES) || key.equals(StateKey.HISTORY_VISIBILITY);
    }

    /// Goes on where it was, or where another node is. To be called once the stream has started.
    public void wake() {
        worker.wake();
    }

    /// The position up to which it needs nothing of the log of accounts any more.
    public long followed() {
        worker.wake();
        return store.position();
    }

    @Override
    public void close() {
        worker.close();
    }

    /// The users that a search finds, the best first.
    ///
    /// @param everybody whether also whom the searcher could not see in any room
    List<Long> search(long searcher, String text, boolean everybody, int limit) {
        worker.settle();
        String term = SearchWords.term(text);
        return term.isEmpty()
                ? List.of()
                : store.search(searcher, term, SearchWords.parts(term), everybody, limit);
    }

    private void catchUp() {
        long from = store.position();
        long to = stream.applied();
        follow(
                from,
                to,
                (after, most) -> store.changedPlaces(after, to, most),
                Place::position,
                this::moved);
        follow(
                from,
                to,
                (after, most) -> store.changedNames(after, to, most),
                Mark::position,
                this::renamed);
        long[] doors = doors();
        follow(
                from,
                to,
                (after, most) -> store.changedDoors(after, to, doors, most),
                Mark::position,
                this::reopened);
        if (worker.isClosed()) {
            return;
        }
        if (to > from) {
            store.advance(to);
        }
    }

    /// Reads changes page by page and carries each page on.
    private <T> void follow(
            long from, long to, Page<T> page, Function<T, Long> position, Consumer<List<T>> carry) {
        long after = from;
        List<T> next;
        do {
            next = page.read(after, BATCH);
            if (!next.isEmpty()) {
                carry.accept(next);
                // A position may have rows on the next page, too: they are read again.
                long last = position.apply(next.getLast());
                after = next.size() < BATCH ? last : Math.max(last - 1, after + 1);
            }
        } while (next.size() == BATCH && after < to && !worker.isClosed());
    }

    private interface Page<T> {
        List<T> read(long after, int most);
    }

    private void moved(List<Place> places) {
        store.refreshPlaces(places);
        describe(store.unknown(places.stream().map(Place::user).toList()));
    }

    private void renamed(List<Mark> users) {
        describe(new LinkedHashSet<>(users.stream().map(Mark::number).toList()));
    }

    /// Writes by which words people are found.
    private void describe(Collection<Long> users) {
        if (users.isEmpty()) {
            return;
        }
        Map<Long, UserId> ids = numbers.users(users);
        Map<Long, Profile> said = profiles.of(users);
        var words = new HashMap<Long, SearchWords>();
        ids.forEach((number, id) ->
                words.put(
                        number,
                        SearchWords.of(
                                id, said.getOrDefault(number, Profile.EMPTY).displayName())));
        store.putWords(words);
    }

    private long[] doors() {
        return keys
                .find(List.of(StateKey.JOIN_RULES, StateKey.HISTORY_VISIBILITY))
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .toArray();
    }

    private void reopened(List<Mark> rooms) {
        Set<Long> changed = new LinkedHashSet<>(rooms.stream().map(Mark::number).toList());
        var open = new ArrayList<Long>();
        var closed = new ArrayList<Long>();
        for (long room : changed) {
            (isOpen(room) ? open : closed).add(room);
        }
        store.setOpen(open, closed);
    }

    /// *Users who are joined to rooms known to the homeserver that have a `public` join rule*, or
    /// *a `world_readable` history visibility*.
    private boolean isOpen(long room) {
        StateSnapshot state = views.get(room).stateAt(stream.applied());
        return says(room, state, StateKey.JOIN_RULES, "join_rule", "public")
                || says(
                        room,
                        state,
                        StateKey.HISTORY_VISIBILITY,
                        "history_visibility",
                        "world_readable");
    }

    private boolean says(
            long room, StateSnapshot state, StateKey key, String field, String expected) {
        return keys.find(key)
                .map(state::get)
                .filter(number -> number != 0)
                .flatMap(number -> events.get(room, number).event().content().string(field))
                .filter(expected::equals)
                .isPresent();
    }
}
