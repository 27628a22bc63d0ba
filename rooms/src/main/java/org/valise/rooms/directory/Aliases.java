package org.valise.rooms.directory;

import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.RoomAlias;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.reading.Readable;
import org.valise.rooms.reading.RoomAccess;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StoredEvent;

import java.util.List;
import java.util.Optional;

/// The names of this server that lead to rooms.
public final class Aliases {
    private final AliasStore store;
    private final AliasLookup lookup;
    private final RoomStore rooms;
    private final RoomAccess access;
    private final DirectoryRights rights;
    private final Lanes lanes;
    private final ServerName server;

    Aliases(
            AliasStore store,
            AliasLookup lookup,
            RoomStore rooms,
            RoomAccess access,
            DirectoryRights rights,
            Lanes lanes,
            ServerName server) {
        this.store = store;
        this.lookup = lookup;
        this.rooms = rooms;
        this.access = access;
        this.rights = rights;
        this.lanes = lanes;
        this.server = server;
    }

    /// Wherever the alias is from.
    ///
    /// @throws MatrixException 404 if it leads nowhere
    AliasLookup.Found find(RoomAlias alias) {
        return lookup.find(alias);
    }

    /// An alias of this server.
    ///
    /// @throws MatrixException 404 if it leads nowhere
    AliasLookup.Found own(RoomAlias alias) {
        return lookup.own(alias).orElseThrow(() -> unknown(alias));
    }

    private AliasStore.Target target(RoomAlias alias) {
        return store.find(alias).orElseThrow(() -> unknown(alias));
    }

    private static MatrixException unknown(RoomAlias alias) {
        return new MatrixException(ErrorCode.M_NOT_FOUND, "Room alias " + alias + " not found");
    }

    /// Members of a room may give it names.
    void add(Caller caller, RoomAlias alias, RoomId room) {
        if (!alias.server().equals(server)) {
            throw new MatrixException(
                    ErrorCode.M_INVALID_PARAM, "Aliases are made on the server of their domain");
        }
        Readable known = access.joined(caller, room);
        if (!store.add(alias, known.room().number(), caller.userNumber())) {
            throw new MatrixException(
                            ErrorCode.M_UNKNOWN, "Room alias " + alias + " already exists.")
                    .status(409);
        }
    }

    /// Whoever made it may remove it, and whoever may set the room's canonical alias.
    void remove(Caller caller, RoomAlias alias, long ts) {
        AliasStore.Target target = target(alias);
        RoomRef room = rooms.get(target.room());
        if (target.creator() != caller.userNumber() && !speaksFor(caller, room)) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN,
                    "An alias is removed by who made it, or who may set the canonical alias");
        }
        store.remove(alias);
        try {
            lanes.write(room, writer -> withdraw(writer, caller, alias, ts));
        } catch (MatrixException e) {
            // Servers are recommended to delete the alias and return a successful response even if
            // the user does not have permission to update the `m.room.canonical_alias` event.
            if (e.code() != ErrorCode.M_FORBIDDEN) {
                throw e;
            }
        }
    }

    private boolean speaksFor(Caller caller, RoomRef room) {
        if (caller.admin()) {
            return true;
        }
        try {
            return rights.has(caller, access.joined(caller, room.id()));
        } catch (MatrixException notInRoom) {
            return false;
        }
    }

    /// Takes the alias out of the canonical alias event.
    private static boolean withdraw(RoomWriter writer, Caller caller, RoomAlias alias, long ts) {
        StoredEvent event = writer.state(EventTypes.CANONICAL_ALIAS, "");
        if (event == null) {
            return false;
        }
        JsonObject content = event.event().content();
        JsonObject rest = content;
        if (content.string("alias").equals(Optional.of(alias.value()))) {
            rest = rest.without("alias");
        }
        List<String> others = content.array("alt_aliases").orElse(JsonArray.of()).strings();
        if (others.contains(alias.value())) {
            List<String> left =
                    others.stream().filter(other -> !other.equals(alias.value())).toList();
            rest = rest.with("alt_aliases", JsonArray.of(left));
        }
        if (!rest.equals(content)) {
            writer.send(Draft.state(EventTypes.CANONICAL_ALIAS, "", caller.user(), rest, ts));
        }
        return true;
    }

    /// For whoever is in the room, and for anybody if it is world readable.
    List<RoomAlias> ofRoom(Caller caller, RoomId room) {
        return store.ofRoom(access.present(caller, room).room().number());
    }
}
