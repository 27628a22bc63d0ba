package org.valise.federation.keys;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Signer;
import org.valise.testing.TestDatabase;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

class KeyRingTest {
    private static final TestDatabase TEST =
            TestDatabase.create(List.of("org/valise/federation/migration"));
    private static final ServerName HERE = ServerName.parse("here.example");
    private static final ServerName THERE = ServerName.parse("there.example:8448");
    private static final ServerName NOTARY = ServerName.parse("notary.example");
    private static final Duration DAY = Duration.ofDays(1);

    private final Ed25519 ed25519 = Ed25519.fastest();
    private final Movable clock = new Movable();
    private final Map<ServerName, JsonObject> answers = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final Map<ServerName, JsonObject> vouched = new ConcurrentHashMap<>();
    private final AtomicInteger askedNotary = new AtomicInteger();
    private KeyRing ring;
    private KeyNotary notary;
    private ServerKeys own;

    /// A clock that tests move.
    private static final class Movable extends Clock {
        private Instant now = Instant.parse("2026-11-21T12:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private record Key(ServerName server, KeyId keyId, SigningKey key) implements Signer {
        @Override
        public byte[] sign(byte[] message) {
            return key.sign(message);
        }
    }

    @BeforeEach
    void empty() {
        TEST.database()
                .run(tx ->
                        tx.update(
                                "TRUNCATE federation.signing_keys, federation.remote_keys,"
                                        + " federation.remote_key_statements"));
        own = ServerKeys.open(TEST.database(), HERE, ed25519, clock);
        ring = node();
        notary = new KeyNotary(TEST.database(), ring, own, new OwnStatement(own, clock), clock);
    }

    private KeyRing node() {
        return ring(server -> {
            asked.incrementAndGet();
            return Optional.ofNullable(answers.get(server));
        });
    }

    private KeyRing ring(KeySource source) {
        return new KeyRing(
                TEST.database(),
                new KeyFetcher(TEST.database(), source, ed25519, clock),
                trusted(),
                own,
                clock);
    }

    private TrustedNotaries trusted() {
        return new TrustedNotaries(
                TEST.database(),
                List.of(NOTARY),
                (notary, servers) -> {
                    askedNotary.addAndGet(servers.size());
                    return Optional.ofNullable(vouched.get(notary));
                },
                ed25519,
                clock);
    }

    @AfterAll
    static void close() {
        TEST.close();
    }

    private Key key(ServerName server, int number) {
        byte[] seed = new byte[32];
        seed[0] = (byte) number;
        return new Key(server, KeyId.ed25519("k" + number), ed25519.signingKey(seed));
    }

    private static JsonObject listed(Key key) {
        return JsonObject.of(
                key.keyId().value(), JsonObject.of("key", Base64s.encode(key.key().publicKey())));
    }

    private JsonObject unsigned(Key key, Duration valid) {
        return JsonObject.of(
                "server_name",
                key.server().value(),
                "verify_keys",
                listed(key),
                "valid_until_ts",
                clock.instant().plus(valid).toEpochMilli());
    }

    private JsonObject statement(Key key, Duration valid) {
        return JsonSigning.sign(unsigned(key, valid), key);
    }

    private KeyRing.Need need(Key key, Instant at) {
        return new KeyRing.Need(key.server(), key.keyId(), at);
    }

    @Test
    void asksOnceAndRemembersOverRestarts() {
        Key key = key(THERE, 1);
        answers.put(THERE, statement(key, DAY));
        assertThat(ring.forRequest(THERE, key.keyId())).contains(key.key().publicKey());
        assertThat(ring.forRequest(THERE, key.keyId())).contains(key.key().publicKey());
        assertThat(node().forRequest(THERE, key.keyId())).contains(key.key().publicKey());
        assertThat(asked).hasValue(1);
    }

    @Test
    void aRequestNeedsAKeyThatIsValidNow() {
        Key key = key(THERE, 1);
        answers.put(THERE, statement(key, DAY));
        assertThat(ring.forRequest(THERE, key.keyId())).isPresent();
        answers.clear();
        clock.pass(DAY.plusSeconds(1));
        assertThat(ring.forRequest(THERE, key.keyId())).isEmpty();
        assertThat(asked).hasValue(2);
        // what was signed while it was valid stays so
        KeyRing.Need then = need(key, clock.instant().minusSeconds(60));
        assertThat(ring.forEvents(List.of(then))).containsKey(then);
        KeyRing.Need now = need(key, clock.instant());
        assertThat(ring.forEvents(List.of(now))).isEmpty();
        // room versions that do not enforce it give no time
        KeyRing.Need ever = need(key, Instant.EPOCH);
        assertThat(ring.forEvents(List.of(ever))).containsKey(ever);
    }

