package org.valise.protocol.authrules;

import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventSignatures;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.JsonSigning;

/// The rules for events of type `m.room.member`: joining, inviting, leaving, kicking, banning,
/// knocking.
final class MemberRules {

    static final String AUTHORIZING_USER = "join_authorised_via_users_server";

    private final AuthCheck check;
    private final JsonObject content;
    private final String sender;

    /// The *target user*: the user given by the `state_key` of the event.
    private final String target;

    private MemberRules(AuthCheck check, String target) {
        this.check = check;
        this.content = check.event().content();
        this.sender = check.sender();
        this.target = target;
    }

    static AuthResult check(AuthCheck check) {
        Event event = check.event();
        String target = event.stateKey();
        // If there is no `state_key` property, or no `membership` property in `content`, reject.
        if (target == null || !event.content().has("membership")) {
            return AuthRule.MEMBER_WITHOUT_STATE_KEY_OR_MEMBERSHIP.reject(
                    target == null ? "no `state_key`" : "no `membership`");
        }
        // NOTSPEC: no rule says that the `state_key` has to be a user ID. Other servers cannot read
        // it if it is not, and refuse the event; so do we, and members of rooms are users.
        if (UserId.tryParse(target).isEmpty()) {
            return AuthRule.MEMBER_WITHOUT_STATE_KEY_OR_MEMBERSHIP.reject(
                    "the `state_key` is not a user ID");
        }
        return new MemberRules(check, target).verdict();
    }

    private AuthResult verdict() {
        // If `content` has a `join_authorised_via_users_server` property: If the event is not
        // validly signed by the homeserver of the user ID denoted by the key, reject.
        if (check.version().has(Tweak.RESTRICTED_JOINS)
                && content.has(AUTHORIZING_USER)
                && !signedByAuthorizingServer()) {
            return AuthRule.MEMBER_NOT_SIGNED_BY_AUTHORIZING_SERVER.reject(
                    "no signature of the server of `" + AUTHORIZING_USER + "`");
        }
        String membership = content.string("membership").orElse("");
        return switch (membership) {
            case "join" -> join();
            case "invite" -> content.has("third_party_invite") ? thirdPartyInvite() : invite();
            case "leave" -> sender.equals(target) ? leave() : kick();
            case "ban" -> ban();
            case "knock" -> check.version().has(Tweak.KNOCKING) ? knock() : unknown();
            default -> unknown();
        };
    }

    /// Whether the signature is there. That it is valid, the signature checks on receipt made sure:
    /// it is one of [EventSignatures#required].
    private boolean signedByAuthorizingServer() {
        return content.string(AUTHORIZING_USER)
                .flatMap(UserId::tryParse)
                .map(user -> JsonSigning.signatures(check.event().json(), user.server().value()))
                .filter(signatures -> !signatures.isEmpty())
                .isPresent();
    }

    private static AuthResult unknown() {
        // Otherwise, the membership is unknown. Reject.
        return AuthRule.MEMBERSHIP_UNKNOWN.reject("unknown membership");
    }

    private AuthResult join() {
        // If the only previous event is an `m.room.create` and the `state_key` is the creator,
        // allow.
        if (followsCreate() && target.equals(Creators.creator(check.version(), check.create()))) {
            return AuthRule.JOIN_OF_CREATOR.allow();
        }
        // If the `sender` does not match `state_key`, reject.
        if (!sender.equals(target)) {
            return AuthRule.JOIN_OF_ANOTHER_USER.reject("the sender is not the joining user");
        }
        Membership membership = check.membership(sender);
        // If the `sender` is banned, reject.
        if (membership == Membership.BAN) {
            return AuthRule.JOIN_OF_BANNED_USER.reject(sender + " is banned");
        }
        boolean invitedOrJoined = membership == Membership.INVITE || membership == Membership.JOIN;
        String joinRule = joinRule();
        // If the `join_rule` is `invite` (or `knock`) then allow if membership state is `invite` or
        // `join`.
        if (joinRule.equals("invite")
                || (joinRule.equals("knock") && check.version().has(Tweak.KNOCKING))) {
            return invitedOrJoined
                    ? AuthRule.JOIN_BY_INVITE.allow()
                    : AuthRule.JOIN_REFUSED.reject(sender + " is not invited");
        }
        // If the `join_rule` is `restricted` (or `knock_restricted`):
        if (isRestricted(joinRule)) {
            return restrictedJoin(invitedOrJoined);
        }
        // If the `join_rule` is `public`, allow.
        if (joinRule.equals("public")) {
            return AuthRule.JOIN_PUBLIC.allow();
        }
        // Otherwise, reject.
        return AuthRule.JOIN_REFUSED.reject("the room's join rule lets nobody in");
    }

