package org.valise.rooms.presence;

import org.valise.accounts.users.UserNumbers;
import org.valise.federation.inbound.EduReceiver;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Hears from other servers whether their users are there. Spec: server-server API, "Presence".
public final class ReceivePresence implements EduReceiver {
    /// SECURITY: in one EDU. What is beyond is left out.
    private static final int MOST = 200;

    private static final int LONGEST_STATUS = 1_000;

    private final UserNumbers users;
    private final Presence presence;

    public ReceivePresence(UserNumbers users, Presence presence) {
        this.users = users;
        this.presence = presence;
    }

    @Override
    public String type() {
        return "m.presence";
    }

    @Override
    public boolean isVolatile() {
        return true;
    }

    @Override
    public void receive(ServerName origin, JsonObject content) {
        Map<UserId, JsonObject> updates = new HashMap<>();
        content.array("push").map(JsonArray::objects).orElse(List.of()).stream()
                .limit(MOST)
                .forEach(update ->
                        update.string("user_id")
                                .flatMap(UserId::tryParse)
                                .filter(user -> user.server().equals(origin))
                                .ifPresent(user -> updates.put(user, update)));
        if (updates.isEmpty()) {
            return;
        }
        long now = System.currentTimeMillis();
        // SECURITY: only of users who were met in some room: others would fill memory.
        users.find(updates.keySet())
                .forEach((user, number) -> {
                    JsonObject update = updates.get(user);
                    if (update != null) {
                        receive(number, update, now);
                    }
                });
    }

    private void receive(long user, JsonObject update, long now) {
        Optional<PresenceState> state = update.string("presence").flatMap(PresenceState::ofWord);
        Optional<String> status = update.string("status_msg");
        if (state.isEmpty() || status.filter(text -> text.length() > LONGEST_STATUS).isPresent()) {
            return;
        }
        long ago = Math.clamp(update.integer("last_active_ago").orElse(0L), 0, now);
        presence.heard(
                user, state.get(), now - ago, status.filter(text -> !text.isEmpty()).orElse(null));
    }
}
