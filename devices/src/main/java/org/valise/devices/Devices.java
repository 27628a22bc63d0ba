package org.valise.devices;

import org.valise.accounts.Accounts;
import org.valise.devices.backup.Backups;
import org.valise.devices.changes.DeviceCommits;
import org.valise.devices.changes.DeviceListReader;
import org.valise.devices.changes.DeviceListStore;
import org.valise.devices.crosssigning.CrossSigningUpload;
import org.valise.devices.crosssigning.SignatureUpload;
import org.valise.devices.crosssigning.UploadCrossSigningKeysClient;
import org.valise.devices.crosssigning.UploadSignaturesClient;
import org.valise.devices.dehydrated.DehydratedDevices;
import org.valise.devices.devicelists.DeviceLists;
import org.valise.devices.devicelists.KeyChangesClient;
import org.valise.devices.keys.ClaimKeysClient;
import org.valise.devices.keys.CrossSigningStore;
import org.valise.devices.keys.DeviceKeysStore;
import org.valise.devices.keys.KeyClaims;
import org.valise.devices.keys.KeyQuery;
import org.valise.devices.keys.KeySupplies;
import org.valise.devices.keys.KeyUpload;
import org.valise.devices.keys.OneTimeKeyStore;
import org.valise.devices.keys.QueryKeysClient;
import org.valise.devices.keys.RemoteKeys;
import org.valise.devices.keys.UploadKeysClient;
import org.valise.devices.removal.Belongings;
import org.valise.devices.removal.KeysOfGoneDevices;
import org.valise.devices.removal.RemovalFollower;
import org.valise.devices.todevice.Inboxes;
import org.valise.devices.todevice.MessageLimits;
import org.valise.devices.todevice.RemoteMessages;
import org.valise.devices.todevice.ToDevice;
import org.valise.platform.database.Database;
import org.valise.platform.http.Endpoint;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.signature.Verifier;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.MembershipStore;

import java.util.ArrayList;
import java.util.List;

/// The front of the module: the server's part in end-to-end encryption.
///
/// To be made after the rooms and before the stream starts: it follows it.
public final class Devices implements AutoCloseable {
    /// Where the module's migrations lie.
    public static final String MIGRATIONS = "org/valise/devices/migration";

    /// What the module is built from.
    ///
    /// @param server this server's name
    /// @param showNames whether others see how users call their devices
    public record Needs(
            Database database,
            Stream stream,
            OrderedCommits commits,
            Accounts accounts,
            Rooms rooms,
            ServerName server,
            Verifier verifier,
            RemoteKeys remoteKeys,
            boolean showNames) {}

    private final DeviceLists lists;
    private final KeySupplies keySupplies;
    private final RemovalFollower removal;
    private final ToDevice toDevice;
    private final List<Endpoint> endpoints;

    public Devices(Needs needs) {
        Database database = needs.database();
        Stream stream = needs.stream();
        Accounts accounts = needs.accounts();
        MembershipStore memberships = needs.rooms().memberships();
        DeviceCommits commits = new DeviceCommits(needs.commits());
        DeviceListStore listStore = new DeviceListStore(database);
        DeviceKeysStore deviceKeys = new DeviceKeysStore(database);
        OneTimeKeyStore oneTimeKeys = new OneTimeKeyStore(database);
        CrossSigningStore crossSigning = new CrossSigningStore(database);
        lists = new DeviceLists(needs.rooms(), accounts.userNumbers(), listStore);
        stream.read(new DeviceListReader(listStore, memberships));
        keySupplies = new KeySupplies(oneTimeKeys);
        stream.read(keySupplies);
        stream.follow(keySupplies);
        toDevice =
                new ToDevice(
                        needs.server(),
                        database,
                        stream,
                        needs.commits(),
                        RemoteMessages.NONE,
                        MessageLimits.DEFAULT);
        Backups backups = new Backups(database);
        List<Belongings> belongings =
                List.of(new KeysOfGoneDevices(commits, oneTimeKeys), toDevice);
        KeyUpload uploads = new KeyUpload(commits, deviceKeys, oneTimeKeys, crossSigning);
        DehydratedDevices dehydrated =
                new DehydratedDevices(
                        database,
                        stream,
                        accounts.sessions(),
                        uploads,
                        toDevice.inboxes(),
                        belongings);
        removal =
                new RemovalFollower(
                        database,
                        stream,
                        belongings,
                        List.of(dehydrated, backups, crossSigning::delete));
        stream.follow(removal);
        KeyQuery query =
                new KeyQuery(deviceKeys, crossSigning, needs.remoteKeys(), needs.showNames());
        KeyClaims claims = new KeyClaims(commits, deviceKeys, needs.remoteKeys());
        CrossSigningUpload crossSigningUploads =
                new CrossSigningUpload(
                        commits, crossSigning, accounts.sessions(), needs.verifier());
        SignatureUpload signatures =
                new SignatureUpload(commits, crossSigning, deviceKeys, needs.verifier());
        endpoints = new ArrayList<>();
        endpoints.add(new UploadKeysClient(uploads));
        endpoints.add(new QueryKeysClient(query, needs.server()));
        endpoints.add(new ClaimKeysClient(claims, needs.server()));
        endpoints.add(new KeyChangesClient(lists, stream));
        endpoints.add(new UploadCrossSigningKeysClient(crossSigningUploads, accounts.uia()));
        endpoints.add(new UploadSignaturesClient(signatures));
        endpoints.addAll(toDevice.endpoints());
        endpoints.addAll(backups.endpoints());
        endpoints.addAll(dehydrated.endpoints());
    }

    /// The position up to which nothing of the log of accounts is needed here any more.
    public long accountsFollowed() {
        return removal.followed();
    }

    /// Goes on with what was left undone when the server was stopped. Once, after the start of the
    /// stream and of the commits.
    public void catchUp() {
        toDevice.start();
        removal.wake();
    }

    /// Ends what goes on in the background; the database must still be open.
    @Override
    public void close() {
        removal.close();
        toDevice.close();
    }

    /// Whose device lists changed.
    public DeviceLists lists() {
        return lists;
    }

    /// How many keys devices have left.
    public KeySupplies keySupplies() {
        return keySupplies;
    }

    /// What waits for devices.
    public Inboxes inboxes() {
        return toDevice.inboxes();
    }

    public List<Endpoint> endpoints() {
        return List.copyOf(endpoints);
    }
}