    private boolean followsCreate() {
        var previous = check.event().prevEvents();
        return previous.size() == 1 && previous.getFirst().equals(check.create().id());
    }

    private boolean isRestricted(String joinRule) {
        return (joinRule.equals("restricted") && check.version().has(Tweak.RESTRICTED_JOINS))
                || (joinRule.equals("knock_restricted")
                        && check.version().has(Tweak.KNOCK_RESTRICTED));
    }

    private AuthResult restrictedJoin(boolean invitedOrJoined) {
        // If membership state is `join` or `invite`, allow.
        if (invitedOrJoined) {
            return AuthRule.JOIN_RESTRICTED_BY_INVITE.allow();
        }
        // If the `join_authorised_via_users_server` key in `content` is not a user with sufficient
        // permission to invite other users or is not a joined member of the room, reject.
        String authorizing = content.string(AUTHORIZING_USER).orElse(null);
        if (authorizing == null
                || check.membership(authorizing) != Membership.JOIN
                || check.powerLevels().userLevel(authorizing) < check.powerLevels().invite()) {
            return AuthRule.JOIN_RESTRICTED_NOT_AUTHORIZED.reject(
                    "not authorized by a joined user who may invite");
        }
        // Otherwise, allow.
        return AuthRule.JOIN_RESTRICTED_AUTHORIZED.allow();
    }

    /// A room that has no join rule yet, is by invitation.
    private String joinRule() {
        Event joinRules = check.state(StateKey.JOIN_RULES);
        if (joinRules == null || !joinRules.content().has("join_rule")) {
            return "invite";
        }
        return joinRules.content().string("join_rule").orElse("");
    }

    private AuthResult invite() {
        // If the `sender`'s current membership state is not `join`, reject.
        if (check.membership(sender) != Membership.JOIN) {
            return AuthRule.INVITE_BY_OUTSIDER.reject(sender + " is not in the room");
        }
        // If *target user*'s current membership state is `join` or `ban`, reject.
        Membership membership = check.membership(target);
        if (membership == Membership.JOIN || membership == Membership.BAN) {
            return AuthRule.INVITE_OF_JOINED_OR_BANNED_USER.reject(
                    target
                            + (membership == Membership.BAN
                                    ? " is banned"
                                    : " is in the room already"));
        }
        // If the `sender`'s power level is greater than or equal to the *invite level*, allow.
        if (check.senderLevel() >= check.powerLevels().invite()) {
            return AuthRule.INVITE_ALLOWED.allow();
        }
        // Otherwise, reject.
        return AuthRule.INVITE_REFUSED.reject(below("invite", check.powerLevels().invite()));
    }

    /// If `content` has a `third_party_invite` property:
    private AuthResult thirdPartyInvite() {
        // If *target user* is banned, reject.
        if (check.membership(target) == Membership.BAN) {
            return AuthRule.THIRD_PARTY_INVITE_OF_BANNED_USER.reject(target + " is banned");
        }
        // If `content.third_party_invite` does not have a `signed` property, reject.
        JsonObject signed =
                content.object("third_party_invite").flatMap(i -> i.object("signed")).orElse(null);
        if (signed == null) {
            return AuthRule.THIRD_PARTY_INVITE_WITHOUT_SIGNED.reject(
                    "no object `third_party_invite.signed`");
        }
        // If `signed` does not have `mxid` and `token` properties, reject.
        String mxid = signed.string("mxid").orElse(null);
        String token = signed.string("token").orElse(null);
        if (mxid == null || token == null) {
            return AuthRule.THIRD_PARTY_INVITE_WITHOUT_MXID_OR_TOKEN.reject(
                    "no string `mxid` or no string `token`");
        }
        // If `mxid` does not match `state_key`, reject.
        if (!mxid.equals(target)) {
            return AuthRule.THIRD_PARTY_INVITE_OF_ANOTHER_USER.reject(
                    "`mxid` is not the invited user");
        }
        // If there is no `m.room.third_party_invite` event in the current room state with
        // `state_key` matching `token`, reject.
        Event invite = check.state(StateKey.thirdPartyInvite(token));
        if (invite == null) {
            return AuthRule.THIRD_PARTY_INVITE_UNKNOWN_TOKEN.reject(
                    "the room has no invite with this token");
        }
        // If `sender` does not match `sender` of the `m.room.third_party_invite`, reject.
        if (!sender.equals(invite.sender().value())) {
            return AuthRule.THIRD_PARTY_INVITE_OF_ANOTHER_SENDER.reject(
                    "the invite was sent by " + invite.sender());
        }
        // If any signature in `signed` matches any public key in the `m.room.third_party_invite`
        // event, allow.
        if (ThirdPartySignatures.anyMatches(signed, invite.content(), check.verifier())) {
            return AuthRule.THIRD_PARTY_INVITE_SIGNED.allow();
        }
        // Otherwise, reject.
        return AuthRule.THIRD_PARTY_INVITE_NOT_SIGNED.reject(
                "no signature of `signed` matches a key of the invite");
    }

