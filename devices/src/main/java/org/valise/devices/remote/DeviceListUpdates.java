package org.valise.devices.remote;

import org.jspecify.annotations.Nullable;
import org.valise.devices.remote.RemoteUserStore.Locked;
import org.valise.federation.inbound.EduReceiver;
import org.valise.platform.database.Tx;
import org.valise.protocol.id.DeviceId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonNumber;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes in what other servers say of single devices of their users.
///
/// Spec: server-server API, "Device Management", `m.device_list_update`: *If a server receives an
/// EDU which refers to a `prev_id` it does not recognise, it must resynchronise its list.*
final class DeviceListUpdates implements EduReceiver {
    private final UserUpdates updates;

    DeviceListUpdates(UserUpdates updates) {
        this.updates = updates;
    }

    @Override
    public String type() {
        return "m.device_list_update";
    }

    /// @param previous the updates that it builds on
    /// @param keys as clients are shown them; null if the device has none, or is gone
    /// @param usable whether the keys are that device's
    private record Update(
            String device,
            long streamId,
            List<Long> previous,
            @Nullable JsonObject keys,
            boolean usable)
            implements UserUpdates.Change {
        static Optional<Update> parse(UserId user, JsonObject content) {
            Optional<String> device =
                    content.string("device_id").filter(id -> DeviceId.tryParse(id).isPresent());
            Optional<Long> streamId = content.integer("stream_id");
            if (device.isEmpty() || streamId.isEmpty()) {
                return Optional.empty();
            }
            boolean without =
                    content.bool("deleted").orElse(false) || content.object("keys").isEmpty();
            Optional<JsonObject> keys =
                    without
                            ? Optional.empty()
                            : content.object("keys")
                                    .flatMap(given ->
                                            RemoteKeyRules.device(
                                                    user,
                                                    device.get(),
                                                    given,
                                                    RemoteKeyRules.name(content)));
            return Optional.of(
                    new Update(
                            device.get(),
                            streamId.get(),
                            integers(content.array("prev_id").orElse(JsonArray.of())),
                            keys.orElse(null),
                            without || keys.isPresent()));
        }

        private static List<Long> integers(JsonArray array) {
            List<Long> integers = new ArrayList<>();
            for (JsonValue value : array) {
                if (value instanceof JsonNumber number && number.isInteger()) {
                    integers.add(number.longValue());
                }
            }
            return integers;
        }

        /// Who has asked for nothing knows no device that could be gone.
        @Override
        public boolean concernsAll() {
            return !usable || keys != null;
        }

        @Override
        public void apply(Tx tx, long user, Locked kept) {
            List<Long> seen = kept.seen();
            if (kept.stale()) {
                RemoteUserStore.mark(tx, user);
            } else if (!seen.contains(streamId)) {
                if (follows(seen)) {
                    RemoteUserStore.updated(tx, user, streamId, device, keys);
                } else {
                    RemoteUserStore.mark(tx, user);
                }
            }
        }

        /// Whether it can be put into a list that has these updates.
        boolean follows(List<Long> seen) {
            return usable && !previous.isEmpty() && seen.containsAll(previous);
        }
    }

    @Override
    public void receive(ServerName origin, JsonObject content) {
        updates.receive(origin, content, user -> Update.parse(user, content));
    }
}
