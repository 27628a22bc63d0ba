package org.valise.rooms.typing;

import org.valise.accounts.users.UserNumbers;
import org.valise.federation.inbound.EduReceiver;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.admission.RemoteMembers;
import org.valise.rooms.timeline.RoomRef;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Hears from other servers who is typing. Spec: server-server API, "Typing Notifications".
public final class ReceiveTyping implements EduReceiver {
    /// Other servers do not say for how long; they say it anew if it goes on.
    private static final Duration DURATION = Duration.ofSeconds(60);

    private final RemoteMembers members;
    private final UserNumbers users;
    private final Typing typing;

    public ReceiveTyping(RemoteMembers members, UserNumbers users, Typing typing) {
        this.members = members;
        this.users = users;
        this.typing = typing;
    }

    @Override
    public String type() {
        return "m.typing";
    }

    @Override
    public boolean isVolatile() {
        return true;
    }

    /// "Receiving servers should verify that the user is in the room, and is a user belonging to
    /// the sending server."
    @Override
    public void receive(ServerName origin, JsonObject content) {
        Optional<UserId> user = content.string("user_id").flatMap(UserId::tryParse);
        Optional<RoomRef> room =
                content.string("room_id")
                        .flatMap(RoomId::tryParse)
                        .flatMap(id -> members.room(origin, id));
        if (user.isEmpty()
                || room.isEmpty()
                || members.joined(room.get(), origin, List.of(user.get())).isEmpty()) {
            return;
        }
        long number = users.number(user.get());
        if (content.bool("typing").orElse(false)) {
            typing.set(room.get().number(), number, DURATION);
        } else {
            typing.clear(room.get().number(), number);
        }
    }
}
