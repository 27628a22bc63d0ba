package org.valise.protocol.pushrules;

import static org.valise.protocol.pushrules.RuleKind.CONTENT;
import static org.valise.protocol.pushrules.RuleKind.OVERRIDE;
import static org.valise.protocol.pushrules.RuleKind.UNDERRIDE;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.pushrules.DefaultRule.Part;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The rules that the server gives every user, in order of priority within their kind. Spec:
/// "Predefined Rules".
public final class DefaultRules {
    private static final JsonObject SOUND = JsonObject.of("set_tweak", "sound", "value", "default");
    private static final JsonObject RING = JsonObject.of("set_tweak", "sound", "value", "ring");
    private static final JsonObject HIGHLIGHT = JsonObject.of("set_tweak", "highlight");

    static final String MASTER = ".m.rule.master";

    /// The rules of version 1.19 of the specification.
    public static final DefaultRules SPECIFIED =
            new DefaultRules(
                    List.of(
                            rule(OVERRIDE, MASTER).disabled().then(),
                            rule(OVERRIDE, ".m.rule.suppress_notices")
                                    .when(match("content.msgtype", "m.notice"))
                                    .then(),
                            rule(OVERRIDE, ".m.rule.invite_for_me")
                                    .when(
                                            match("type", "m.room.member"),
                                            match("content.membership", "invite"),
                                            stateKeyIsOwner())
                                    .then("notify", SOUND),
                            rule(OVERRIDE, ".m.rule.member_event")
                                    .when(match("type", "m.room.member"))
                                    .then(),
                            rule(OVERRIDE, ".m.rule.is_user_mention")
                                    .when(mentionsOwner())
                                    .then("notify", SOUND, HIGHLIGHT),
                            rule(OVERRIDE, ".m.rule.is_room_mention")
                                    .when(is("content.m\\.mentions.room", true), permission("room"))
                                    .then("notify", HIGHLIGHT),
                            rule(OVERRIDE, ".m.rule.tombstone")
                                    .when(match("type", "m.room.tombstone"), match("state_key", ""))
                                    .then("notify", HIGHLIGHT),
                            rule(OVERRIDE, ".m.rule.reaction")
                                    .when(match("type", "m.reaction"))
                                    .then(),
                            rule(OVERRIDE, ".m.rule.room.server_acl")
                                    .when(
                                            match("type", "m.room.server_acl"),
                                            match("state_key", ""))
                                    .then(),
                            rule(OVERRIDE, ".m.rule.suppress_edits")
                                    .when(is("content.m\\.relates_to.rel_type", "m.replace"))
                                    .then(),
                            rule(UNDERRIDE, ".m.rule.call")
                                    .when(match("type", "m.call.invite"))
                                    .then("notify", RING),
                            rule(UNDERRIDE, ".m.rule.encrypted_room_one_to_one")
                                    .when(members("2"), match("type", "m.room.encrypted"))
                                    .then("notify", SOUND),
                            rule(UNDERRIDE, ".m.rule.room_one_to_one")
                                    .when(members("2"), match("type", "m.room.message"))
                                    .then("notify", SOUND),
                            rule(UNDERRIDE, ".m.rule.message")
                                    .when(match("type", "m.room.message"))
                                    .then("notify"),
                            rule(UNDERRIDE, ".m.rule.encrypted")
                                    .when(match("type", "m.room.encrypted"))
                                    .then("notify")));

    /// The same, and the rules of the versions before 1.17 that looked for mentions in the body of
    /// events without `m.mentions`: for rooms that bridges and old clients write to.
    // NOTSPEC: 1.17 removed them; a server may still have default rules of its own. Not on unless
    // the operator wants it.
    public static final DefaultRules WITH_LEGACY_MENTIONS =
            SPECIFIED.with(
                    rule(OVERRIDE, ".m.rule.contains_display_name")
                            .when(displayName())
                            .andHidden(Condition.WithoutMentions.WITHOUT_MENTIONS)
                            .then("notify", SOUND, HIGHLIGHT),
                    rule(OVERRIDE, ".m.rule.roomnotif")
                            .when(match("content.body", "@room"), permission("room"))
                            .andHidden(Condition.WithoutMentions.WITHOUT_MENTIONS)
                            .then("notify", HIGHLIGHT),
                    rule(CONTENT, ".m.rule.contains_user_name")
                            .whenBodyHasOwner()
                            .andHidden(Condition.WithoutMentions.WITHOUT_MENTIONS)
                            .then("notify", SOUND, HIGHLIGHT));

