package org.valise.protocol.roomversion;

/// What a room version changed against the one before it. A tweak holds for the version that
/// introduced it and all later ones.
public enum Tweak {
    /// v2: state is resolved by the second algorithm.
    STATE_RESOLUTION_V2,

    /// v3: the event id is the reference hash and stands nowhere in the event; `prev_events` and
    /// `auth_events` are lists of ids.
    EVENT_ID_IS_HASH,
    /// v3: a redaction passes the authorization rules like any event; whether it applies is checked
    /// when it meets its target.
    REDACTIONS_CHECKED_ON_APPLYING,

    /// v4: the hash in the event id is in URL-safe Base64.
    URL_SAFE_EVENT_IDS,

    /// v5: a signature counts only if the key was valid at `origin_server_ts`.
    KEY_VALIDITY_ENFORCED,

    /// v6: events must be Canonical JSON: no floats, integers within ±(2^53 - 1).
    STRICT_CANONICAL_JSON,
    /// v6: `m.room.aliases` has no rules of its own, neither in authorization nor in redaction.
    NO_ALIASES_RULES,
    /// v6: changes of `notifications` in power levels are authorized too.
    NOTIFICATION_LEVELS_CHECKED,

    /// v7: the membership and join rule `knock`.
    KNOCKING,

    /// v8: the join rule `restricted`; redaction keeps `allow`.
    RESTRICTED_JOINS,

    /// v9: redaction keeps `join_authorised_via_users_server`.
    REDACTION_KEEPS_JOIN_AUTHORISER,

    /// v10: power levels are integers, never strings.
    INTEGER_POWER_LEVELS,
    /// v10: the join rule `knock_restricted`.
    KNOCK_RESTRICTED,

    /// v11: redaction keeps all of a create event, `invite`, `redacts`,
    /// `third_party_invite.signed`; no longer `origin`, `membership`, `prev_state`.
    UPDATED_REDACTION,
    /// v11: `redacts` stands in the content.
    REDACTS_IN_CONTENT,
    /// v11: the creator is the sender of the create event; `creator` is gone from its content.
    CREATOR_IS_SENDER,

    /// v12: the room id is the hash of the create event, which has no `room_id` and stands in no
    /// `auth_events`.
    ROOM_ID_IS_HASH,
    /// v12: creators (also `additional_creators`) stand above all power levels.
    PRIVILEGED_CREATORS,
    /// v12: state resolution 2.1: from empty state, over the conflicted subgraph.
    STATE_RESOLUTION_V2_1
}
