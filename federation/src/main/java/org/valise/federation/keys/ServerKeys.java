package org.valise.federation.keys;

import org.valise.platform.database.Database;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.signature.Signer;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The keys of this server: the one it signs with, and those it signed with before.
///
/// All nodes of a server share them through the database. The first start makes the first key.
public final class ServerKeys implements Signer {
    private static final String NAME_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int NAME_LENGTH = 6;

    private final Database database;
    private final SigningKeyStore store;
    private final ServerName server;
    private final Ed25519 ed25519;
    private final Clock clock;
    private final SecureRandom random;

    private volatile Current current;

    /// One moment of the keys: its id always fits its signatures, also while another is made.
    record Current(ServerName server, KeyId keyId, SigningKey key, List<ExpiredKey> expired)
            implements Signer {
        @Override
        public byte[] sign(byte[] message) {
            return key.sign(message);
        }

        byte[] publicKey() {
            return key.publicKey();
        }
    }

    private ServerKeys(Database database, ServerName server, Ed25519 ed25519, Clock clock) {
        this.database = database;
        this.store = new SigningKeyStore();
        this.server = server;
        this.ed25519 = ed25519;
        this.clock = clock;
        this.random = new SecureRandom();
        this.current = load();
    }

    /// Reads the key in use, and makes one where there is none.
    ///
    /// @throws ForeignDatabase when the database belongs to a server of another name
    public static ServerKeys open(
            Database database, ServerName server, Ed25519 ed25519, Clock clock) {
        return new ServerKeys(database, server, ed25519, clock);
    }

    @Override
    public ServerName server() {
        return server;
    }

    @Override
    public KeyId keyId() {
        return current.keyId();
    }

    @Override
    public byte[] sign(byte[] message) {
        return current.sign(message);
    }

    /// The key in use, to be asked for its id and a signature while another may be made.
    public Signer inUse() {
        return current;
    }

    Current current() {
        return current;
    }

    public byte[] publicKey() {
        return current.publicKey();
    }

    /// What an event that this server signed at some time is verified with.
    Optional<byte[]> publicKey(KeyId key, Instant at) {
        Current known = current;
        if (key.equals(known.keyId())) {
            return Optional.of(known.publicKey());
        }
        return known.expired().stream()
                .filter(old -> old.keyId().equals(key) && !at.isAfter(old.expiredAt()))
                .map(ExpiredKey::publicKey)
                .findFirst();
    }

    /// Oldest first.
    public List<ExpiredKey> expired() {
        return current.expired();
    }

    /// Makes a new key and expires the one in use. Other nodes are told, and sign with the old one
    /// until they have heard it.
    public void rotate() {
        database.run(tx -> {
            store.retire(tx, clock.instant());
            store.insertUnlessOneIsInUse(tx, freshKey());
            store.tellNodes(tx);
        });
        reload();
    }

    /// Takes over what another node has changed.
    public void reload() {
        current = load();
    }

    private Current load() {
        var stored =
                database.read(store::inUse)
                        .orElseGet(() ->
                                database.transaction(tx -> {
                                    store.insertUnlessOneIsInUse(tx, freshKey());
                                    return store.inUse(tx).orElseThrow();
                                }));
        if (!stored.serverName().equals(server.value())) {
            throw new ForeignDatabase(stored.serverName(), server.value());
        }
        return new Current(
                server,
                KeyId.parse(stored.keyId()),
                ed25519.signingKey(stored.privateKey(), stored.publicKey()),
                database.read(store::expired));
    }

    private SigningKeyStore.Stored freshKey() {
        byte[] seed = new byte[Ed25519.KEY_LENGTH];
        random.nextBytes(seed);
        return new SigningKeyStore.Stored(
                KeyId.ed25519(freshName()).value(),
                server.value(),
                ed25519.signingKey(seed).publicKey(),
                seed);
    }

    private String freshName() {
        var name = new StringBuilder("a_");
        for (int i = 0; i < NAME_LENGTH; i++) {
            name.append(NAME_ALPHABET.charAt(random.nextInt(NAME_ALPHABET.length())));
        }
        return name.toString();
    }
}
