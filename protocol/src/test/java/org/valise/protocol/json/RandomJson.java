package org.valise.protocol.json;

import org.valise.protocol.json.JsonObject.Builder;

import java.util.random.RandomGenerator;

/// Makes JSON for property tests: a seed, the same values.
public final class RandomJson {
    private static final String[] PIECES = {
        "a", "b", "m.", "room", "\"", "\\", "\n", "\u0000", "\u001f", "\u007f", "é", "\u07ff",
                "\u0800", "日",
        "\ud7ff", "\ue000", "\uffff", "😀", "\udbff\udfff", "/", " ", "{", "}", "[", "]", ",", ":",
                "content"
    };

    private final RandomGenerator random;
    private final boolean canonical;

    private RandomJson(RandomGenerator random, boolean canonical) {
        this.random = random;
        this.canonical = canonical;
    }

    /// Any JSON.
    public static RandomJson any(RandomGenerator random) {
        return new RandomJson(random, false);
    }

    /// JSON whose numbers Canonical JSON allows.
    public static RandomJson canonical(RandomGenerator random) {
        return new RandomJson(random, true);
    }

    public JsonObject object(int depth) {
        int size = random.nextInt(20) == 0 ? random.nextInt(60) : random.nextInt(6);
        Builder builder = JsonObject.builder();
        for (int i = 0; i < size; i++) {
            builder.put(text(), value(depth - 1));
        }
        return builder.build();
    }

    public JsonValue value(int depth) {
        return switch (random.nextInt(depth <= 0 ? 5 : 8)) {
            case 0 -> new JsonString(text());
            case 1 -> JsonBoolean.of(random.nextBoolean());
            case 2 -> JsonNull.NULL;
            case 3, 4 -> number();
            case 5, 6 -> object(depth);
            default -> {
                JsonValue[] values = new JsonValue[random.nextInt(5)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = value(depth - 1);
                }
                yield JsonArray.of((Object[]) values);
            }
        };
    }

    private JsonNumber number() {
        return switch (random.nextInt(canonical ? 2 : 6)) {
            case 0 -> JsonNumber.of(random.nextInt(1000) - 200);
            case 1 ->
                    JsonNumber.of(
                            random.nextLong(
                                    -CanonicalJson.MAX_INTEGER, CanonicalJson.MAX_INTEGER + 1));
            case 2 -> JsonNumber.of(random.nextLong());
            case 3 -> JsonNumber.of(Double.longBitsToDouble(random.nextLong() & ~(1L << 62)));
            case 4 -> JsonNumber.ofText("-0");
            default ->
                    JsonNumber.ofText(
                            random.nextLong()
                                    + ""
                                    + random.nextLong(1L << 60)
                                    + "e"
                                    + random.nextInt(400));
        };
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        int pieces = random.nextInt(8);
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    /// The JSON with whitespace and escapes that need not be there.
    public String verbose(JsonValue value) {
        StringBuilder out = new StringBuilder();
        verbose(value, out);
        return out.toString();
    }

    private void verbose(JsonValue value, StringBuilder out) {
        space(out);
        switch (value) {
            case JsonObject object -> {
                out.append('{');
                String[] separator = {""};
                object.forEach((key, member) -> {
                    out.append(separator[0]);
                    space(out);
                    quoted(key, out);
                    space(out);
                    out.append(':');
                    verbose(member, out);
                    separator[0] = ",";
                });
                space(out);
                out.append('}');
            }
            case JsonArray array -> {
                out.append('[');
                String separator = "";
                for (JsonValue element : array) {
                    out.append(separator);
                    verbose(element, out);
                    separator = ",";
                }
                space(out);
                out.append(']');
            }
            case JsonString string -> quoted(string.value(), out);
            default -> out.append(value);
        }
        space(out);
    }

    private void space(StringBuilder out) {
        while (random.nextInt(4) == 0) {
            out.append(" \n\r\t".charAt(random.nextInt(4)));
        }
    }

    private void quoted(String text, StringBuilder out) {
        out.append('"');
        for (char unit : text.toCharArray()) {
            boolean must = unit < 0x20 || unit == '"' || unit == '\\';
            if (must || !Character.isSurrogate(unit) && random.nextInt(5) == 0) {
                out.append(String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) unit));
            } else {
                out.append(unit);
            }
        }
        out.append('"');
    }
}
