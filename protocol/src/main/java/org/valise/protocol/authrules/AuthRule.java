package org.valise.protocol.authrules;

/// The authorization rules of all room versions: one value for each line of the specification's
/// lists that decides, in its words (the newest, where versions word one rule differently). Lines
/// are named, not numbered: numbers drift from version to version.
public enum AuthRule {

    // If type is `m.room.create`

    CREATE_WITH_PREV_EVENTS("If it has any `prev_events`, reject."),
    CREATE_ROOM_ID_OF_ANOTHER_DOMAIN(
            "If the domain of the `room_id` does not match the domain of the `sender`, reject."),
    CREATE_WITH_ROOM_ID("If the event has a `room_id`, reject."),
    CREATE_UNRECOGNIZED_ROOM_VERSION(
            "If `content.room_version` is present and is not a recognised version, reject."),
    CREATE_WITHOUT_CREATOR("If `content` has no `creator` property, reject."),
    CREATE_INVALID_ADDITIONAL_CREATORS(
            "If `additional_creators` is present in `content` and is not an array of strings where"
                + " each string passes the same user ID validation applied to `sender`, reject."),
    CREATE_ALLOWED("If type is `m.room.create`: Otherwise, allow."),

    // Considering the room and the event's `auth_events`

    ROOM_ID_NOT_OF_ACCEPTED_CREATE(
            "If the event's `room_id` is not an event ID for an accepted (not rejected)"
                    + " `m.room.create` event, with the sigil `!` instead of `$`, reject."),
    AUTH_EVENTS_DUPLICATE(
            "If there are duplicate entries for a given `type` and `state_key` pair, reject."),
    AUTH_EVENTS_NOT_SELECTED(
            "If there are entries whose `type` and `state_key` don't match those specified by the"
                    + " auth events selection algorithm described in the server specification,"
                    + " reject."),
    AUTH_EVENTS_REJECTED(
            "If there are entries which were themselves rejected under the checks performed on"
                    + " receipt of a PDU, reject."),
    AUTH_EVENTS_WITHOUT_CREATE("If there is no `m.room.create` event among the entries, reject."),
    AUTH_EVENTS_OF_ANOTHER_ROOM(
            "If any event in `auth_events` has a `room_id` which does not match that of the event"
                    + " being authorised, reject."),
    /// Not a line of its own: nothing is wrong with the entries.
    AUTH_EVENTS_ALLOWED("Considering the event's `auth_events`: nothing rejects it."),

    SENDER_OUTSIDE_UNFEDERATED_ROOM(
            "If the `content` of the `m.room.create` event in the room state has the property"
                    + " `m.federate` set to `false`, and the `sender` domain of the event does not"
                    + " match the `sender` domain of the create event, reject."),

    // If type is `m.room.aliases`

    ALIASES_WITHOUT_STATE_KEY("If event has no `state_key`, reject."),
    ALIASES_OF_ANOTHER_DOMAIN("If sender's domain doesn't match `state_key`, reject."),
    ALIASES_ALLOWED("If type is `m.room.aliases`: Otherwise, allow."),

    // If type is `m.room.member`

    MEMBER_WITHOUT_STATE_KEY_OR_MEMBERSHIP(
            "If there is no `state_key` property, or no `membership` property in `content`,"
                    + " reject."),
    MEMBER_NOT_SIGNED_BY_AUTHORIZING_SERVER(
            "If `content` has a `join_authorised_via_users_server` key: If the event is not validly"
                    + " signed by the homeserver of the user ID denoted by the key, reject."),

    JOIN_OF_CREATOR(
            "If the only previous event is an `m.room.create` and the `state_key` is the creator"
                    + " (the sender of the `m.room.create`), allow."),
    JOIN_OF_ANOTHER_USER(
            "If `membership` is `join`: If the `sender` does not match `state_key`, reject."),
    JOIN_OF_BANNED_USER("If the `sender` is banned, reject."),
    JOIN_BY_INVITE(
            "If the `join_rule` is `invite` or `knock` then allow if membership state is `invite`"
                    + " or `join`."),
    JOIN_RESTRICTED_BY_INVITE(
            "If the `join_rule` is `restricted` or `knock_restricted`: If membership state is"
                    + " `join` or `invite`, allow."),
    JOIN_RESTRICTED_NOT_AUTHORIZED(
            "If the `join_authorised_via_users_server` key in `content` is not a user with"
                + " sufficient permission to invite other users or is not a joined member of the"
                + " room, reject."),
    JOIN_RESTRICTED_AUTHORIZED(
            "If the `join_rule` is `restricted` or `knock_restricted`: Otherwise, allow."),
    JOIN_PUBLIC("If the `join_rule` is `public`, allow."),
    JOIN_REFUSED("If `membership` is `join`: Otherwise, reject."),