    private static Event event(RoomVersion version, Key signer, Instant at) {
        String room =
                version.has(Tweak.ROOM_ID_IS_HASH) ? "A".repeat(43) : "made:" + signer.server();
        return EventBuilder.of(version)
                .eventId(EventId.parse("$made:" + signer.server()))
                .roomId(RoomId.parse("!" + room))
                .sender(UserId.parse("@made:" + signer.server()))
                .type("m.room.message")
                .depth(1)
                .originServerTs(at.toEpochMilli())
                .sign(signer);
    }

    /// Room version 5: "when validating event signatures, servers MUST enforce the valid_until_ts
    /// property from a key request is at least as large as the origin_server_ts for the event being
    /// validated."
    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void beforeRoomVersion5AKeyCountsWheneverItIsValid(RoomVersion version) {
        Key key = key(THERE, 1);
        answers.put(THERE, statement(key, DAY));
        Instant until = clock.instant().plus(DAY);
        KeyRing.Need inTime = KeyRing.Need.of(event(version, key, until), THERE, key.keyId());
        KeyRing.Need late =
                KeyRing.Need.of(event(version, key, until.plusMillis(1)), THERE, key.keyId());
        boolean enforced = version.compareTo(RoomVersion.V5) >= 0;
        assertThat(ring.forEvents(List.of(inTime))).containsKey(inTime);
        assertThat(ring.forEvents(List.of(late)).containsKey(late)).isEqualTo(!enforced);
        assertThat(ring.knownForEvents(List.of(late)).containsKey(late)).isEqualTo(!enforced);
        answers.clear();
        clock.pass(Duration.ofDays(30));
        assertThat(ring.forEvents(List.of(inTime))).containsKey(inTime);
        assertThat(ring.forEvents(List.of(late)).containsKey(late)).isEqualTo(!enforced);
    }

    @Test
    void noKeyIsTrustedForLongerThanSevenDays() {
        Key key = key(THERE, 1);
        answers.put(THERE, statement(key, Duration.ofDays(1_000)));
        assertThat(ring.forRequest(THERE, key.keyId())).isPresent();
        answers.clear();
        clock.pass(Duration.ofDays(7));
        assertThat(ring.forRequest(THERE, key.keyId())).isPresent();
        clock.pass(Duration.ofMillis(1));
        assertThat(ring.forRequest(THERE, key.keyId())).isEmpty();
    }

    @Test
    void anOldKeyIsForEventsOfItsTimeOnly() {
        Key key = key(THERE, 1);
        Key old = key(THERE, 2);
        Instant expired = clock.instant().minus(DAY);
        JsonObject listedOld =
                JsonObject.of(
                        old.keyId().value(),
                        listed(old)
                                .object(old.keyId().value())
                                .orElseThrow()
                                .with("expired_ts", expired.toEpochMilli()));
        answers.put(
                THERE,
                JsonSigning.sign(unsigned(key, DAY).with("old_verify_keys", listedOld), key));
        assertThat(ring.forRequest(THERE, old.keyId())).isEmpty();
        KeyRing.Need then = need(old, expired);
        KeyRing.Need later = need(old, expired.plusMillis(1));
        assertThat(ring.forEvents(List.of(then, later))).containsOnlyKeys(then);
    }

    @Test
    void aKeyThatIsNoLongerListedIsTakenBack() {
        Key key = key(THERE, 1);
        Key next = key(THERE, 2);
        answers.put(THERE, statement(key, DAY));
        assertThat(ring.forRequest(THERE, key.keyId())).isPresent();
        Instant signed = clock.instant();
        clock.pass(Duration.ofMinutes(1));
        answers.put(THERE, statement(next, DAY));
        assertThat(ring.forRequest(THERE, next.keyId())).isPresent();
        assertThat(ring.forRequest(THERE, key.keyId())).isEmpty();
        assertThat(ring.forEvents(List.of(need(key, signed)))).hasSize(1);
        assertThat(ring.forEvents(List.of(need(key, clock.instant().plusMillis(1))))).isEmpty();
    }

