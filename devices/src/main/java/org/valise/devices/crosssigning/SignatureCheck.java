package org.valise.devices.crosssigning;

import org.jspecify.annotations.Nullable;
import org.valise.devices.keys.CrossSigningStore;
import org.valise.devices.keys.CrossSigningStore.UserSignature;
import org.valise.devices.keys.CrossSigningUsage;
import org.valise.devices.keys.DeviceKeysStore;
import org.valise.devices.keys.Signatures;
import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Verifier;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which of the signatures that a user uploads are good, and what they are of.
///
/// *The signed JSON object must match the key previously uploaded or retrieved for the given key
/// ID, with the exception of the `signatures` property.*
final class SignatureCheck {
    private static final int MAX_KEY_BYTES = 16 << 10;

    private final Caller caller;
    private final String own;
    private final Map<String, DeviceKeysStore.Stored> devices = new HashMap<>();
    private final Map<String, Map<CrossSigningUsage, CrossSigningStore.Stored>> users =
            new HashMap<>();
    private final Verifier verifier;

    private final List<DeviceKeysStore.Stored> signedDevices = new ArrayList<>();
    private CrossSigningStore.@Nullable Stored signedMaster;
    private final List<UserSignature> others = new ArrayList<>();
    private final Map<String, JsonObject.Builder> failures = new LinkedHashMap<>();

    /// @param devices the caller's
    /// @param keys the caller's and those of the other users
    SignatureCheck(
            Caller caller,
            List<DeviceKeysStore.Stored> devices,
            List<CrossSigningStore.OfUser> keys,
            Verifier verifier) {
        this.caller = caller;
        this.own = caller.user().value();
        this.verifier = verifier;
        devices.forEach(device -> this.devices.put(device.device(), device));
        for (CrossSigningStore.OfUser key : keys) {
            users.computeIfAbsent(key.user(), any -> new HashMap<>())
                    .put(key.key().usage(), key.key());
        }
    }

    void run(Map<String, JsonObject> given) {
        given.forEach((user, keys) -> {
            for (Map.Entry<String, JsonValue> key : keys.entries()) {
                try {
                    if (!(key.getValue() instanceof JsonObject signed)) {
                        throw new MatrixException(
                                ErrorCode.M_BAD_JSON, "A signed key is an object");
                    }
                    if (user.equals(own)) {
                        checkOwn(key.getKey(), signed);
                    } else {
                        checkOther(user, key.getKey(), signed);
                    }
                } catch (MatrixException refusal) {
                    failures.computeIfAbsent(user, any -> JsonObject.builder())
                            .put(key.getKey(), refusal.json());
                }
            }
        });
    }

    List<DeviceKeysStore.Stored> signedDevices() {
        return signedDevices;
    }

    CrossSigningStore.@Nullable Stored signedMaster() {
        return signedMaster;
    }

    List<UserSignature> others() {
        return others;
    }

    JsonObject failures() {
        var json = JsonObject.builder();
        failures.forEach((user, keys) -> json.put(user, keys.build()));
        return json.build();
    }

    private void checkOwn(String id, JsonObject signed) {
        DeviceKeysStore.Stored device = devices.get(id);
        Optional<CrossSigningStore.Stored> master =
                key(own, CrossSigningUsage.MASTER).filter(key -> key.publicKey().equals(id));
        if (device != null) {
            JsonObject more = withSignatures(device.json(), signed, signersOfDevices());
            if (more != null) {
                signedDevices.add(
                        new DeviceKeysStore.Stored(
                                device.session(),
                                device.device(),
                                device.version() + 1,
                                CanonicalJson.encodeLoose(more)));
            }
        } else if (master.isPresent()) {
            CrossSigningStore.Stored known = master.get();
            JsonObject more = withSignatures(known.json(), signed, signersOfMaster());
            if (more != null) {
                signedMaster =
                        new CrossSigningStore.Stored(
                                known.user(),
                                known.usage(),
                                known.publicKey(),
                                known.version() + 1,
                                CanonicalJson.encodeLoose(more));
            }
        } else {
            throw unknown();
        }
    }

