package org.valise.rooms.creation;

import org.valise.platform.http.Body;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.RoomAlias;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A request for a room, read: the state to begin with, whom to invite, what to publish.
///
/// @param state after the create event and the creator's join, in order
record RoomPlan(
        RoomVersion version,
        JsonObject createContent,
        List<StateEntry> state,
        List<UserId> invited,
        boolean direct,
        boolean published,
        Optional<RoomAlias> alias) {
    private static final int MAX_INVITES = 500;
    private static final int MAX_INITIAL_STATE = 500;

    /// One state event to send.
    record StateEntry(StateKey key, JsonObject content) {}

    /// @param byDefault the version if the request names none
    /// @throws MatrixException for a request that makes no room
    static RoomPlan read(
            Body body,
            UserId creator,
            ServerName server,
            RoomVersion byDefault,
            DefaultEncryption encryption) {
        RoomVersion version = version(body, byDefault);
        boolean published = visibility(body);
        Preset preset = preset(body, published);
        List<UserId> invited = invited(body);
        List<UserId> trusted = preset == Preset.TRUSTED_PRIVATE_CHAT ? invited : List.of();
        Optional<RoomAlias> alias =
                body.optionalString("room_alias_name")
                        .filter(name -> !name.isEmpty())
                        .map(name -> alias(name, server));
        if (!body.optionalArray("invite_3pid").orElse(JsonArray.of()).values().isEmpty()) {
            throw new MatrixException(
                    ErrorCode.M_THREEPID_DENIED, "This server invites by user ID only");
        }
        JsonObject createContent = createContent(body, version, creator, trusted);
        List<StateEntry> state = state(body, version, creator, trusted, preset, alias);
        boolean direct = body.optionalBool("is_direct").orElse(false);
        boolean conversation = direct || preset == Preset.TRUSTED_PRIVATE_CHAT;
        boolean space = createContent.string("type").filter("m.space"::equals).isPresent();
        if (!space && encryption.covers(conversation, published || isOpen(state))) {
            state = encrypted(state);
        }
        return new RoomPlan(version, createContent, state, invited, direct, published, alias);
    }

    /// Whether everybody may join.
    private static boolean isOpen(List<StateEntry> state) {
        return state.stream()
                .filter(entry -> entry.key().type().equals(EventTypes.JOIN_RULES))
                .anyMatch(entry ->
                        entry.content().string("join_rule").filter("public"::equals).isPresent());
    }

    /// With encryption turned on, unless the request does that itself.
    private static List<StateEntry> encrypted(List<StateEntry> state) {
        StateEntry encryption =
                entry(
                        EventTypes.ENCRYPTION,
                        JsonObject.of("algorithm", DefaultEncryption.ALGORITHM));
        if (state.stream().anyMatch(entry -> entry.key().equals(encryption.key()))) {
            return state;
        }
        List<StateEntry> more = new ArrayList<>(state);
        more.add(encryption);
        return List.copyOf(more);
    }

    private static RoomVersion version(Body body, RoomVersion byDefault) {
        Optional<String> wanted = body.optionalString("room_version");
        return wanted.isEmpty()
                ? byDefault
                : RoomVersion.of(wanted.get())
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_UNSUPPORTED_ROOM_VERSION,
                                        "This server makes rooms of versions 1 to 12"));
    }

    private static boolean visibility(Body body) {
        String visibility = body.optionalString("visibility").orElse("private");
        if (!visibility.equals("public") && !visibility.equals("private")) {
            throw invalid("visibility must be public or private");
        }
        return visibility.equals("public");
    }

    /// If unspecified, the server should use the `visibility` to determine which preset to use.
    private static Preset preset(Body body, boolean published) {
        Optional<String> wanted = body.optionalString("preset");
        if (wanted.isEmpty()) {
            return published ? Preset.PUBLIC_CHAT : Preset.PRIVATE_CHAT;
        }
        return Preset.of(wanted.get()).orElseThrow(() -> invalid("Unknown preset"));
    }

    private static List<UserId> invited(Body body) {
        Set<UserId> invited = new LinkedHashSet<>();
        for (String user : body.optionalStrings("invite").orElse(List.of())) {
            invited.add(
                    UserId.tryParse(user).orElseThrow(() -> invalid(user + " is not a user ID")));
        }
        if (invited.size() > MAX_INVITES) {
            throw invalid("At most " + MAX_INVITES + " invitations at once");
        }
        return List.copyOf(invited);
    }

    private static RoomAlias alias(String name, ServerName server) {
        return RoomAlias.tryParse("#" + name + ":" + server)
                .filter(alias -> !name.contains(":"))
                .orElseThrow(() -> invalid("Not an alias name"));
    }

    private static JsonObject createContent(
            Body body, RoomVersion version, UserId creator, List<UserId> trusted) {
        JsonObject content =
                body.optionalObject("creation_content")
                        .orElse(JsonObject.of())
                        .without("creator", "room_version");
        if (!version.has(Tweak.CREATOR_IS_SENDER)) {
            content = content.with("creator", creator.value());
        }
        content = content.with("room_version", version.id());
        // If `trusted_private_chat` is used with a room version that has privileged creators, the
        // invitees become additional creators.
        if (version.has(Tweak.PRIVILEGED_CREATORS) && !trusted.isEmpty()) {
            Set<String> creators = new LinkedHashSet<>();
            content.array("additional_creators")
                    .ifPresent(given -> creators.addAll(given.strings()));
            trusted.forEach(user -> creators.add(user.value()));
            creators.remove(creator.value());
            content = content.with("additional_creators", JsonArray.of(creators.toArray()));
        }
        return content;
    }

    private static List<StateEntry> state(
            Body body,
            RoomVersion version,
            UserId creator,
            List<UserId> trusted,
            Preset preset,
            Optional<RoomAlias> alias) {
        List<StateEntry> initial = initialState(body);
        Set<StateKey> given = new HashSet<>();
        initial.forEach(entry -> given.add(entry.key()));
        List<StateEntry> state = new ArrayList<>();
        state.add(
                entry(
                        EventTypes.POWER_LEVELS,
                        powerLevels(body, version, preset, creator, trusted)));
        alias.map(name -> JsonObject.of("alias", name.value()))
                .ifPresent(content -> state.add(entry(EventTypes.CANONICAL_ALIAS, content)));
        presetState(preset).stream()
                .filter(entry -> !given.contains(entry.key()))
                .forEach(state::add);
        state.addAll(initial);
        body.optionalString("name")
                .ifPresent(name -> state.add(entry(EventTypes.NAME, JsonObject.of("name", name))));
        body.optionalString("topic")
                .ifPresent(topic -> state.add(entry(EventTypes.TOPIC, topic(topic))));
        return List.copyOf(state);
    }

    private static List<StateEntry> initialState(Body body) {
        List<JsonValue> given =
                body.optionalArray("initial_state").map(JsonArray::values).orElse(List.of());
        if (given.size() > MAX_INITIAL_STATE) {
            throw invalid("Too much initial_state");
        }
        List<StateEntry> entries = new ArrayList<>();
        for (JsonValue value : given) {
            if (!(value instanceof JsonObject event)) {
                throw new MatrixException(ErrorCode.M_BAD_JSON, "initial_state must hold objects");
            }
            Body fields = Body.of(event);
            String type = fields.string("type");
            if (type.equals(EventTypes.CREATE) || type.equals(EventTypes.MEMBER)) {
                throw invalid("initial_state may not hold " + type);
            }
            entries.add(
                    new StateEntry(
                            new StateKey(type, fields.optionalString("state_key").orElse("")),
                            fields.object("content")));
        }
        return entries;
    }

    private static List<StateEntry> presetState(Preset preset) {
        return List.of(
                entry(EventTypes.JOIN_RULES, JsonObject.of("join_rule", preset.joinRule())),
                entry(
                        EventTypes.HISTORY_VISIBILITY,
                        JsonObject.of("history_visibility", preset.historyVisibility())),
                entry(
                        EventTypes.GUEST_ACCESS,
                        JsonObject.of("guest_access", preset.guestAccess())));
    }

    private static JsonObject powerLevels(
            Body body, RoomVersion version, Preset preset, UserId creator, List<UserId> trusted) {
        boolean privileged = version.has(Tweak.PRIVILEGED_CREATORS);
        JsonObject.Builder users = JsonObject.builder();
        if (!privileged) {
            users.put(creator.value(), 100);
            trusted.stream()
                    .filter(user -> !user.equals(creator))
                    .forEach(user -> users.put(user.value(), 100));
        }
        JsonObject.Builder events =
                JsonObject.builder()
                        .put(EventTypes.NAME, 50)
                        .put(EventTypes.AVATAR, 50)
                        .put(EventTypes.CANONICAL_ALIAS, 50)
                        .put(EventTypes.POWER_LEVELS, 100)
                        .put(EventTypes.HISTORY_VISIBILITY, 100)
                        .put(EventTypes.ENCRYPTION, 100)
                        .put(EventTypes.SERVER_ACL, 100)
                        .put(EventTypes.TOMBSTONE, privileged ? TombstoneLevel.USUAL : 100);
        JsonObject levels =
                JsonObject.builder()
                        .put("users", users.build())
                        .put("users_default", 0)
                        .put("events", events.build())
                        .put("events_default", 0)
                        .put("state_default", 50)
                        .put("ban", 50)
                        .put("kick", 50)
                        .put("redact", 50)
                        // NOTSPEC: as other servers have it: where all may come, few may invite.
                        .put("invite", preset == Preset.PUBLIC_CHAT ? 50 : 0)
                        .build();
        JsonObject override =
                body.optionalObject("power_level_content_override").orElse(JsonObject.of());
        for (String key : override.keys()) {
            levels = levels.with(key, override.get(key));
        }
        return privileged ? TombstoneLevel.above(levels) : levels;
    }

    /// The plain topic, and the extensible form of it beside.
    private static JsonObject topic(String topic) {
        JsonObject text = JsonObject.of("body", topic);
        return JsonObject.of(
                "topic", topic, "m.topic", JsonObject.of("m.text", JsonArray.of(text)));
    }

    private static StateEntry entry(String type, JsonObject content) {
        return new StateEntry(new StateKey(type, ""), content);
    }

    private static MatrixException invalid(String detail) {
        return new MatrixException(ErrorCode.M_INVALID_PARAM, detail);
    }
}
