package org.valise.protocol.signature;

import java.util.Base64;
import java.util.Optional;

/// Unpadded Base64, standard and URL-safe.
///
/// Spec: Appendices, "Unpadded Base64". "When decoding Base64, implementations SHOULD accept input
/// with or without padding characters."
public final class Base64s {
    private Base64s() {}

    public static String encode(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    public static String encodeUrlSafe(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// The bytes of standard Base64, padded or not; empty when it is none.
    public static Optional<byte[]> decode(String text) {
        return decode(Base64.getDecoder(), text);
    }

    public static Optional<byte[]> decodeUrlSafe(String text) {
        return decode(Base64.getUrlDecoder(), text);
    }

    private static Optional<byte[]> decode(Base64.Decoder decoder, String text) {
        try {
            return Optional.of(decoder.decode(text));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }
}
