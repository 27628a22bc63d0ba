package org.valise.devices.remote;

import org.jspecify.annotations.Nullable;
import org.valise.devices.keys.CrossSigningUsage;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The devices of a user of another server.
///
/// @param streamId of the last update that is in it; null if that is not known
/// @param devices keys by id, as clients are shown them
/// @param masterKey null if there is none
/// @param selfSigningKey null if there is none
record RemoteList(
        @Nullable Long streamId,
        Map<String, JsonObject> devices,
        @Nullable JsonObject masterKey,
        @Nullable JsonObject selfSigningKey) {
    static final RemoteList EMPTY = new RemoteList(null, Map.of(), null, null);

    /// Puts the user into an answer about keys.
    ///
    /// @param only the ids of the devices asked for; none: all
    void addTo(KeysOfServer answer, String user, List<String> only) {
        Map<String, JsonObject> wanted = new TreeMap<>(devices);
        if (!only.isEmpty()) {
            wanted.keySet().retainAll(only);
        }
        answer.devices().put(user, wanted);
        if (masterKey != null) {
            answer.keys(CrossSigningUsage.MASTER).put(user, masterKey);
        }
        if (selfSigningKey != null) {
            answer.keys(CrossSigningUsage.SELF_SIGNING).put(user, selfSigningKey);
        }
    }
}
