package org.valise.rooms.membership;

import org.valise.protocol.id.UserId;

/// What a room that is joined because of memberships elsewhere says to someone.
public sealed interface Vouching {
    /// The room is not restricted, or they need nobody: they are invited or in the room.
    record Needless() implements Vouching {}

    /// They meet a condition, and this local member may let them in.
    record By(UserId member) implements Vouching {}

    /// They meet a condition, but nobody here may let them in: another server might.
    record Powerless() implements Vouching {}

    /// Whether they meet a condition is not known here: another server might know.
    record Unknown() implements Vouching {}

    /// They meet no condition.
    record Refused() implements Vouching {}
}
