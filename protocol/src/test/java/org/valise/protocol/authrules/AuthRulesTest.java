package org.valise.protocol.authrules;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Base64s;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

final class AuthRulesTest {

    private static final UserId MOD = UserId.parse("@mod:here.test");
    private static final StateKey MOD_MEMBER = StateKey.member(MOD);
    private static final StateKey USER_MEMBER = StateKey.member(UserId.parse("@user:here.test"));

    @ParameterizedTest
    @EnumSource
    void selectsNoAuthEventsForTheCreateEvent(RoomVersion version) {
        assertThat(AuthRules.authEventKeys(version, "m.room.create", "", MOD, JsonObject.of()))
                .isEmpty();
        assertThat(AuthRules.needs(version, "m.room.create", "", MOD, JsonObject.of())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void selectsPowerLevelsAndTheSendersMembershipForAMessage(RoomVersion version) {
        assertThat(selected(version, "m.room.message", null, JsonObject.of()))
                .containsExactlyElementsOf(withCreate(version, StateKey.POWER_LEVELS, MOD_MEMBER));
    }

    @ParameterizedTest
    @EnumSource
    void selectsTheTargetsMembershipToo(RoomVersion version) {
        for (String membership : List.of("leave", "ban", "visit")) {
            assertThat(selected(version, membership))
                    .containsExactlyElementsOf(
                            withCreate(version, StateKey.POWER_LEVELS, MOD_MEMBER, USER_MEMBER));
        }
    }

    @ParameterizedTest
    @EnumSource
    void selectsTheJoinRulesForAJoinAnInviteAndAKnock(RoomVersion version) {
        for (String membership : List.of("join", "invite", "knock")) {
            assertThat(selected(version, membership))
                    .containsExactlyElementsOf(
                            withCreate(
                                    version,
                                    StateKey.POWER_LEVELS,
                                    MOD_MEMBER,
                                    USER_MEMBER,
                                    StateKey.JOIN_RULES));
        }
    }

    @ParameterizedTest
    @EnumSource
    void selectsAMembershipOnceWhenTheSenderIsTheTarget(RoomVersion version) {
        assertThat(
                        selected(
                                version,
                                "m.room.member",
                                MOD.value(),
                                JsonObject.of("membership", "leave")))
                .containsExactlyElementsOf(withCreate(version, StateKey.POWER_LEVELS, MOD_MEMBER));
    }

    @ParameterizedTest
    @EnumSource
    void selectsTheThirdPartyInviteWhoseTokenAnInviteShows(RoomVersion version) {
        JsonObject shown =
                JsonObject.of("signed", JsonObject.of("token", "abc", "mxid", "@user:here.test"));
        assertThat(member(version, "invite", "third_party_invite", shown))
                .contains(StateKey.thirdPartyInvite("abc"));
        assertThat(member(version, "join", "third_party_invite", shown))
                .doesNotContain(StateKey.thirdPartyInvite("abc"));
    }

    @ParameterizedTest
    @EnumSource
    void selectsTheAuthorizingUsersMembershipForAJoinWhereThereAreRestrictedJoins(
            RoomVersion version) {
        StateKey authorizing = StateKey.member(UserId.parse("@far:there.test"));
        String key = "join_authorised_via_users_server";
        assertThat(member(version, "join", key, "@far:there.test").contains(authorizing))
                .isEqualTo(version.has(Tweak.RESTRICTED_JOINS));
        assertThat(member(version, "invite", key, "@far:there.test")).doesNotContain(authorizing);
    }

    @ParameterizedTest
    @EnumSource
    void needsTheCreateEventEvenWhereItIsNoAuthEvent(RoomVersion version) {
        assertThat(AuthRules.needs(version, "m.room.message", null, MOD, JsonObject.of()))
                .containsExactlyInAnyOrder(StateKey.CREATE, StateKey.POWER_LEVELS, MOD_MEMBER);
    }

    @Test
    void asksForThePowerLevelsThatTheStateKeeps() {
        Events events = new Events(RoomVersion.V12);
        Event create = events.create(JsonObject.of());
        Event levels = events.state("m.room.power_levels", JsonObject.of("events_default", 1));
        PowerLevels kept = PowerLevels.of(RoomVersion.V12, levels, create);
        AtomicInteger asked = new AtomicInteger();
        AuthState state =
                new AuthState() {
                    @Override
                    public @Nullable Event get(StateKey key) {
                        return key.equals(StateKey.CREATE)
                                ? create
                                : key.equals(MOD_MEMBER)
                                        ? events.member(MOD.value(), "join")
                                        : null;
                    }

                    @Override
                    public PowerLevels powerLevels(RoomVersion version, Event of) {
                        asked.incrementAndGet();
                        return kept;
                    }
                };
        Event message =
                events.of("event", JsonObject.of("type", "m.room.message", "sender", MOD.value()));
        AuthResult result = AuthRules.check(message, state, (key, text, signature) -> false);
        assertThat(result.rule()).isEqualTo(AuthRule.SENDER_BELOW_REQUIRED_LEVEL);
        assertThat(asked).hasValue(1);
    }

    @Test
    void givesUpOnAThirdPartyInviteWithMoreKeysAndSignaturesThanAnyoneHas() {
        AtomicInteger verified = new AtomicInteger();
        List<JsonObject> keys = new ArrayList<>();
        JsonObject.Builder signatures = JsonObject.builder();
        for (int i = 0; i < 100; i++) {
            keys.add(JsonObject.of("public_key", Base64s.encode(new byte[32])));
            signatures.put("ed25519:" + i, Base64s.encode(new byte[64]));
        }
        boolean matches =
                ThirdPartySignatures.anyMatches(
                        JsonObject.of("signatures", JsonObject.of("id.test", signatures.build())),
                        JsonObject.of("public_keys", JsonArray.of(keys)),
                        (key, message, signature) -> verified.incrementAndGet() < 0);
        assertThat(matches).isFalse();
        assertThat(verified).hasValueLessThanOrEqualTo(256);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5  | 0  | leave  | the sender's level 5 is below the kick level 20",
                "20 | 20 | leave  | the level of @user:here.test is not below that of the sender",
                "5  | 0  | ban    | the sender's level 5 is below the ban level 10",
                "10 | 10 | ban    | the level of @user:here.test is not below that of the sender",
                "5  | 0  | invite | the sender's level 5 is below the invite level 7",
            })
    void saysWhichLevelIsMissing(long own, long others, String membership, String detail) {
        Events events = new Events(RoomVersion.V11);
        JsonObject levels =
                JsonObject.of(
                        "kick",
                        20,
                        "ban",
                        10,
                        "invite",
                        7,
                        "users_default",
                        others,
                        "users",
                        JsonObject.of(MOD.value(), own));
        AuthState state =
                AuthState.of(
                        List.of(
                                events.create(JsonObject.of()),
                                events.member(MOD.value(), "join"),
                                events.state("m.room.power_levels", levels)));
        Event event =
                events.of(
                        "event",
                        JsonObject.of(
                                "type",
                                "m.room.member",
                                "sender",
                                MOD.value(),
                                "state_key",
                                "@user:here.test",
                                "content",
                                JsonObject.of("membership", membership)));
        assertThat(AuthRules.check(event, state, (key, text, signature) -> false))
                .isInstanceOfSatisfying(
                        AuthResult.Rejected.class,
                        rejected -> assertThat(rejected.detail()).isEqualTo(detail));
    }

    private static List<StateKey> withCreate(RoomVersion version, StateKey... keys) {
        List<StateKey> all = new ArrayList<>();
        if (!version.has(Tweak.ROOM_ID_IS_HASH)) {
            all.add(StateKey.CREATE);
        }
        all.addAll(List.of(keys));
        return all;
    }

    private static List<StateKey> selected(RoomVersion version, String membership) {
        return selected(
                version,
                "m.room.member",
                "@user:here.test",
                JsonObject.of("membership", membership));
    }

    private static List<StateKey> member(
            RoomVersion version, String membership, String key, Object value) {
        return selected(
                version,
                "m.room.member",
                "@user:here.test",
                JsonObject.of("membership", membership, key, value));
    }

    private static List<StateKey> selected(
            RoomVersion version, String type, @Nullable String stateKey, JsonObject content) {
        return List.copyOf(AuthRules.authEventKeys(version, type, stateKey, MOD, content));
    }
}
