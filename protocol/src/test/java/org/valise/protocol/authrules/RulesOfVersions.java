package org.valise.protocol.authrules;

import static org.valise.protocol.authrules.AuthRule.*;

import org.valise.protocol.roomversion.RoomVersion;

import java.util.EnumSet;
import java.util.Set;

/// Which lines the list of rules of each room version has: read off the specification by hand, by
/// number, apart from the code.
final class RulesOfVersions {

    private RulesOfVersions() {}

    static Set<AuthRule> of(RoomVersion version) {
        int number = Integer.parseInt(version.id());
        Set<AuthRule> rules = EnumSet.allOf(AuthRule.class);
        keep(rules, number <= 2, REDACTION_BY_LEVEL, REDACTION_OF_OWN_DOMAIN, REDACTION_REFUSED);
        keep(
                rules,
                number <= 5,
                ALIASES_WITHOUT_STATE_KEY,
                ALIASES_OF_ANOTHER_DOMAIN,
                ALIASES_ALLOWED);
        keep(
                rules,
                number >= 7,
                KNOCK_WHERE_NOT_OFFERED,
                KNOCK_FOR_ANOTHER_USER,
                KNOCK_ALLOWED,
                KNOCK_REFUSED);
        keep(
                rules,
                number >= 8,
                MEMBER_NOT_SIGNED_BY_AUTHORIZING_SERVER,
                JOIN_RESTRICTED_BY_INVITE,
                JOIN_RESTRICTED_NOT_AUTHORIZED,
                JOIN_RESTRICTED_AUTHORIZED);
        keep(rules, number <= 9, POWER_LEVELS_MALFORMED);
        keep(rules, number >= 10, POWER_LEVELS_NOT_INTEGERS, POWER_LEVELS_EVENTS_NOT_INTEGERS);
        keep(rules, number <= 10, CREATE_WITHOUT_CREATOR);
        keep(rules, number <= 11, CREATE_ROOM_ID_OF_ANOTHER_DOMAIN, AUTH_EVENTS_WITHOUT_CREATE);
        keep(
                rules,
                number >= 12,
                CREATE_WITH_ROOM_ID,
                CREATE_INVALID_ADDITIONAL_CREATORS,
                ROOM_ID_NOT_OF_ACCEPTED_CREATE,
                POWER_LEVELS_LIST_CREATOR);
        return rules;
    }

    private static void keep(Set<AuthRule> rules, boolean has, AuthRule... lines) {
        if (!has) {
            rules.removeAll(Set.of(lines));
        }
    }
}
