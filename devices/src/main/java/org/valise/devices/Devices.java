package org.valise.devices;

import org.valise.accounts.Accounts;
import org.valise.devices.backup.Backups;
import org.valise.devices.changes.DeviceCommits;
import org.valise.devices.changes.DeviceListReader;
import org.valise.devices.changes.DeviceListStore;
import org.valise.devices.changes.UserRooms;
import org.valise.devices.crosssigning.CrossSigningUpload;
import org.valise.devices.crosssigning.RemoteMasterKeys;
import org.valise.devices.crosssigning.SignatureUpload;
import org.valise.devices.crosssigning.UploadCrossSigningKeysClient;
import org.valise.devices.crosssigning.UploadSignaturesClient;
import org.valise.devices.dehydrated.DehydratedDevices;
import org.valise.devices.devicelists.DeviceLists;
import org.valise.devices.devicelists.KeyChangesClient;
import org.valise.devices.keys.ClaimKeysClient;
import org.valise.devices.keys.ClaimUserKeysFederation;
import org.valise.devices.keys.CrossSigningStore;
import org.valise.devices.keys.DeviceKeysStore;
import org.valise.devices.keys.KeyClaims;
import org.valise.devices.keys.KeyQuery;
import org.valise.devices.keys.KeySupplies;
import org.valise.devices.keys.KeyUpload;
import org.valise.devices.keys.OneTimeKeyStore;
import org.valise.devices.keys.OwnDevices;
import org.valise.devices.keys.QueryKeysClient;
import org.valise.devices.keys.QueryUserKeysFederation;
import org.valise.devices.keys.UploadKeysClient;
import org.valise.devices.keys.UserDevicesFederation;
import org.valise.devices.remote.RemoteDevices;
import org.valise.devices.removal.Belongings;
import org.valise.devices.removal.KeysOfGoneDevices;
import org.valise.devices.removal.NamesInDeviceLists;
import org.valise.devices.removal.RemovalFollower;
import org.valise.devices.todevice.FederatedMessages;
import org.valise.devices.todevice.Inboxes;
import org.valise.devices.todevice.MessageLimits;
import org.valise.devices.todevice.ToDevice;
import org.valise.devices.updates.ListUpdates;
import org.valise.federation.Federation;
import org.valise.federation.inbound.EduReceiver;
import org.valise.platform.database.Database;
import org.valise.platform.http.Endpoint;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.signature.Verifier;
import org.valise.rooms.Rooms;

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
    /// @param showNames whether others see how users call their devices
    public record Needs(
            Database database,
            Stream stream,
            OrderedCommits commits,
            Accounts accounts,
            Rooms rooms,
            Federation federation,
            boolean showNames) {}

    private final UserRooms userRooms;
    private final DeviceLists lists;
    private final KeySupplies keySupplies;
    private final RemovalFollower removal;
    private final ToDevice toDevice;
    private final RemoteDevices remote;
    private final ListUpdates updates;
    private final List<Endpoint> endpoints;

    public Devices(Needs needs) {
        Database database = needs.database();
        Stream stream = needs.stream();
        Accounts accounts = needs.accounts();
        Rooms rooms = needs.rooms();
        ServerName server = needs.federation().keys().server();
        Verifier verifier = needs.federation().verifier();
        DeviceCommits commits = new DeviceCommits(needs.commits());
        DeviceListStore listStore = new DeviceListStore(database);
        DeviceKeysStore deviceKeys = new DeviceKeysStore(database);
        OneTimeKeyStore oneTimeKeys = new OneTimeKeyStore(database);
        CrossSigningStore crossSigning = new CrossSigningStore(database);
        OwnDevices own = new OwnDevices(deviceKeys, crossSigning, needs.showNames());
        userRooms = new UserRooms(rooms, rooms.servers(), accounts.userNumbers(), server);
        lists = new DeviceLists(rooms, accounts.userNumbers(), listStore);
        stream.read(new DeviceListReader(listStore, userRooms));
        keySupplies = new KeySupplies(oneTimeKeys);
        stream.read(keySupplies);
        stream.follow(keySupplies);
        toDevice =
                new ToDevice(
                        server,
                        accounts.userNumbers(),
                        database,
                        stream,
                        needs.commits(),
                        new FederatedMessages(rooms.outgoingEdus()),
                        MessageLimits.DEFAULT);
        remote =
                new RemoteDevices(
                        new RemoteDevices.Needs(
                                database,
                                stream,
                                commits,
                                rooms,
                                userRooms,
                                accounts.userNumbers(),
                                needs.federation().client(),
                                server));
        updates =
                new ListUpdates(
                        new ListUpdates.Needs(
                                database,
                                commits,
                                stream,
                                own,
                                rooms.memberships(),
                                rooms.servers(),
                                accounts.userNumbers(),
                                rooms.outgoingEdus()));
        stream.follow(updates);
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
                        List.of(dehydrated, backups, crossSigning::delete),
                        needs.showNames() ? new NamesInDeviceLists(commits) : devices -> {});
        stream.follow(removal);
        KeyQuery query = new KeyQuery(deviceKeys, crossSigning, remote.keys(), needs.showNames());
        KeyClaims claims = new KeyClaims(commits, deviceKeys, remote.keys());
        CrossSigningUpload crossSigningUploads =
                new CrossSigningUpload(commits, crossSigning, accounts.sessions(), verifier);
        SignatureUpload signatures =
                new SignatureUpload(
                        commits,
                        crossSigning,
                        deviceKeys,
                        new RemoteMasterKeys(remote.keys(), accounts.userNumbers(), server),
                        verifier);
        endpoints = new ArrayList<>();
        endpoints.add(new UploadKeysClient(uploads));
        endpoints.add(new QueryKeysClient(query, server));
        endpoints.add(new ClaimKeysClient(claims, server));
        endpoints.add(new KeyChangesClient(lists, stream));
        endpoints.add(new UploadCrossSigningKeysClient(crossSigningUploads, accounts.uia()));
        endpoints.add(new UploadSignaturesClient(signatures));
        endpoints.add(new QueryUserKeysFederation(query, server));
        endpoints.add(new ClaimUserKeysFederation(claims, server));
        endpoints.add(new UserDevicesFederation(own, listStore, server));
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
        remote.start();
        updates.start();
    }

    /// Ends what goes on in the background; the database must still be open.
    @Override
    public void close() {
        updates.close();
        remote.close();
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

    /// Which rooms users are in, those of other servers included.
    public UserRooms userRooms() {
        return userRooms;
    }

    /// What waits for devices.
    public Inboxes inboxes() {
        return toDevice.inboxes();
    }

    /// What other servers tell of their users' devices, and send to devices here.
    public List<EduReceiver> receivers() {
        List<EduReceiver> receivers = new ArrayList<>(remote.receivers());
        receivers.add(toDevice.receiver());
        return receivers;
    }

    public List<Endpoint> endpoints() {
        return List.copyOf(endpoints);
    }
}
