package org.valise.devices.dehydrated;

import org.valise.accounts.sessions.Sessions;
import org.valise.devices.keys.KeyUpload;
import org.valise.devices.removal.Belongings;
import org.valise.devices.removal.ClosedAccounts;
import org.valise.devices.removal.GoneDevice;
import org.valise.devices.todevice.Inboxes;
import org.valise.devices.todevice.Inboxes.Delivery;
import org.valise.platform.database.Database;
import org.valise.platform.http.Body;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.stream.Stream;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.DeviceId;
import org.valise.protocol.json.JsonObject;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Users' dehydrated devices.
public final class DehydratedDevices implements ClosedAccounts {
    private static final int MOST_DATA_CHARS = 65_536;
    private static final int MOST_NAME_CHARS = 255;

    private final Database database;
    private final Stream stream;
    private final Sessions sessions;
    private final KeyUpload keys;
    private final Inboxes inboxes;
    private final List<Belongings> belongings;
    private final DehydratedStore store = new DehydratedStore();

    /// @param belongings what goes with a device
    public DehydratedDevices(
            Database database,
            Stream stream,
            Sessions sessions,
            KeyUpload keys,
            Inboxes inboxes,
            List<Belongings> belongings) {
        this.database = database;
        this.stream = stream;
        this.sessions = sessions;
        this.keys = keys;
        this.inboxes = inboxes;
        this.belongings = List.copyOf(belongings);
    }

    /// Replaces the user's dehydrated device, its keys with it.
    ///
    /// @throws MatrixException 400 if the keys are none for this device
    String replace(Caller caller, Body request) {
        String id = request.string("device_id", DeviceId::parse).value();
        String data = request.object("device_data").toString();
        if (data.length() > MOST_DATA_CHARS) {
            throw new MatrixException(ErrorCode.M_TOO_LARGE, "device_data is too large");
        }
        // SECURITY: what is kept for a device that somebody is logged in on must not become
        // another's.
        if (sessions.device(caller.userNumber(), id).isPresent()) {
            throw new MatrixException(
                    ErrorCode.M_INVALID_PARAM, "You are logged in on a device of this id");
        }
        request.object("device_keys");
        KeyUpload.Wanted wanted = KeyUpload.Wanted.read(request, caller.user(), id);
        String name =
                request.optionalString("initial_device_display_name")
                        .filter(text -> text.length() <= MOST_NAME_CHARS)
                        .orElse(null);
        Optional<DehydratedDevice> before = find(caller);
        DehydratedDevice device =
                database.transaction(tx -> store.put(tx, caller.userNumber(), id, name, data));
        keys.upload(onDevice(caller, device), wanted);
        before.ifPresent(old -> removed(caller, old));
        return id;
    }

    /// The caller as if logged in on the dehydrated device.
    private static Caller onDevice(Caller caller, DehydratedDevice device) {
        return new Caller(
                caller.user(),
                caller.userNumber(),
                device.id(),
                device.number(),
                caller.guest(),
                caller.admin());
    }

    private Optional<DehydratedDevice> find(Caller caller) {
        return database.read(tx -> store.find(tx, caller.userNumber()));
    }

    DehydratedDevice get(Caller caller) {
        return find(caller).orElseThrow(DehydratedDevices::none);
    }

    private static MatrixException none() {
        return new MatrixException(ErrorCode.M_NOT_FOUND, "You have no dehydrated device");
    }

    String delete(Caller caller) {
        DehydratedDevice device =
                database.transaction(tx -> store.delete(tx, caller.userNumber()))
                        .orElseThrow(DehydratedDevices::none);
        removed(caller, device);
        return device.id();
    }

    private void removed(Caller caller, DehydratedDevice device) {
        removed(List.of(new GoneDevice(caller.userNumber(), device.id())));
    }

    private void removed(List<GoneDevice> gone) {
        belongings.forEach(each -> each.delete(gone));
    }

    @Override
    public void delete(Collection<Long> users) {
        List<GoneDevice> gone = database.transaction(tx -> store.deleteAll(tx, users));
        if (!gone.isEmpty()) {
            removed(gone);
        }
    }

    /// Messages that were sent to the device, oldest first. None is deleted: *in the case the
    /// rehydration process gets aborted, another device will be able to restart the process*.
    ///
    /// @param after the end of the answer before, or 0
    Messages messages(Caller caller, String id, long after) {
        DehydratedDevice device =
                find(caller)
                        .filter(known -> known.id().equals(id))
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_FORBIDDEN,
                                        "This is not your dehydrated device"));
        long end = stream.applied();
        Delivery delivery =
                inboxes.peek(caller.userNumber(), device.number(), Math.min(after, end), end);
        return new Messages(delivery.events(), delivery.upTo(), delivery.upTo() < end);
    }

    /// Some messages.
    ///
    /// @param upTo where the next ones begin
    /// @param more whether there are more
    record Messages(List<String> events, long upTo, boolean more) {}

    public List<Endpoint> endpoints() {
        return List.of(
                new UploadDehydratedDeviceClient(this),
                new DehydratedDeviceClient(this),
                new DeleteDehydratedDeviceClient(this),
                new DehydratedEventsClient(this),
                new OlderDehydratedEventsClient(this));
    }

    /// As it is sent to clients.
    static JsonObject named(String device) {
        return JsonObject.of("device_id", device);
    }
}
