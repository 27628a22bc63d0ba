package org.valise.server;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What one user is to be shown of one room, worked out event by event from the database: slow and
/// obvious, for rooms without forks.
final class SyncOracle {
    private static final String EVENTS =
            """
            SELECT e.event_id, e.position, e.json FROM rooms.event e
            JOIN rooms.room r ON r.number = e.room
            WHERE r.room_id = ? AND e.position <= ? ORDER BY e.position
            """;

    private final String user;
    private final List<Known> events;

    private SyncOracle(String user, List<Known> events) {
        this.user = user;
        this.events = events;
    }

    /// An event as it is stored.
    private record Known(String id, long position, JsonObject json) {
        String type() {
            return json.string("type").orElseThrow();
        }

        boolean isState() {
            return json.has("state_key");
        }

        String key() {
            return type() + " " + json.string("state_key").orElseThrow();
        }

        String content(String field, String otherwise) {
            return json.object("content").flatMap(c -> c.string(field)).orElse(otherwise);
        }
    }

    /// @param section `join`, `invite`, `leave`; empty if the room is not to be shown
    /// @param timeline ids of events
    record Expected(String section, List<String> timeline, boolean limited) {
        static final Expected NOTHING = new Expected("", List.of(), false);
    }

    static SyncOracle of(Database database, String room, String user, long upTo) {
        List<Known> events =
                database.read(tx ->
                        tx.query(
                                EVENTS,
                                row ->
                                        new Known(
                                                row.getString(1),
                                                row.getLong(2),
                                                Json.parseObject(row.getBytes(3))),
                                room,
                                upTo));
        return new SyncOracle(user, events);
    }

    Expected expected(long since, int limit) {
        String before = since == 0 ? "none" : membershipAt(since);
        String now = membershipAt(Long.MAX_VALUE);
        long changed = lastOwn().map(Known::position).orElse(0L);
        return switch (now) {
            case "join" -> joined(since, before, limit);
            case "invite" ->
                    changed > since ? new Expected("invite", List.of(), false) : Expected.NOTHING;
            case "leave" -> changed > since && since > 0 ? left(since, limit) : Expected.NOTHING;
            case "ban" -> changed > since ? left(since, limit) : Expected.NOTHING;
            default -> Expected.NOTHING;
        };
    }

    private Expected joined(long since, String before, int limit) {
        boolean whole = !before.equals("join") || wasOutWithin(since, Long.MAX_VALUE);
        Expected shown = timeline("join", whole ? 0 : since, Long.MAX_VALUE, limit);
        return whole || !shown.timeline().isEmpty() ? shown : Expected.NOTHING;
    }

    private Expected left(long since, int limit) {
        Known last = lastOwn().orElseThrow();
        @Nullable Known end = endOfLastStay();
        boolean wasIn = membershipAt(since).equals("join");
        boolean cameIn = own().stream().anyMatch(each -> each.position() > since && isJoin(each));
        if (end == null || !wasIn && !cameIn) {
            return new Expected("leave", List.of(last.id()), false);
        }
        boolean whole = !wasIn || wasOutWithin(since, end.position() - 1);
        Expected stay = timeline("leave", whole ? 0 : since, end.position(), limit);
        if (last.position() <= end.position()) {
            return stay;
        }
        List<String> longer = new ArrayList<>(stay.timeline());
        longer.add(last.id());
        return new Expected("leave", longer, stay.limited());
    }

    private Expected timeline(String section, long after, long upTo, int limit) {
        List<Known> all =
                events.stream()
                        .filter(each -> each.position() > after && each.position() <= upTo)
                        .toList();
        List<Known> window = all.subList(Math.max(0, all.size() - limit), all.size());
        List<String> shown = window.stream().filter(this::isVisible).map(Known::id).toList();
        boolean limited = all.size() > limit || shown.size() < window.size();
        return new Expected(section, shown, limited);
    }

    /// The rules of "Room History Visibility", by the state just before the event, and just after
    /// it for one's own membership and for the visibility itself.
    private boolean isVisible(Known event) {
        boolean both =
                event.isState()
                        && (event.key().equals("m.room.member " + user)
                                || event.type().equals("m.room.history_visibility"));
        return isVisible(event, stateBefore(event))
                || both && isVisible(event, stateAt(event.position()));
    }

    private boolean isVisible(Known event, Map<String, Known> state) {
        @Nullable Known member = state.get("m.room.member " + user);
        String membership = member == null ? "leave" : member.content("membership", "leave");
        @Nullable Known rule = state.get("m.room.history_visibility ");
        String visibility = rule == null ? "shared" : rule.content("history_visibility", "shared");
        boolean joinedLater =
                own().stream().anyMatch(each -> each.position() > event.position() && isJoin(each));
        return visibility.equals("world_readable")
                || membership.equals("join")
                || visibility.equals("shared") && joinedLater
                || membership.equals("invite") && visibility.equals("invited");
    }

    private List<Known> own() {
        return events.stream()
                .filter(each -> each.isState() && each.key().equals("m.room.member " + user))
                .toList();
    }

    private Optional<Known> lastOwn() {
        return own().stream().reduce((one, other) -> other);
    }

    private static boolean isJoin(Known member) {
        return member.content("membership", "").equals("join");
    }

    private String membershipAt(long position) {
        @Nullable Known member = stateAt(position).get("m.room.member " + user);
        return member == null ? "none" : member.content("membership", "leave");
    }

    private boolean wasOutWithin(long after, long upTo) {
        return own().stream()
                .anyMatch(each ->
                        each.position() > after && each.position() <= upTo && !isJoin(each));
    }

    private @Nullable Known endOfLastStay() {
        List<Known> own = own();
        for (int i = own.size() - 2; i >= 0; i--) {
            if (isJoin(own.get(i))) {
                return own.get(i + 1);
            }
        }
        return null;
    }

    boolean wasEverJoined() {
        return own().stream().anyMatch(SyncOracle::isJoin);
    }

    /// Whether the last stay ended after a position.
    boolean leftWithin(long since) {
        @Nullable Known end = endOfLastStay();
        return end != null && end.position() > since;
    }

    /// The state that a client has to have: the room's, or as of leaving, with one's own membership
    /// as it is now.
    Map<String, String> stateForReader() {
        @Nullable Known end = endOfLastStay();
        boolean joined = membershipAt(Long.MAX_VALUE).equals("join");
        Map<String, Known> state = stateAt(joined || end == null ? Long.MAX_VALUE : end.position());
        lastOwn().ifPresent(own -> state.put(own.key(), own));
        Map<String, String> ids = new TreeMap<>();
        state.forEach((key, event) -> ids.put(key, event.id()));
        return ids;
    }

    private Map<String, Known> stateBefore(Known event) {
        return stateAt(event.position() - 1);
    }

    private Map<String, Known> stateAt(long position) {
        Map<String, Known> state = new TreeMap<>();
        for (Known event : events) {
            if (event.isState() && event.position() <= position) {
                state.put(event.key(), event);
            }
        }
        return state;
    }
}
