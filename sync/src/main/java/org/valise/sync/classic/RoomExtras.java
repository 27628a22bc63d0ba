package org.valise.sync.classic;

import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.view.RoomView;
import org.valise.sync.streams.UserView;

import java.util.Collection;
import java.util.Set;

/// What a sync response has beside events and state: account data, receipts, typing, unread counts,
/// presence.
interface RoomExtras {
    /// Takes into memory what will be needed, before it is asked for room by room.
    void warm(Collection<UserMembership> candidates, SyncRequest request);

    /// Appends `,"account_data":…` and the like.
    ///
    /// @return whether there was anything new
    boolean renderAccount(SyncRequest request, JsonBuffer out);

    /// Appends `,"presence":…`, when the rooms are known.
    ///
    /// @return whether there was anything new
    boolean renderPresence(UserView user, SyncRequest request, Sections sections, JsonBuffer out);

    /// Appends `,"ephemeral":…`, `,"account_data":…`, `,"unread_notifications":…` of a joined room.
    ///
    /// @param whole whether the room is new to the reader
    /// @return whether that alone is worth a response
    boolean renderJoined(
            RoomView view,
            UserMembership membership,
            SyncRequest request,
            boolean whole,
            JsonBuffer out);

    /// Appends `,"account_data":…` of a room that was left.
    void renderLeft(RoomView view, SyncRequest request, JsonBuffer out);

    /// The rooms with account data that is new.
    Set<Long> roomsWithAccountData(SyncRequest request);

    /// The rooms with something that has no position of the stream (typing).
    Set<Long> roomsWithEphemerals(SyncRequest request, UserView user);

    boolean isForgotten(SyncRequest request, UserMembership membership);
}