    @Test
    void believesNoStatementOfAnotherOrWithoutItsOwnSignature() {
        Key key = key(THERE, 1);
        Key other = key(ServerName.parse("other.example"), 2);
        JsonObject good = statement(key, DAY);
        for (JsonObject bad :
                List.of(
                        JsonObject.of(),
                        statement(other, DAY),
                        unsigned(key, DAY),
                        good.without("valid_until_ts"),
                        good.with("valid_until_ts", "soon"),
                        good.with("valid_until_ts", -1),
                        good.with("valid_until_ts", Long.MAX_VALUE),
                        good.with("verify_keys", JsonObject.of()),
                        good.with("verify_keys", listed(other)),
                        good.with("verify_keys", "none"),
                        good.with("extra", 1),
                        JsonSigning.sign(unsigned(key, DAY), other))) {
            answers.put(THERE, bad);
            assertThat(ring.forRequest(THERE, key.keyId())).as(bad.toString()).isEmpty();
            assertThat(ring.forRequest(THERE, other.keyId())).as(bad.toString()).isEmpty();
            clock.pass(Duration.ofHours(2));
        }
        answers.put(THERE, statement(key, DAY));
        assertThat(ring.forRequest(THERE, key.keyId())).isPresent();
    }

    @Test
    void asksAServerThatDoesNotAnswerEverMoreRarely() {
        Key key = key(THERE, 1);
        for (int second = 0; second < 3_600; second++) {
            ring.forRequest(THERE, key.keyId());
            clock.pass(Duration.ofSeconds(1));
        }
        assertThat(asked.get()).isBetween(3, 9);
    }

