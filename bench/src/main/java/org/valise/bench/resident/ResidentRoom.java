package org.valise.bench.resident;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/// A public room of the default version whose members are spread over the mock servers. Its events
/// form a chain.
public final class ResidentRoom {
    private static final RoomVersion VERSION = RoomVersion.DEFAULT;

    private final List<MockKey> servers;
    private final Map<ServerName, MockKey> keys = new HashMap<>();
    private final Map<StateKey, Event> state = new LinkedHashMap<>();
    private final RoomId id;
    private final byte[] answer;
    private EventId last;
    private long depth;
    private long time = System.currentTimeMillis() - 3_600_000;

    /// @param number tells rooms apart
    /// @param members besides the creator; the first ones are on the first servers
    ResidentRoom(List<MockKey> servers, int number, int members) {
        this.servers = servers;
        servers.forEach(key -> keys.put(key.server(), key));
        UserId creator = user("creator" + number, 0);
        JsonObject content = JsonObject.of("room_version", VERSION.id(), "number", number);
        Event create = first(creator, content);
        id = create.roomId();
        last = create.id();
        state(EventTypes.MEMBER, creator.value(), creator, join("Creator"));
        state(EventTypes.POWER_LEVELS, "", creator, JsonObject.of("users_default", 0));
        state(EventTypes.JOIN_RULES, "", creator, JsonObject.of("join_rule", "public"));
        state(
                "m.room.history_visibility",
                "",
                creator,
                JsonObject.of("history_visibility", "shared"));
        for (int member = 0; member < members; member++) {
            UserId user = member(member);
            state(EventTypes.MEMBER, user.value(), user, join("Member " + member));
        }
        answer = sendJoinAnswer();
    }

    private Event first(UserId creator, JsonObject content) {
        Event create =
                EventBuilder.of(VERSION)
                        .type(EventTypes.CREATE)
                        .stateKey("")
                        .sender(creator)
                        .content(content)
                        .depth(++depth)
                        .originServerTs(time++)
                        .sign(servers.getFirst());
        state.put(create.key(), create);
        return create;
    }

    private static JsonObject join(String name) {
        return JsonObject.of("membership", "join", "displayname", name);
    }

    private UserId user(String name, int server) {
        return UserId.parse("@" + name + ":" + servers.get(server).server().value());
    }

    private UserId member(int number) {
        return user("u" + number, number % servers.size());
    }

    public RoomId id() {
        return id;
    }

    /// What `send_join` answers, in bytes.
    public int answerBytes() {
        return answer.length;
    }

    private void state(String type, String key, UserId sender, JsonObject content) {
        Event event = next(builder(type, key, sender, content), sender);
        state.put(event.key(), event);
    }

    private Event next(EventBuilder builder, UserId sender) {
        Event event =
                builder.prevEvents(List.of(last))
                        .depth(++depth)
                        .originServerTs(time++)
                        .sign(Objects.requireNonNull(keys.get(sender.server())));
        last = event.id();
        return event;
    }

    private EventBuilder builder(
            String type, @Nullable String key, UserId sender, JsonObject content) {
        return EventBuilder.of(VERSION)
                .roomId(id)
                .type(type)
                .stateKey(key)
                .sender(sender)
                .content(content)
                .authEvents(
                        AuthRules.authEventKeys(VERSION, type, key, sender, content).stream()
                                .flatMap(cited -> Stream.ofNullable(state.get(cited)))
                                .map(Event::id)
                                .toList());
    }

    /// What `make_join` answers.
    synchronized JsonObject template(UserId user) {
        JsonObject event =
                builder(EventTypes.MEMBER, user.value(), user, JsonObject.of("membership", "join"))
                        .prevEvents(List.of(last))
                        .depth(depth + 1)
                        .originServerTs(time)
                        .template();
        return JsonObject.of("room_version", VERSION.id(), "event", event);
    }

    /// Somebody has joined.
    ///
    /// @return what `send_join` answers
    synchronized byte[] join(JsonObject pdu) {
        Event event = Event.parse(VERSION, pdu);
        last = event.id();
        depth = event.depth();
        return answer;
    }

    private byte[] sendJoinAnswer() {
        Set<Event> chain = new LinkedHashSet<>();
        state.values().stream().filter(this::isCited).forEach(chain::add);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(utf8("{\"auth_chain\":["));
        write(out, chain);
        out.writeBytes(utf8("],\"state\":["));
        write(out, state.values());
        out.writeBytes(utf8("],\"members_omitted\":false}"));
        return out.toByteArray();
    }

    /// Whether other events cite it as what allows them.
    private boolean isCited(Event event) {
        boolean creators =
                event.type().equals(EventTypes.MEMBER)
                        && event.key().equals(StateKey.member(creator()));
        return creators
                || Set.of(EventTypes.CREATE, EventTypes.POWER_LEVELS, EventTypes.JOIN_RULES)
                        .contains(event.type());
    }

    private UserId creator() {
        return state.values().iterator().next().sender();
    }

    private static void write(ByteArrayOutputStream out, Collection<Event> events) {
        boolean first = true;
        for (Event event : events) {
            if (!first) {
                out.write(',');
            }
            first = false;
            out.writeBytes(event.bytes());
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Messages of one member, each after the one before.
    ///
    /// @param member its number: it is on the server of that number, counted round
    synchronized List<Event> messages(int member, int count) {
        UserId sender = member(member);
        List<Event> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            JsonObject content =
                    JsonObject.of("msgtype", "m.text", "body", "A message of some length, " + i);
            messages.add(next(builder("m.room.message", null, sender, content), sender));
        }
        return messages;
    }
}
