package org.valise.accounts.changes;

import org.jspecify.annotations.Nullable;
import org.valise.platform.stream.UserScoped;

/// What happened to an account and readers must know.
public sealed interface AccountChange extends UserScoped {
    /// Access tokens died: what is remembered about the user's sessions is void.
    record SessionsRevoked(long position, long user) implements AccountChange {}

    /// The account was locked, unlocked, suspended or let go.
    record StandingChanged(long position, long user) implements AccountChange {}

    /// A profile field was set or removed. Display name and avatar also go into the user's member
    /// events.
    record ProfileChanged(long position, long user, String field) implements AccountChange {}

    /// Account data was written or deleted.
    ///
    /// @param room the room it belongs to, or null if it is global
    record AccountDataChanged(long position, long user, @Nullable String room, String type)
            implements AccountChange {}

    /// A device got another name.
    record DeviceChanged(long position, long user, String device) implements AccountChange {}

    /// The account is closed for good: its user leaves all rooms and turns down all invites.
    ///
    /// @param erase whether what they sent is to be hidden from those who had not yet seen it
    record AccountDeactivated(long position, long user, boolean erase) implements AccountChange {}
}
