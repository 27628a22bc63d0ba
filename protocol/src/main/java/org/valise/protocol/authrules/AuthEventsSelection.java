package org.valise.protocol.authrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

import java.util.LinkedHashSet;
import java.util.Set;

/// Auth events selection: the `auth_events` field of a PDU identifies the set of events which give
/// the sender permission to send the event.
final class AuthEventsSelection {

    private AuthEventsSelection() {}

    /// The keys, in a fixed order; the caller may add to them.
    static Set<StateKey> keys(
            RoomVersion version,
            String type,
            @Nullable String stateKey,
            UserId sender,
            JsonObject content) {
        Set<StateKey> keys = new LinkedHashSet<>(8);
        // The `auth_events` for the `m.room.create` event in a room is empty; for other events, it
        // should be the following subset of the room state:
        if (type.equals(EventTypes.CREATE)) {
            return keys;
        }
        // Depending on the room version, the `m.room.create` event.
        if (!version.has(Tweak.ROOM_ID_IS_HASH)) {
            keys.add(StateKey.CREATE);
        }
        // The current `m.room.power_levels` event, if any.
        keys.add(StateKey.POWER_LEVELS);
        // The sender's current `m.room.member` event, if any.
        keys.add(StateKey.member(sender));
        // If type is `m.room.member`:
        if (type.equals(EventTypes.MEMBER)) {
            addForMember(keys, version, stateKey, content);
        }
        return keys;
    }

    private static void addForMember(
            Set<StateKey> keys,
            RoomVersion version,
            @Nullable String stateKey,
            JsonObject content) {
        String membership = content.string("membership").orElse("");
        // The target's current `m.room.member` event, if any.
        if (stateKey != null) {
            keys.add(new StateKey(EventTypes.MEMBER, stateKey));
        }
        // If `membership` is `join`, `invite` or `knock`, the current `m.room.join_rules` event, if
        // any.
        if (membership.equals("join")
                || membership.equals("invite")
                || membership.equals("knock")) {
            keys.add(StateKey.JOIN_RULES);
        }
        // If membership is `invite` and `content` contains a `third_party_invite` property, the
        // current `m.room.third_party_invite` event with `state_key` matching
        // `content.third_party_invite.signed.token`, if any.
        if (membership.equals("invite")) {
            content.object("third_party_invite")
                    .flatMap(invite -> invite.object("signed"))
                    .flatMap(signed -> signed.string("token"))
                    .ifPresent(token -> keys.add(StateKey.thirdPartyInvite(token)));
        }
        // If `membership` is `join`, `content.join_authorised_via_users_server` is present, and the
        // room version supports restricted rooms, then the `m.room.member` event with `state_key`
        // matching `content.join_authorised_via_users_server`.
        if (membership.equals("join") && version.has(Tweak.RESTRICTED_JOINS)) {
            content.string(MemberRules.AUTHORIZING_USER)
                    .ifPresent(user -> keys.add(new StateKey(EventTypes.MEMBER, user)));
        }
    }
}