    private final Map<RuleKind, List<DefaultRule>> rules = new EnumMap<>(RuleKind.class);
    private final CompiledRules unchanged;

    private DefaultRules(List<DefaultRule> rules) {
        for (RuleKind kind : RuleKind.values()) {
            this.rules.put(kind, rules.stream().filter(r -> r.kind() == kind).toList());
        }
        this.unchanged = new CompiledRules(this, PushRuleChanges.NONE);
    }

    private DefaultRules with(DefaultRule... more) {
        // What suppresses or highlights for better reasons goes first, as it did in the versions
        // that had both.
        return new DefaultRules(
                Stream.concat(rules.values().stream().flatMap(List::stream), Arrays.stream(more))
                        .toList());
    }

    List<DefaultRule> of(RuleKind kind) {
        return rules.getOrDefault(kind, List.of());
    }

    @Nullable DefaultRule find(RuleKind kind, String id) {
        for (DefaultRule rule : of(kind)) {
            if (rule.id().equals(id)) {
                return rule;
            }
        }
        return null;
    }

    /// Most users change nothing: they share this.
    CompiledRules unchanged() {
        return unchanged;
    }

    // ---- a small language for the table above ----

    private static Draft rule(RuleKind kind, String id) {
        return new Draft(kind, id);
    }

    private static Part match(String key, String pattern) {
        return read(JsonObject.of("kind", "event_match", "key", key, "pattern", pattern));
    }

    private static Part is(String key, Object value) {
        return read(JsonObject.of("kind", "event_property_is", "key", key, "value", value));
    }

    private static Part members(String is) {
        return read(JsonObject.of("kind", "room_member_count", "is", is));
    }

    private static Part permission(String key) {
        return read(JsonObject.of("kind", "sender_notification_permission", "key", key));
    }

    private static Part displayName() {
        return read(JsonObject.of("kind", "contains_display_name"));
    }

    private static Part read(JsonObject json) {
        return new Part(_ -> json, ConditionReader.read(json).condition());
    }

    /// To clients a pattern; here compared exactly, for a user id may hold what is a wildcard in a
    /// pattern.
    private static Part stateKeyIsOwner() {
        return new Part(
                owner ->
                        JsonObject.of(
                                "kind",
                                "event_match",
                                "key",
                                "state_key",
                                "pattern",
                                owner.value()),
                new Condition.PropertyIsOwner(EventProperty.of("state_key")));
    }

    private static Part mentionsOwner() {
        String key = "content.m\\.mentions.user_ids";
        return new Part(
                owner ->
                        JsonObject.of(
                                "kind",
                                "event_property_contains",
                                "key",
                                key,
                                "value",
                                owner.value()),
                new Condition.PropertyContainsOwner(EventProperty.of(key)));
    }

    private static final class Draft {
        private final RuleKind kind;
        private final String id;
        private boolean enabled = true;
        private final List<Part> parts = new ArrayList<>();
        private final List<Condition> compiled = new ArrayList<>();

        Draft(RuleKind kind, String id) {
            this.kind = kind;
            this.id = id;
        }

        Draft disabled() {
            enabled = false;
            return this;
        }

        Draft when(Part... conditions) {
            for (Part part : conditions) {
                parts.add(part);
                compiled.add(part.condition());
            }
            return this;
        }

        Draft whenBodyHasOwner() {
            compiled.add(Condition.ContainsOwnerLocalpart.CONTAINS_OWNER_LOCALPART);
            return this;
        }

        Draft andHidden(Condition condition) {
            compiled.addFirst(condition);
            return this;
        }

        DefaultRule then(Object... actions) {
            boolean content = kind == CONTENT;
            return new DefaultRule(
                    kind,
                    id,
                    enabled,
                    content ? null : List.copyOf(parts),
                    content
                            ? owner -> Condition.ContainsOwnerLocalpart.localpart(owner.value())
                            : null,
                    List.copyOf(compiled),
                    JsonArray.of(actions));
        }
    }
}
