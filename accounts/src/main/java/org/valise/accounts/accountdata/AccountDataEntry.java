package org.valise.accounts.accountdata;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.RoomId;

/// One piece of account data.
///
/// @param room null if it is global
/// @param content as JSON text, to be passed on as it is; `{}` where it was deleted
/// @param position when it was last written
public record AccountDataEntry(@Nullable RoomId room, String type, String content, long position) {}
