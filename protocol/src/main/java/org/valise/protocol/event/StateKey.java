package org.valise.protocol.event;

import org.valise.protocol.id.UserId;

/// What a state event is the value of: its type and state key.
public record StateKey(String type, String key) implements Comparable<StateKey> {
    public static final StateKey CREATE = new StateKey(EventTypes.CREATE, "");
    public static final StateKey POWER_LEVELS = new StateKey(EventTypes.POWER_LEVELS, "");
    public static final StateKey JOIN_RULES = new StateKey(EventTypes.JOIN_RULES, "");
    public static final StateKey HISTORY_VISIBILITY =
            new StateKey(EventTypes.HISTORY_VISIBILITY, "");

    public static StateKey member(UserId user) {
        return new StateKey(EventTypes.MEMBER, user.value());
    }

    public static StateKey thirdPartyInvite(String token) {
        return new StateKey(EventTypes.THIRD_PARTY_INVITE, token);
    }

    @Override
    public int compareTo(StateKey other) {
        int byType = type.compareTo(other.type);
        return byType != 0 ? byType : key.compareTo(other.key);
    }
}