    THIRD_PARTY_INVITE_OF_BANNED_USER(
            "If `content` has a `third_party_invite` property: If *target user* is banned,"
                    + " reject."),
    THIRD_PARTY_INVITE_WITHOUT_SIGNED(
            "If `content.third_party_invite` does not have a `signed` property, reject."),
    THIRD_PARTY_INVITE_WITHOUT_MXID_OR_TOKEN(
            "If `signed` does not have `mxid` and `token` properties, reject."),
    THIRD_PARTY_INVITE_OF_ANOTHER_USER("If `mxid` does not match `state_key`, reject."),
    THIRD_PARTY_INVITE_UNKNOWN_TOKEN(
            "If there is no `m.room.third_party_invite` event in the current room state with"
                    + " `state_key` matching `token`, reject."),
    THIRD_PARTY_INVITE_OF_ANOTHER_SENDER(
            "If `sender` does not match `sender` of the `m.room.third_party_invite`, reject."),
    THIRD_PARTY_INVITE_SIGNED(
            "If any signature in `signed` matches any public key in the `m.room.third_party_invite`"
                    + " event, allow."),
    THIRD_PARTY_INVITE_NOT_SIGNED(
            "If `content` has a `third_party_invite` property: Otherwise, reject."),

    INVITE_BY_OUTSIDER(
            "If `membership` is `invite`: If the `sender`'s current membership state is not `join`,"
                    + " reject."),
    INVITE_OF_JOINED_OR_BANNED_USER(
            "If *target user*'s current membership state is `join` or `ban`, reject."),
    INVITE_ALLOWED(
            "If the `sender`'s power level is greater than or equal to the *invite level*, allow."),
    INVITE_REFUSED("If `membership` is `invite`: Otherwise, reject."),

    LEAVE_BY_ONESELF(
            "If the `sender` matches `state_key`, allow if and only if that user's current"
                    + " membership state is `invite`, `join`, or `knock`."),
    LEAVE_BY_OUTSIDER(
            "If `membership` is `leave`: If the `sender`'s current membership state is not `join`,"
                    + " reject."),
    UNBAN_BELOW_BAN_LEVEL(
            "If the *target user*'s current membership state is `ban`, and the `sender`'s power"
                    + " level is less than the *ban level*, reject."),
    KICK_ALLOWED(
            "If the `sender`'s power level is greater than or equal to the *kick level*, and the"
                + " *target user*'s power level is less than the `sender`'s power level, allow."),
    KICK_REFUSED("If `membership` is `leave`: Otherwise, reject."),

    BAN_BY_OUTSIDER(
            "If `membership` is `ban`: If the `sender`'s current membership state is not `join`,"
                    + " reject."),
    BAN_ALLOWED(
            "If the `sender`'s power level is greater than or equal to the *ban level*, and the"
                + " *target user*'s power level is less than the `sender`'s power level, allow."),
    BAN_REFUSED("If `membership` is `ban`: Otherwise, reject."),

    KNOCK_WHERE_NOT_OFFERED(
            "If the `join_rule` is anything other than `knock` or `knock_restricted`, reject."),
    KNOCK_FOR_ANOTHER_USER(
            "If `membership` is `knock`: If `sender` does not match `state_key`, reject."),
    KNOCK_ALLOWED("If the `sender`'s current membership is not `ban`, `invite`, or `join`, allow."),
    KNOCK_REFUSED("If `membership` is `knock`: Otherwise, reject."),

    MEMBERSHIP_UNKNOWN("Otherwise, the membership is unknown. Reject."),

    // Every other type

    SENDER_NOT_JOINED("If the `sender`'s current membership state is not `join`, reject."),
    THIRD_PARTY_INVITE_LEVEL(
            "If type is `m.room.third_party_invite`: Allow if and only if `sender`'s current power"
                    + " level is greater than or equal to the *invite level*."),
    SENDER_BELOW_REQUIRED_LEVEL(
            "If the event type's *required power level* is greater than the `sender`'s power level,"
                    + " reject."),
    STATE_KEY_OF_ANOTHER_USER(
            "If the event has a `state_key` that starts with an `@` and does not match the"
                    + " `sender`, reject."),

