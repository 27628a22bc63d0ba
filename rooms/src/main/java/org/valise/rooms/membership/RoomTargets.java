package org.valise.rooms.membership;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomAlias;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.directory.AliasStore;
import org.valise.rooms.timeline.RoomStore;

/// Reads `{roomIdOrAlias}`.
public final class RoomTargets {
    private final AliasStore aliases;
    private final RoomStore rooms;

    public RoomTargets(AliasStore aliases, RoomStore rooms) {
        this.aliases = aliases;
        this.rooms = rooms;
    }

    /// @throws MatrixException `M_INVALID_PARAM` for what is neither, 404 for an alias that leads
    ///   nowhere
    public RoomId resolve(String idOrAlias) {
        if (idOrAlias.startsWith("#")) {
            RoomAlias alias = RoomAlias.tryParse(idOrAlias).orElseThrow(RoomTargets::invalid);
            return aliases.find(alias)
                    .map(target -> rooms.get(target.room()).id())
                    .orElseThrow(() ->
                            new MatrixException(
                                    ErrorCode.M_NOT_FOUND, "Room alias " + alias + " not found"));
        }
        return RoomId.tryParse(idOrAlias).orElseThrow(RoomTargets::invalid);
    }

    private static MatrixException invalid() {
        return new MatrixException(ErrorCode.M_INVALID_PARAM, "Neither a room id nor an alias");
    }
}
