package org.valise.devices.backup;

import org.valise.devices.removal.ClosedAccounts;
import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.PieceStream;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonObject;

import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// Users' backups of their room keys.
public final class Backups implements ClosedAccounts {
    private static final int MOST_AUTH_DATA_CHARS = 65_536;

    /// SECURITY: what one user may fill the disk with.
    private static final int MOST_VERSIONS = 100;

    private static final long MOST_KEYS = 1_000_000;

    private static final int ROWS_A_STATEMENT = 2_000;
    private static final int UPLOADS_AT_ONCE = 3;
    private static final int ROWS_A_PAGE = 1_000;

    private final Database database;

    /// SECURITY: a parsed upload takes several times the memory of its bytes.
    private final Semaphore uploads = new Semaphore(UPLOADS_AT_ONCE);

    private final BackupStore store = new BackupStore();

    public Backups(Database database) {
        this.database = database;
    }

    /// Creates the next version, which becomes the current one.
    String create(long user, String algorithm, JsonObject authData) {
        String data = checked(authData);
        while (true) {
            Optional<Long> version =
                    database.transaction(tx -> {
                        if (store.live(tx, user) >= MOST_VERSIONS) {
                            throw new MatrixException(
                                    ErrorCode.M_TOO_LARGE,
                                    "There are too many backups: delete one first");
                        }
                        return store.create(tx, user, algorithm, data);
                    });
            if (version.isPresent()) {
                return Long.toString(version.get());
            }
        }
    }

    private static String checked(JsonObject authData) {
        String data = authData.toString();
        if (data.length() > MOST_AUTH_DATA_CHARS) {
            throw new MatrixException(ErrorCode.M_TOO_LARGE, "auth_data is too large");
        }
        return data;
    }

    Backup current(long user) {
        return database.read(tx -> store.current(tx, user))
                .orElseThrow(() ->
                        new MatrixException(ErrorCode.M_NOT_FOUND, "No current backup version"));
    }

    Backup version(long user, String version) {
        return database.read(tx -> existing(tx, user, version));
    }

    private Backup existing(Tx tx, long user, String version) {
        return number(version)
                .flatMap(number -> store.version(tx, user, number))
                .orElseThrow(Backups::unknown);
    }

    private static Optional<Long> number(String version) {
        try {
            return Optional.of(Long.parseLong(version));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static MatrixException unknown() {
        return new MatrixException(ErrorCode.M_NOT_FOUND, "Unknown backup version");
    }

    /// *Only `auth_data` can be modified.*
    void update(long user, String version, String algorithm, JsonObject authData) {
        String data = checked(authData);
        database.run(tx -> {
            Backup backup = existing(tx, user, version);
            if (!backup.algorithm().equals(algorithm)) {
                throw new MatrixException(ErrorCode.M_INVALID_PARAM, "Algorithm does not match");
            }
            store.update(tx, backup.number(), data);
        });
    }

    /// *If the backup was previously deleted, the call should succeed.*
    void delete(long user, String version) {
        long backup =
                number(version)
                        .flatMap(number ->
                                database.transaction(tx -> store.delete(tx, user, number)))
                        .orElseThrow(Backups::unknown);
        deleteKeys(backup);
    }

    /// Many keys take many statements: nobody finds them any more already.
    private void deleteKeys(long backup) {
        boolean more = true;
        while (more) {
            more = database.read(tx -> store.deleteSomeKeys(tx, backup));
        }
    }

    /// Reads keys from a request and writes them, each where it is better than the one that is
    /// there.
    ///
    /// @throws MatrixException `M_WRONG_ROOM_KEYS_VERSION` if the version is not the current one
    Backup store(long user, String version, Supplier<List<BackedUpKey>> request) {
        uploads.acquireUninterruptibly();
        try {
            return store(user, version, request.get());
        } finally {
            uploads.release();
        }
    }

    private Backup store(long user, String version, List<BackedUpKey> keys) {
        return database.transaction(tx -> {
            Backup backup = store.lockCurrent(tx, user).orElseThrow(Backups::unknown);
            if (!Long.toString(backup.version()).equals(version)) {
                existing(tx, user, version);
                throw new MatrixException(
                                ErrorCode.M_WRONG_ROOM_KEYS_VERSION, "Wrong backup version.")
                        .with("current_version", Long.toString(backup.version()));
            }
            for (int from = 0; from < keys.size(); from += ROWS_A_STATEMENT) {
                int to = Math.min(from + ROWS_A_STATEMENT, keys.size());
                backup = store.store(tx, backup.number(), keys.subList(from, to));
            }
            if (backup.keys() > MOST_KEYS) {
                throw new MatrixException(ErrorCode.M_TOO_LARGE, "The backup is full");
            }
            return backup;
        });
    }

    Backup deleteKeys(long user, String version) {
        return database.transaction(
                tx -> store.deleteKeys(tx, existing(tx, user, version).number()));
    }

    Backup deleteKeys(long user, String version, String room) {
        return database.transaction(
                tx -> store.deleteKeys(tx, existing(tx, user, version).number(), room));
    }

    Backup deleteKey(long user, String version, String room, String session) {
        return database.transaction(
                tx -> store.deleteKey(tx, existing(tx, user, version).number(), room, session));
    }

    BackedUpKey key(long user, String version, String room, String session) {
        return database.read(
                        tx -> store.key(tx, existing(tx, user, version).number(), room, session))
                .orElseThrow(() -> new MatrixException(ErrorCode.M_NOT_FOUND, "Key not found."));
    }

    /// All keys as JSON, read as they are sent: some of them at a time are in memory.
    InputStream keys(long user, String version) {
        long backup = version(user, version).number();
        return new PieceStream(
                new AllKeys((room, session) ->
                        database.read(tx -> store.keys(tx, backup, room, session, ROWS_A_PAGE))));
    }

    /// The keys of a room as JSON, read as they are sent.
    InputStream keys(long user, String version, String room) {
        long backup = version(user, version).number();
        return new PieceStream(
                new KeysOfRoom(session ->
                        database.read(
                                tx -> store.keysOfRoom(tx, backup, room, session, ROWS_A_PAGE))));
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new CreateBackupClient(this),
                new CurrentBackupClient(this),
                new BackupVersionClient(this),
                new UpdateBackupClient(this),
                new DeleteBackupClient(this),
                new StoreKeysClient(this),
                new StoreKeysOfRoomClient(this),
                new StoreKeyClient(this),
                new KeysClient(this),
                new KeysOfRoomClient(this),
                new KeyClient(this),
                new DeleteKeysClient(this),
                new DeleteKeysOfRoomClient(this),
                new DeleteKeyClient(this));
    }

    @Override
    public void delete(Collection<Long> users) {
        List<Long> backups = database.transaction(tx -> store.deleteAll(tx, users));
        backups.forEach(this::deleteKeys);
    }
}
