package org.valise.devices.todevice;

import org.valise.accounts.users.UserNumbers;
import org.valise.devices.removal.Belongings;
import org.valise.devices.removal.GoneDevice;
import org.valise.federation.inbound.EduReceiver;
import org.valise.platform.database.Database;
import org.valise.platform.http.Endpoint;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.protocol.id.ServerName;

import java.util.List;

/// The front of the package. It follows the stream: to be made before that starts.
public final class ToDevice implements Belongings, AutoCloseable {
    private final MessageStore store;
    private final DeliveredMessages delivered;
    private final InboxTrimmer trimmer;
    private final Inboxes inboxes;
    private final DeviceMessenger messenger;

    public ToDevice(
            ServerName server,
            UserNumbers users,
            Database database,
            Stream stream,
            OrderedCommits commits,
            RemoteMessages remote,
            MessageLimits limits) {
        store = new MessageStore(database);
        delivered = new DeliveredMessages(store);
        trimmer = new InboxTrimmer(store, limits);
        inboxes = new Inboxes(store, delivered);
        messenger = new DeviceMessenger(server, users, store, commits, remote, trimmer);
        stream.read(inboxes);
        stream.follow(inboxes);
    }

    /// Begins what goes on in the background.
    public void start() {
        delivered.start();
        trimmer.start();
    }

    @Override
    public void close() {
        trimmer.close();
        delivered.close();
    }

    public List<Endpoint> endpoints() {
        return List.of(new SendToDeviceClient(messenger));
    }

    /// What other servers send.
    public EduReceiver receiver() {
        return new ReceivedMessages(messenger);
    }

    /// What waits for devices.
    public Inboxes inboxes() {
        return inboxes;
    }

    @Override
    public void delete(List<GoneDevice> gone) {
        store.deleteOfGoneDevices(gone.stream().map(GoneDevice::user).distinct().toList());
    }
}