    // If type is `m.room.power_levels`

    POWER_LEVELS_NOT_INTEGERS(
            "If any of the properties `users_default`, `events_default`, `state_default`, `ban`,"
                    + " `redact`, `kick`, or `invite` in `content` are present and not an integer,"
                    + " reject."),
    POWER_LEVELS_EVENTS_NOT_INTEGERS(
            "If either of the properties `events` or `notifications` in `content` are present and"
                    + " not an object with values that are integers, reject."),
    /// Of the description of the event's content in room versions 1–9, not of their list of rules;
    /// see [PowerLevelsRules].
    POWER_LEVELS_MALFORMED(
            "When the value is representative of an integer, they must be the following format"),
    POWER_LEVELS_USERS_INVALID(
            "If the `users` property in `content` is not an object with keys that are valid user"
                + " IDs with values that are integers (or a string that is an integer), reject."),
    POWER_LEVELS_LIST_CREATOR(
            "If the `users` property in `content` contains the `sender` of the `m.room.create`"
                + " event or any of the `additional_creators` array (if present) from the `content`"
                + " of the `m.room.create` event, reject."),
    POWER_LEVELS_FIRST("If there is no previous `m.room.power_levels` event in the room, allow."),
    POWER_LEVELS_CURRENT_ABOVE_SENDER(
            "For the properties `users_default`, `events_default`, `state_default`, `ban`,"
                + " `redact`, `kick`, `invite` check if they were added, changed or removed. For"
                + " each found alteration: If the current value is higher than the `sender`'s"
                + " current power level, reject."),
    POWER_LEVELS_NEW_ABOVE_SENDER(
            "For the properties `users_default`, `events_default`, `state_default`, `ban`,"
                + " `redact`, `kick`, `invite` check if they were added, changed or removed. For"
                + " each found alteration: If the new value is higher than the `sender`'s current"
                + " power level, reject."),
    POWER_LEVELS_CURRENT_ENTRY_ABOVE_SENDER(
            "For each entry being changed in, or removed from, the `events` or `notifications`"
                + " properties: If the current value is greater than the `sender`'s current power"
                + " level, reject."),
    POWER_LEVELS_NEW_ENTRY_ABOVE_SENDER(
            "For each entry being added to, or changed in, the `events` or `notifications`"
                    + " properties: If the new value is greater than the `sender`'s current power"
                    + " level, reject."),
    POWER_LEVELS_CURRENT_USER_NOT_BELOW_SENDER(
            "For each entry being changed in, or removed from, the `users` property, other than the"
                    + " `sender`'s own entry: If the current value is greater than or equal to the"
                    + " `sender`'s current power level, reject."),
    POWER_LEVELS_NEW_USER_ABOVE_SENDER(
            "For each entry being added to, or changed in, the `users` property: If the new value"
                    + " is greater than the `sender`'s current power level, reject."),
    POWER_LEVELS_ALLOWED("If type is `m.room.power_levels`: Otherwise, allow."),

    // If type is `m.room.redaction`

    REDACTION_BY_LEVEL(
            "If the `sender`'s power level is greater than or equal to the *redact level*, allow."),
    REDACTION_OF_OWN_DOMAIN(
            "If the domain of the `event_id` of the event being redacted is the same as the domain"
                    + " of the `event_id` of the `m.room.redaction`, allow."),
    REDACTION_REFUSED("If type is `m.room.redaction`: Otherwise, reject."),

    OTHERWISE_ALLOWED("Otherwise, allow.");

    private final String sentence;

    @SuppressWarnings("ImmutableEnumChecker") // a record of this
    private final AuthResult allowed;

    AuthRule(String sentence) {
        this.sentence = sentence;
        this.allowed = new AuthResult.Allowed(this);
    }

    /// The rule in the specification's words; where a line needs it, the line that it stands under
    /// is put before it.
    public String sentence() {
        return sentence;
    }

    AuthResult allow() {
        return allowed;
    }

    AuthResult reject(String detail) {
        return new AuthResult.Rejected(this, detail);
    }
}
