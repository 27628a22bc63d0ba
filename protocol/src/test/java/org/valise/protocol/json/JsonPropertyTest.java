package org.valise.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

import java.util.Arrays;
import java.util.SplittableRandom;

/// What holds for all JSON, tried on much of it. The number of a failing case is the seed that
/// makes it again.
final class JsonPropertyTest {
    private static final int CASES = 4_000;
    private static final int LONG_CASES = 3_000_000;

    private static final JsonFactory JACKSON =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    @Test
    void whatIsWrittenIsReadBack() {
        for (int seed = 0; seed < CASES; seed++) {
            JsonObject object = RandomJson.any(new SplittableRandom(seed)).object(4);
            byte[] written = Json.write(object);
            JsonObject read = Json.parseObject(written);
            assertThat(read).as("seed %d", seed).isEqualTo(object);
            assertThat(read.hashCode()).isEqualTo(object.hashCode());
            assertThat(Json.write(read)).isEqualTo(written);
            assertThat(Json.parse(object.toString())).isEqualTo(object);
        }
    }

    @Test
    void whitespaceAndEscapesChangeNothing() {
        for (int seed = 0; seed < CASES; seed++) {
            RandomJson json = RandomJson.any(new SplittableRandom(seed));
            JsonObject object = json.object(4);
            assertThat(Json.parse(json.verbose(object))).as("seed %d", seed).isEqualTo(object);
        }
    }

    @Test
    void canonicalJsonIsAFixedPointAndForgetsTheOrderOfKeys() {
        for (int seed = 0; seed < CASES; seed++) {
            JsonObject object = RandomJson.canonical(new SplittableRandom(seed)).object(4);
            byte[] canonical = CanonicalJson.encode(object);
            JsonObject read = Json.parseObject(canonical);
            assertThat(read).as("seed %d", seed).isEqualTo(object);
            assertThat(CanonicalJson.encode(read)).isEqualTo(canonical);
            assertThat(Json.write(read)).isEqualTo(canonical);
            assertThat(CanonicalJson.encodeLoose(object)).isEqualTo(canonical);
            assertThat(CanonicalJson.encode(reversed(object))).isEqualTo(canonical);
        }
    }

    @Test
    void looseCanonicalJsonIsAFixedPointForAllNumbers() {
        for (int seed = 0; seed < CASES; seed++) {
            JsonObject object = RandomJson.any(new SplittableRandom(seed)).object(4);
            byte[] loose = CanonicalJson.encodeLoose(object);
            assertThat(CanonicalJson.encodeLoose(Json.parseObject(loose)))
                    .as("seed %d", seed)
                    .isEqualTo(loose);
        }
    }

    @Test
    void keysAreOrderedAsTheirCodePointsAre() {
        for (int seed = 0; seed < CASES; seed++) {
            RandomJson json = RandomJson.any(new SplittableRandom(seed));
            String a = json.text();
            String b = json.text();
            assertThat(Integer.signum(KeyOrder.compare(a, b)))
                    .as("seed %d", seed)
                    .isEqualTo(
                            Integer.signum(
                                    Arrays.compare(
                                            a.codePoints().toArray(), b.codePoints().toArray())));
        }
    }

    @Test
    void brokenBytesAreRefusedAndNothingWorse() {
        for (int seed = 0; seed < CASES; seed++) {
            tryBroken(seed);
        }
    }

    @Test
    @Tag("long")
    void brokenBytesAreRefusedAndNothingWorseForLong() {
        for (int seed = CASES; seed < LONG_CASES; seed++) {
            tryBroken(seed);
        }
    }

    /// Bytes that were JSON until some of them were changed: our parser throws only its exception,
    /// and it accepts nothing that Jackson refuses.
    private static void tryBroken(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = broken(random);
        JsonValue parsed;
        try {
            parsed = Json.parse(bytes);
        } catch (JsonException refused) {
            assertThat(refused.position()).as("seed %d", seed).isBetween(-1, bytes.length);
            return;
        } catch (RuntimeException | Error other) {
            fail("seed " + seed + " on " + new String(bytes, UTF_8), other);
            return;
        }
        assertThat(jacksonAccepts(bytes))
                .as("seed %d: %s", seed, new String(bytes, UTF_8))
                .isTrue();
        assertThat(new String(bytes, UTF_8).getBytes(UTF_8)).as("seed %d", seed).isEqualTo(bytes);
        assertThat(Json.parse(Json.write(parsed))).as("seed %d", seed).isEqualTo(parsed);
    }

    /// What Jackson accepts as strict JSON, and is UTF-8 without lone surrogates, ours must accept
    /// too.
    @Test
    void acceptsAllThatJacksonAccepts() {
        for (int seed = 0; seed < CASES; seed++) {
            RandomJson json = RandomJson.any(new SplittableRandom(seed));
            byte[] bytes = json.verbose(json.object(4)).getBytes(UTF_8);
            assertThat(jacksonAccepts(bytes)).as("seed %d", seed).isTrue();
            Json.parse(bytes);
        }
    }

    private static byte[] broken(SplittableRandom random) {
        if (random.nextInt(10) == 0) {
            byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            return noise;
        }
        RandomJson json = RandomJson.any(random);
        JsonObject object = json.object(3);
        byte[] bytes =
                random.nextBoolean() ? Json.write(object) : json.verbose(object).getBytes(UTF_8);
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = (byte) "{}[]\",:\\ud8t0-.e".charAt(random.nextInt(16));
                case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 3 -> bytes = Arrays.copyOf(bytes, at + 1);
                default -> bytes[at] = bytes[random.nextInt(bytes.length)];
            }
        }
        return bytes;
    }

    private static boolean jacksonAccepts(byte[] bytes) {
        try (JsonParser parser = JACKSON.createParser(ObjectReadContext.empty(), bytes)) {
            int values = 0;
            int depth = 0;
            while (parser.nextToken() != null) {
                if (parser.currentToken().isStructStart()) {
                    depth++;
                } else if (parser.currentToken().isStructEnd()) {
                    depth--;
                } else if (parser.currentToken().isScalarValue()) {
                    parser.getString();
                }
                values += depth == 0 ? 1 : 0;
            }
            return values == 1;
        } catch (JacksonException refused) {
            return false;
        }
    }

    private static JsonObject reversed(JsonObject object) {
        JsonObject.Builder builder = JsonObject.builder();
        object.keys().reversed().forEach(key -> builder.put(key, object.get(key)));
        return builder.build();
    }
}
