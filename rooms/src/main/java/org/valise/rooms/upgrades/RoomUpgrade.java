package org.valise.rooms.upgrades;

import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.creation.RoomCreator;
import org.valise.rooms.directory.AliasStore;
import org.valise.rooms.directory.RoomDirectory;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.members.Membership;
import org.valise.rooms.membership.MemberProfiles;
import org.valise.rooms.reading.Readable;
import org.valise.rooms.reading.RoomAccess;
import org.valise.rooms.reading.StateEvents;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Replaces rooms.
///
/// The new room is there before the old one points to it: what goes wrong in between leaves a room
/// that nobody is in but who wanted it.
public final class RoomUpgrade {
    /// Bans that are part of the new room's first commit; the rest follows, so many at a time.
    private static final int BANS_AT_ONCE = 200;

    private final Lanes lanes;
    private final RoomAccess access;
    private final StateEvents state;
    private final RoomCreator creator;
    private final MemberProfiles profiles;
    private final AliasStore aliases;
    private final RoomDirectory directory;

    public RoomUpgrade(
            Lanes lanes,
            RoomAccess access,
            StateEvents state,
            RoomCreator creator,
            MemberProfiles profiles,
            AliasStore aliases,
            RoomDirectory directory) {
        this.lanes = lanes;
        this.access = access;
        this.state = state;
        this.creator = creator;
        this.profiles = profiles;
        this.aliases = aliases;
        this.directory = directory;
    }

    /// @param creators of the new room besides the caller, where its version has such
    /// @return the new room
    /// @throws MatrixException 403 for whoever may not end the old room
    RoomId upgrade(Caller caller, RoomId id, RoomVersion version, List<UserId> creators, long ts) {
        Readable readable = access.joined(caller, id);
        OldRoom old = read(readable);
        if (!old.mayBeReplacedBy(caller.user())) {
            throw new MatrixException(ErrorCode.M_FORBIDDEN, "You may not upgrade this room");
        }
        UpgradePlan plan = UpgradePlan.of(old, version, caller.user(), creators);
        RoomRef made = create(old, plan, version, caller.user(), creator.moment(ts));
        lanes.write(readable.room(), writer -> retire(writer, caller.user(), made.id(), ts));
        aliases.move(readable.room().number(), made.number());
        directory.replace(readable.room().number(), made.number());
        return made.id();
    }

    private OldRoom read(Readable room) {
        Map<StateKey, Event> others = new HashMap<>();
        for (StoredEvent event : state.others(room, room.state())) {
            others.put(event.event().key(), event.event());
        }
        List<Event> bans =
                state.members(room, room.state()).stream()
                        .map(StoredEvent::event)
                        .filter(event ->
                                Membership.of(event.content()).equals(Optional.of(Membership.BAN)))
                        .toList();
        RoomView.Slice newest = room.view().timeline(0, room.asOf(), 1);
        return new OldRoom(
                room.room().id().value(),
                room.room().version(),
                newest.events().isEmpty() ? null : newest.events().getLast().id(),
                others,
                bans);
    }

    private RoomRef create(
            OldRoom old, UpgradePlan plan, RoomVersion version, UserId upgrader, long ts) {
        List<Event> bans = old.bans();
        int first = Math.min(bans.size(), BANS_AT_ONCE);
        RoomRef made =
                lanes.create(
                        version,
                        writer -> begin(writer, plan, bans.subList(0, first), upgrader, ts));
        for (int from = first; from < bans.size(); from += BANS_AT_ONCE) {
            List<Event> more = bans.subList(from, Math.min(bans.size(), from + BANS_AT_ONCE));
            lanes.write(made, writer -> ban(writer, more, upgrader, ts));
        }
        return made;
    }

    private RoomRef begin(
            RoomWriter writer, UpgradePlan plan, List<Event> bans, UserId upgrader, long ts) {
        writer.send(Draft.state(EventTypes.CREATE, "", upgrader, plan.createContent(), ts));
        JsonObject join = profiles.content(upgrader, Membership.JOIN);
        writer.send(Draft.state(EventTypes.MEMBER, upgrader.value(), upgrader, join, ts));
        ban(writer, bans, upgrader, ts);
        for (UpgradePlan.Entry entry : plan.state()) {
            writer.send(
                    Draft.state(
                            entry.key().type(), entry.key().key(), upgrader, entry.content(), ts));
        }
        return writer.room();
    }

    /// NOTSPEC: memberships are not transferred, but bans are: whoever was kept out of a room would
    /// be let in by its upgrade. It is who upgrades that bans them: nobody is impersonated.
    private static int ban(RoomWriter writer, List<Event> bans, UserId upgrader, long ts) {
        int banned = 0;
        for (Event ban : bans) {
            JsonObject content =
                    ban.content().keep(key -> key.equals("membership") || key.equals("reason"));
            String target = ban.stateKey();
            if (target == null || target.equals(upgrader.value())) {
                continue;
            }
            try {
                writer.send(Draft.state(EventTypes.MEMBER, target, upgrader, content, ts));
                banned++;
            } catch (MatrixException refusal) {
                // Somebody who stands as high as who upgrades: banned once, a creator now.
                if (refusal.code() != ErrorCode.M_FORBIDDEN) {
                    throw refusal;
                }
            }
        }
        return banned;
    }

    /// Ends the old room: a tombstone, and then nothing may be said there any more, if possible.
    private static RoomId retire(RoomWriter writer, UserId upgrader, RoomId replacement, long ts) {
        JsonObject tombstone =
                JsonObject.of(
                        "body",
                        "This room has been replaced",
                        "replacement_room",
                        replacement.value());
        writer.send(Draft.state(EventTypes.TOMBSTONE, "", upgrader, tombstone, ts));
        StoredEvent levels = writer.state(EventTypes.POWER_LEVELS, "");
        if (levels != null) {
            JsonObject closed = TransferredLevels.closed(levels.event().content());
            trySend(writer, Draft.state(EventTypes.POWER_LEVELS, "", upgrader, closed, ts));
        }
        // Its names lead to the new room from here on.
        if (writer.state(EventTypes.CANONICAL_ALIAS, "") != null) {
            trySend(
                    writer,
                    Draft.state(EventTypes.CANONICAL_ALIAS, "", upgrader, JsonObject.of(), ts));
        }
        return replacement;
    }

    private static void trySend(RoomWriter writer, Draft draft) {
        try {
            writer.send(draft);
        } catch (MatrixException refusal) {
            if (refusal.code() != ErrorCode.M_FORBIDDEN) {
                throw refusal;
            }
        }
    }
}