    @Test
    void anUnknownKeyOfAServerThatAnswersIsNotAskedForAgainAndAgain() {
        answers.put(THERE, statement(key(THERE, 1), DAY));
        for (int i = 0; i < 100; i++) {
            assertThat(ring.forRequest(THERE, KeyId.ed25519("none" + i))).isEmpty();
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void theKeysOfManyServersComeWithOneQueryAndAreAskedForAtOnce() throws Exception {
        Map<KeyRing.Need, byte[]> wanted = new HashMap<>();
        for (int i = 1; i <= 8; i++) {
            Key key = key(ServerName.parse("s" + i + ".example"), i);
            answers.put(key.server(), statement(key, DAY));
            wanted.put(need(key, clock.instant()), key.key().publicKey());
        }
        CountDownLatch all = new CountDownLatch(8);
        KeySource source =
                server -> {
                    all.countDown();
                    try {
                        return all.await(20, TimeUnit.SECONDS)
                                ? Optional.ofNullable(answers.get(server))
                                : Optional.empty();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                };
        KeyRing atOnce = ring(source);
        assertThat(atOnce.forEvents(wanted.keySet())).hasSize(8);
        long before = TEST.database().statements();
        KeyRing restarted = node();
        Map<KeyRing.Need, byte[]> found = restarted.forEvents(wanted.keySet());
        assertThat(TEST.database().statements() - before).isEqualTo(1);
        wanted.forEach((need, key) -> assertThat(found.get(need)).isEqualTo(key));
    }

    @Test
    void oneServerIsAskedWhileHundredsAreWaitedFor() throws Exception {
        Key key = key(THERE, 1);
        answers.put(THERE, statement(key, DAY));
        CountDownLatch silence = new CountDownLatch(1);
        KeyRing busy =
                ring(server -> {
                    if (!server.equals(THERE)) {
                        await(silence);
                    }
                    return Optional.ofNullable(answers.get(server));
                });
        Set<KeyRing.Need> hundreds = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            hundreds.add(need(key(ServerName.parse("s" + i + ".example"), i), clock.instant()));
        }
        hundreds.add(need(key, clock.instant()));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var large = threads.submit(() -> busy.forEvents(hundreds));
            var request = threads.submit(() -> busy.forRequest(THERE, key.keyId()));
            assertThat(request.get(20, TimeUnit.SECONDS)).isPresent();
            assertThat(large).isNotDone();
            silence.countDown();
            large.get();
        }
    }

    @Test
    void whoWaitsForASilentServerKeepsNobodyFromAskingOthers() throws Exception {
        Key key = key(THERE, 1);
        answers.put(THERE, statement(key, DAY));
        CountDownLatch silence = new CountDownLatch(1);
        KeyRing busy =
                ring(server -> {
                    if (!server.equals(THERE)) {
                        asked.incrementAndGet();
                        await(silence);
                    }
                    return Optional.ofNullable(answers.get(server));
                });
        Key silent = key(ServerName.parse("silent.example"), 2);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                threads.submit(() -> busy.forRequest(silent.server(), silent.keyId()));
            }
            var request = threads.submit(() -> busy.forRequest(THERE, key.keyId()));
            assertThat(request.get(20, TimeUnit.SECONDS)).isPresent();
            silence.countDown();
        }
        assertThat(asked).hasValue(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void threadsThatNeedTheSameServerAskOnce() throws Exception {
        Key key = key(THERE, 1);
        answers.put(THERE, statement(key, DAY));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Optional<byte[]>> look = () -> ring.forRequest(THERE, key.keyId());
            var lookups = threads.invokeAll(Collections.nCopies(20, look));
            for (var lookup : lookups) {
                assertThat(lookup.get()).isPresent();
            }
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void keepsNoMoreKeysOfAServerThanItMayHave() {
        Key key = key(THERE, 1);
        for (int round = 0; round < 7; round++) {
            JsonObject.Builder old = JsonObject.builder();
            for (int i = 0; i < 200; i++) {
                old.put(
                        "ed25519:r" + round + "_" + i,
                        JsonObject.of(
                                "key",
                                Base64s.encode(key.key().publicKey()),
                                "expired_ts",
                                clock.instant().toEpochMilli()));
            }
            answers.put(
                    THERE,
                    JsonSigning.sign(unsigned(key, DAY).with("old_verify_keys", old.build()), key));
            ring.forRequest(THERE, KeyId.ed25519("none"));
            clock.pass(Duration.ofMinutes(1));
        }
        assertThat(
                        TEST.database()
                                .<Long>read(tx ->
                                        tx.only(
                                                "SELECT count(*) FROM federation.remote_keys",
                                                row -> row.getLong(1))))
                .isEqualTo(1_000);
        assertThat(node().forRequest(THERE, key.keyId())).isPresent();
    }

    @Test
    void theNotarySignsWhatTheServerSignedAndKeepsItWhenTheServerIsGone() {
        Key key = key(THERE, 1);
        answers.put(THERE, statement(key, DAY));
        JsonObject answer = vouched(THERE, clock.instant());
        assertThat(signedBy(answer, THERE, key.keyId(), key.key().publicKey())).isTrue();
        assertThat(signedBy(answer, HERE, own.keyId(), own.publicKey())).isTrue();
        assertThat(answer.without("signatures")).isEqualTo(unsigned(key, DAY));
        answers.clear();
        clock.pass(Duration.ofDays(30));
        assertThat(vouched(THERE, clock.instant()).without("signatures"))
                .isEqualTo(answer.without("signatures"));
        assertThat(asked).hasValue(2);
    }

    @Test
    void theNotaryAsksAgainAfterHalfOfTheTimeOrWhenLongerIsWanted() {
        Key key = key(THERE, 1);
        answers.put(THERE, statement(key, DAY));
        vouched(THERE, clock.instant());
        clock.pass(Duration.ofHours(11));
        vouched(THERE, clock.instant());
        assertThat(asked).hasValue(1);
        vouched(THERE, clock.instant().plus(DAY));
        assertThat(asked).hasValue(2);
        clock.pass(Duration.ofHours(13));
        vouched(THERE, clock.instant());
        assertThat(asked).hasValue(3);
    }

    @Test
    void theNotaryKnowsNothingOfServersThatNeverAnswered() {
        assertThat(notary.answer(Map.of(THERE, clock.instant()))).isEmpty();
        JsonObject mine = vouched(HERE, clock.instant());
        assertThat(mine.string("server_name")).contains("here.example");
    }

    @Test
    void ownKeysAreSignedValidForADayAndListOldOnes() {
        KeyId oldId = own.keyId();
        own.rotate();
        JsonObject mine = new OwnStatement(own, clock).signed();
        assertThat(signedBy(mine, HERE, own.keyId(), own.publicKey())).isTrue();
        assertThat(mine.object("verify_keys").orElseThrow().keys())
                .containsExactly(own.keyId().value());
        assertThat(mine.object("old_verify_keys").orElseThrow().keys())
                .containsExactly(oldId.value());
        assertThat(mine.integer("valid_until_ts"))
                .contains(clock.instant().plus(DAY).toEpochMilli());
        assertThat(KeyStatement.read(HERE, mine, clock.instant(), ed25519)).isPresent();
    }

    private JsonObject vouched(ServerName server, Instant until) {
        List<JsonObject> answer = notary.answer(Map.of(server, until));
        assertThat(answer).hasSize(1);
        return answer.getFirst();
    }

    private boolean signedBy(JsonObject object, ServerName server, KeyId id, byte[] publicKey) {
        return JsonSigning.verify(object, server.value(), id, publicKey, ed25519);
    }

    private static JsonObject vouched(JsonObject... statements) {
        return JsonObject.of("server_keys", JsonArray.of((Object[]) statements));
    }

    @Test
    void believesATrustedNotaryAboutWhoDoesNotAnswer() {
        Key key = key(THERE, 1);
        Key ofNotary = key(NOTARY, 2);
        answers.put(NOTARY, statement(ofNotary, DAY));
        vouched.put(NOTARY, vouched(JsonSigning.sign(statement(key, DAY), ofNotary)));
        KeyRing.Need need = need(key, clock.instant());
        assertThat(ring.forEvents(List.of(need))).containsOnlyKeys(need);
        // Once for each time that the server is asked itself.
        ring.forEvents(List.of(need(key(THERE, 3), clock.instant())));
        assertThat(askedNotary).hasValue(1);
        assertThat(ring.forRequest(THERE, key.keyId())).isPresent();
    }

    @Test
    void asksNoNotaryAboutRequestsNorAboutWhoAnswers() {
        Key key = key(THERE, 1);
        assertThat(ring.forRequest(THERE, key.keyId())).isEmpty();
        clock.pass(Duration.ofHours(2));
        answers.put(THERE, statement(key(THERE, 2), DAY));
        assertThat(ring.forEvents(List.of(need(key, clock.instant())))).isEmpty();
        assertThat(askedNotary).hasValue(0);
    }

    @Test
    void believesNoNotaryWhoseSignatureOrTheServersOwnIsMissing() {
        Key key = key(THERE, 1);
        Key ofNotary = key(NOTARY, 2);
        Key ofStranger = key(NOTARY, 3);
        answers.put(NOTARY, statement(ofNotary, DAY));
        KeyRing.Need need = need(key, clock.instant());
        for (JsonObject lie :
                List.of(
                        statement(key, DAY),
                        JsonSigning.sign(statement(key, DAY), ofStranger),
                        JsonSigning.sign(unsigned(key, DAY), ofNotary),
                        JsonSigning.sign(statement(key(HERE, 1), DAY), ofNotary))) {
            vouched.put(NOTARY, vouched(lie));
            assertThat(ring.forEvents(List.of(need))).isEmpty();
            clock.pass(Duration.ofHours(2));
        }
        assertThat(askedNotary).hasValue(4);
    }

    @Test
    void aNotaryTakesNothingBackThatAServerSaidItself() {
        Key key = key(THERE, 1);
        Key other = key(THERE, 2);
        Key forged = new Key(THERE, key.keyId(), key(THERE, 9).key());
        Key ofNotary = key(NOTARY, 3);
        answers.put(THERE, statement(key, DAY));
        answers.put(NOTARY, statement(ofNotary, DAY.multipliedBy(30)));
        KeyRing.Need need = need(key, clock.instant());
        assertThat(ring.forEvents(List.of(need)).get(need)).isEqualTo(key.key().publicKey());
        answers.remove(THERE);
        clock.pass(DAY.plus(Duration.ofHours(1)));
        Instant later = clock.instant();
        vouched.put(
                NOTARY,
                vouched(
                        JsonSigning.sign(
                                JsonSigning.sign(
                                        unsigned(forged, DAY)
                                                .with(
                                                        "verify_keys",
                                                        listed(forged).toBuilder()
                                                                .putAll(listed(other))
                                                                .build()),
                                        other),
                                ofNotary)));
        assertThat(ring.forEvents(List.of(need(key, later), need(other, later))))
                .containsOnlyKeys(need(other, later));
        assertThat(ring.forEvents(List.of(need)).get(need)).isEqualTo(key.key().publicKey());
    }
}
