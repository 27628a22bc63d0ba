package org.valise.protocol.json;

/// Canonical JSON: the one encoding of an object that is hashed and signed.
///
/// Spec: Appendices, "Canonical JSON".
public final class CanonicalJson {
    /// The largest integer that Canonical JSON allows, 2^53 - 1; the smallest is its negative.
    public static final long MAX_INTEGER = (1L << 53) - 1;

    private CanonicalJson() {}

    /// The strict form, which events of room versions 6 and later must have.
    ///
    /// @throws JsonException for a number that is not an integer within ±(2^53 - 1), for `-0`, and
    ///   for lone surrogates
    public static byte[] encode(JsonObject object) {
        return JsonWriter.write(object, JsonWriter.Form.CANONICAL);
    }

    /// The lenient form for events of room versions 1 to 5 and for signed JSON that is not an
    /// event: numbers outside the rules are kept as they are written, except that `-0` becomes `0`,
    /// and an integer written with a plain exponent (`1e10`) becomes its digits.
    public static byte[] encodeLoose(JsonObject object) {
        return JsonWriter.write(object, JsonWriter.Form.LOOSE);
    }
}
