package org.valise.accounts.users;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Argon2id, so many at once as there are permits: each takes a core and 19 MiB for some 60 ms, and
/// strangers can ask for it.
public final class PasswordHasher {
    private static final int SALT_BYTES = 16;
    private static final int DIGEST_BYTES = 32;
    private static final int PATIENCE_SECONDS = 10;

    private final PasswordCost cost;
    private final Semaphore permits;
    private final SecureRandom random = new SecureRandom();
    private final PasswordHash nobody;

    public PasswordHasher(PasswordCost cost, int concurrency) {
        this.cost = cost;
        this.permits = new Semaphore(concurrency, true);
        this.nobody = new PasswordHash(cost, randomBytes(SALT_BYTES), randomBytes(DIGEST_BYTES));
    }

    /// The hash to store of a new password.
    public String hash(String password) {
        byte[] salt = randomBytes(SALT_BYTES);
        return new PasswordHash(cost, salt, digest(password, salt, cost)).toString();
    }

    /// SECURITY: without a stored hash (no such user, no password) it works as long and answers no,
    /// so that the time does not tell who exists.
    public boolean matches(String password, @Nullable String stored) {
        Optional<PasswordHash> hash =
                stored == null ? Optional.empty() : PasswordHash.tryParse(stored);
        PasswordHash compared = hash.orElse(nobody);
        boolean same = compared.sameDigest(digest(password, compared.salt(), compared.cost()));
        return same && hash.isPresent();
    }

    /// Whether the stored hash was made at another cost than today's and is to be made again at the
    /// next login.
    public boolean outdated(String stored) {
        return PasswordHash.tryParse(stored).map(hash -> !hash.cost().equals(cost)).orElse(true);
    }

    private byte[] digest(String password, byte[] salt, PasswordCost cost) {
        // The same letters typed on another keyboard may come composed or decomposed.
        byte[] bytes =
                Normalizer.normalize(password, Normalizer.Form.NFKC)
                        .getBytes(StandardCharsets.UTF_8);
        var parameters =
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(cost.memoryKib())
                        .withIterations(cost.iterations())
                        .withParallelism(cost.parallelism())
                        .withSalt(salt)
                        .build();
        byte[] digest = new byte[DIGEST_BYTES];
        acquire();
        try {
            var argon2 = new Argon2BytesGenerator();
            argon2.init(parameters); // takes the memory
            argon2.generateBytes(bytes, digest);
        } finally {
            permits.release();
        }
        return digest;
    }

    private void acquire() {
        try {
            if (permits.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new MatrixException(
                        ErrorCode.M_LIMIT_EXCEEDED, "Too many logins at once, try again shortly")
                .with("retry_after_ms", 2_000);
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
