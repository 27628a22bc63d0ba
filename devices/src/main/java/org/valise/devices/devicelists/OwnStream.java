package org.valise.devices.devicelists;

import org.valise.rooms.members.MembershipStore.UserMembership;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What is known in memory of one user's part of the stream.
public interface OwnStream {
    /// The user's number.
    long user();

    /// The rooms in which something may have happened after a position; empty if that is too long
    /// ago to know.
    Optional<Set<Long>> roomsChangedAfter(long position);

    /// The users whose device lists changed after a position, and who shared a room with the user
    /// then; empty if that is too long ago to know.
    Optional<Set<Long>> deviceListsChangedAfter(long position);

    /// The newest membership in each room as of a position that is not too long ago.
    List<UserMembership> membershipsAt(long position);
}
