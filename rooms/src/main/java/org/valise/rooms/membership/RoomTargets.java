package org.valise.rooms.membership;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomAlias;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.directory.AliasLookup;
import org.valise.rooms.directory.AliasLookup.Found;

import java.util.List;

/// Reads `{roomIdOrAlias}`.
public final class RoomTargets {
    private final AliasLookup aliases;

    public RoomTargets(AliasLookup aliases) {
        this.aliases = aliases;
    }

    /// @throws MatrixException `M_INVALID_PARAM` for what is neither, 404 for an alias that leads
    ///   nowhere
    public RoomId resolve(String idOrAlias) {
        return find(idOrAlias).room();
    }

    /// The room, and the servers that are likely to be in it: none for a room's id.
    ///
    /// @throws MatrixException `M_INVALID_PARAM` for what is neither, 404 for an alias that leads
    ///   nowhere
    public Found find(String idOrAlias) {
        if (idOrAlias.startsWith("#")) {
            return aliases.find(RoomAlias.tryParse(idOrAlias).orElseThrow(RoomTargets::invalid));
        }
        return new Found(RoomId.tryParse(idOrAlias).orElseThrow(RoomTargets::invalid), List.of());
    }

    private static MatrixException invalid() {
        return new MatrixException(ErrorCode.M_INVALID_PARAM, "Neither a room id nor an alias");
    }
}
