package org.valise.devices.crosssigning;

import org.valise.accounts.users.UserNumbers;
import org.valise.devices.keys.CrossSigningStore.OfUser;
import org.valise.devices.keys.CrossSigningStore.Stored;
import org.valise.devices.keys.CrossSigningUsage;
import org.valise.devices.keys.RemoteKeys;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The master keys of users of other servers, which users of this one sign.
public final class RemoteMasterKeys {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RemoteKeys keys;
    private final UserNumbers users;
    private final ServerName here;

    public RemoteMasterKeys(RemoteKeys keys, UserNumbers users, ServerName here) {
        this.keys = keys;
        this.users = users;
        this.here = here;
    }

    /// Those of the users of other servers among these that are known, or could be asked for.
    List<OfUser> of(Collection<String> wanted) {
        Map<ServerName, JsonObject.Builder> byServer = new HashMap<>();
        for (String id : wanted) {
            UserId.tryParse(id)
                    .filter(user -> !user.server().equals(here))
                    .ifPresent(user ->
                            byServer.computeIfAbsent(user.server(), any -> JsonObject.builder())
                                    .put(id, JsonArray.of()));
        }
        if (byServer.isEmpty()) {
            return List.of();
        }
        Map<ServerName, JsonObject> asked = new HashMap<>();
        byServer.forEach((server, ids) -> asked.put(server, ids.build()));
        Map<UserId, JsonObject> found = new HashMap<>();
        for (JsonObject answer : keys.query(asked, PATIENCE).given().values()) {
            CrossSigningUsage.MASTER
                    .of(answer)
                    .forEach((user, key) -> found.put(UserId.parse(user), key));
        }
        Map<UserId, Long> numbers = users.numbers(found.keySet());
        List<OfUser> known = new ArrayList<>();
        found.forEach((user, key) -> {
            Long number = numbers.get(user);
            String publicKey = CrossSigningUsage.publicKey(key).orElse("");
            if (number != null && !publicKey.isEmpty()) {
                known.add(
                        new OfUser(
                                user.value(),
                                new Stored(
                                        number,
                                        CrossSigningUsage.MASTER,
                                        publicKey,
                                        0,
                                        Json.write(key))));
            }
        });
        return known;
    }
}