    /// *A self-signing key signs the user's own device keys.*
    private Map<String, byte[]> signersOfDevices() {
        Map<String, byte[]> signers = new HashMap<>();
        key(own, CrossSigningUsage.SELF_SIGNING)
                .ifPresent(key -> signers.put(KeyId.ED25519 + ":" + key.publicKey(), bytes(key)));
        return signers;
    }

    /// *The master signing key may also be signed by the user's own device keys.*
    private Map<String, byte[]> signersOfMaster() {
        Map<String, byte[]> signers = new HashMap<>();
        devices.forEach((id, device) -> {
            String name = KeyId.ed25519(id).value();
            device.json()
                    .object("keys")
                    .flatMap(keys -> keys.string(name))
                    .flatMap(Base64s::decode)
                    .ifPresent(key -> signers.put(name, key));
        });
        return signers;
    }

    /// A key with those of the given signatures that are new; null if there is none.
    private @Nullable JsonObject withSignatures(
            JsonObject known, JsonObject signed, Map<String, byte[]> signers) {
        requireSame(known, signed);
        JsonObject more = known;
        for (Map.Entry<String, JsonValue> signature : ownSignatures(signed).entries()) {
            String name = signature.getKey();
            String value = ownSignatures(signed).string(name).orElse("");
            if (ownSignatures(known).string(name).filter(value::equals).isPresent()) {
                continue; // clients send the whole key
            }
            requireValid(signed, name, signers.get(name));
            more = Signatures.with(more, own, name, value);
        }
        if (CanonicalJson.encodeLoose(more).length > MAX_KEY_BYTES) {
            throw new MatrixException(ErrorCode.M_TOO_LARGE, "Too many signatures");
        }
        return more == known ? null : more;
    }

    /// Of others a user signs the master key, with the user-signing key.
    private void checkOther(String user, String id, JsonObject signed) {
        CrossSigningStore.Stored master =
                key(user, CrossSigningUsage.MASTER)
                        .filter(key -> key.publicKey().equals(id))
                        .orElseThrow(SignatureCheck::unknown);
        requireSame(master.json(), signed);
        CrossSigningStore.Stored signer =
                key(own, CrossSigningUsage.USER_SIGNING)
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_NOT_FOUND, "You have no user-signing key"));
        String name = KeyId.ED25519 + ":" + signer.publicKey();
        requireValid(signed, name, bytes(signer));
        String signature = ownSignatures(signed).string(name).orElse("");
        others.add(
                new UserSignature(
                        caller.userNumber(), master.user(), master.publicKey(), name, signature));
    }

    private Optional<CrossSigningStore.Stored> key(String user, CrossSigningUsage usage) {
        return Optional.ofNullable(users.getOrDefault(user, Map.of()).get(usage));
    }

    private static byte[] bytes(CrossSigningStore.Stored key) {
        return Base64s.decode(key.publicKey()).orElse(new byte[0]);
    }

    private JsonObject ownSignatures(JsonObject key) {
        return key.object("signatures").flatMap(all -> all.object(own)).orElse(JsonObject.of());
    }

    private static void requireSame(JsonObject known, JsonObject signed) {
        try {
            if (Signatures.isSame(known, signed)) {
                return;
            }
        } catch (JsonException e) {
            // nothing that could have been signed
        }
        throw new MatrixException(ErrorCode.M_INVALID_SIGNATURE, "This is another key");
    }

    private void requireValid(JsonObject signed, String name, byte @Nullable [] key) {
        boolean valid =
                key != null
                        && KeyId.tryParse(name)
                                .filter(id -> JsonSigning.verify(signed, own, id, key, verifier))
                                .isPresent();
        if (!valid) {
            throw new MatrixException(ErrorCode.M_INVALID_SIGNATURE, "Invalid signature");
        }
    }

    private static MatrixException unknown() {
        return new MatrixException(ErrorCode.M_NOT_FOUND, "No such key");
    }
}
