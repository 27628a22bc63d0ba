package org.valise.bench.micro;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.authrules.AuthState;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Signer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A room of the default version with a hundred moderators, and a message in it.
final class MessageRoom {
    private static final int MODERATORS = 100;
    private static final long TIME = 1_700_000_000_000L;

    private final Signer signer;
    private final UserId creator;
    private final List<Event> events = new ArrayList<>();
    private final Map<StateKey, Event> state = new LinkedHashMap<>();
    private final Event message;

    MessageRoom(Signer signer) {
        this.signer = signer;
        this.creator = UserId.parse("@creator:" + signer.server().value());
        UserId member = UserId.parse("@member:" + signer.server().value());
        String version = RoomVersion.DEFAULT.id();
        add(EventTypes.CREATE, "", creator, JsonObject.of("room_version", version));
        JsonObject join = JsonObject.of("membership", "join", "displayname", "Somebody");
        add(EventTypes.MEMBER, creator.value(), creator, join);
        JsonObject.Builder levels = JsonObject.builder();
        for (int i = 0; i < MODERATORS; i++) {
            levels.put("@moderator" + i + ":" + signer.server().value(), 50);
        }
        JsonObject powers = JsonObject.of("users", levels.build(), "state_default", 50);
        add(EventTypes.POWER_LEVELS, "", creator, powers);
        add(EventTypes.JOIN_RULES, "", creator, JsonObject.of("join_rule", "public"));
        add(EventTypes.MEMBER, member.value(), member, join);
        JsonObject text = JsonObject.of("msgtype", "m.text", "body", "Lorem ipsum. ".repeat(8));
        message = builder("m.room.message", null, member, text).sign(signer);
    }

    Event message() {
        return message;
    }

    EventBuilder unsignedMessage() {
        return builder("m.room.message", null, message.sender(), message.content());
    }

    /// The state as it is read for one event: its power levels are parsed for it.
    AuthState state() {
        return AuthState.of(state);
    }

    /// The state as a loaded room has it.
    AuthState keptState() {
        AuthState plain = state();
        PowerLevels levels = plain.powerLevels(RoomVersion.DEFAULT, events.getFirst());
        return new AuthState() {
            @Override
            public @Nullable Event get(StateKey key) {
                return state.get(key);
            }

            @Override
            public PowerLevels powerLevels(RoomVersion version, Event create) {
                return levels;
            }
        };
    }

    private void add(String type, String key, UserId sender, JsonObject content) {
        Event event = builder(type, key, sender, content).sign(signer);
        events.add(event);
        state.put(event.key(), event);
    }

    private EventBuilder builder(
            String type, @Nullable String key, UserId sender, JsonObject content) {
        List<EventId> auth =
                AuthRules.authEventKeys(RoomVersion.DEFAULT, type, key, sender, content).stream()
                        .flatMap(cited -> Stream.ofNullable(state.get(cited)))
                        .map(Event::id)
                        .toList();
        EventBuilder builder =
                EventBuilder.of(RoomVersion.DEFAULT)
                        .type(type)
                        .stateKey(key)
                        .sender(sender)
                        .content(content)
                        .authEvents(auth)
                        .depth(events.size() + 1)
                        .originServerTs(TIME + events.size());
        if (!events.isEmpty()) {
            builder.roomId(events.getFirst().roomId()).prevEvents(List.of(events.getLast().id()));
        }
        return builder;
    }
}