    private AuthResult leave() {
        // If the `sender` matches `state_key`, allow if and only if that user's current membership
        // state is `invite`, `join`, or `knock`.
        Membership membership = check.membership(sender);
        boolean isThere =
                membership == Membership.INVITE
                        || membership == Membership.JOIN
                        || (membership == Membership.KNOCK && check.version().has(Tweak.KNOCKING));
        return isThere
                ? AuthRule.LEAVE_BY_ONESELF.allow()
                : AuthRule.LEAVE_BY_ONESELF.reject(sender + " is not in the room");
    }

    private AuthResult kick() {
        // If the `sender`'s current membership state is not `join`, reject.
        if (check.membership(sender) != Membership.JOIN) {
            return AuthRule.LEAVE_BY_OUTSIDER.reject(sender + " is not in the room");
        }
        PowerLevels levels = check.powerLevels();
        long senderLevel = check.senderLevel();
        // If the *target user*'s current membership state is `ban`, and the `sender`'s power level
        // is less than the *ban level*, reject.
        if (check.membership(target) == Membership.BAN && senderLevel < levels.ban()) {
            return AuthRule.UNBAN_BELOW_BAN_LEVEL.reject(below("ban", levels.ban()));
        }
        // If the `sender`'s power level is greater than or equal to the *kick level*, and the
        // *target user*'s power level is less than the `sender`'s power level, allow.
        if (senderLevel >= levels.kick() && levels.userLevel(target) < senderLevel) {
            return AuthRule.KICK_ALLOWED.allow();
        }
        // Otherwise, reject.
        return AuthRule.KICK_REFUSED.reject(
                senderLevel < levels.kick() ? below("kick", levels.kick()) : notBelowSender());
    }

    private AuthResult ban() {
        // If the `sender`'s current membership state is not `join`, reject.
        if (check.membership(sender) != Membership.JOIN) {
            return AuthRule.BAN_BY_OUTSIDER.reject(sender + " is not in the room");
        }
        PowerLevels levels = check.powerLevels();
        long senderLevel = check.senderLevel();
        // If the `sender`'s power level is greater than or equal to the *ban level*, and the
        // *target user*'s power level is less than the `sender`'s power level, allow.
        if (senderLevel >= levels.ban() && levels.userLevel(target) < senderLevel) {
            return AuthRule.BAN_ALLOWED.allow();
        }
        // Otherwise, reject.
        return AuthRule.BAN_REFUSED.reject(
                senderLevel < levels.ban() ? below("ban", levels.ban()) : notBelowSender());
    }

    private AuthResult knock() {
        // If the `join_rule` is anything other than `knock` or `knock_restricted`, reject.
        String joinRule = joinRule();
        if (!joinRule.equals("knock")
                && !(joinRule.equals("knock_restricted")
                        && check.version().has(Tweak.KNOCK_RESTRICTED))) {
            return AuthRule.KNOCK_WHERE_NOT_OFFERED.reject(
                    "the room's join rule does not let users knock");
        }
        // If `sender` does not match `state_key`, reject.
        if (!sender.equals(target)) {
            return AuthRule.KNOCK_FOR_ANOTHER_USER.reject("the sender is not the knocking user");
        }
        // If the `sender`'s current membership is not `ban`, `invite`, or `join`, allow.
        Membership membership = check.membership(sender);
        if (membership == Membership.LEAVE || membership == Membership.KNOCK) {
            return AuthRule.KNOCK_ALLOWED.allow();
        }
        // Otherwise, reject.
        return AuthRule.KNOCK_REFUSED.reject(sender + " is banned, invited or in the room");
    }

    private String below(String action, long level) {
        return "the sender's level %d is below the %s level %d"
                .formatted(check.senderLevel(), action, level);
    }

    private String notBelowSender() {
        return "the level of %s is not below that of the sender".formatted(target);
    }
}
