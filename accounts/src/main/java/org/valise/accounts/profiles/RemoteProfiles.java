package org.valise.accounts.profiles;

import org.valise.protocol.id.UserId;

import java.util.Optional;

/// Where the profiles of other servers' users come from. Implemented by federation (`GET
/// /query/profile`).
@FunctionalInterface
public interface RemoteProfiles {
    /// Without federation nobody of another server is known.
    RemoteProfiles NONE = user -> Optional.empty();

    /// Empty if the user's server knows no such user. May ask over the network, and must not be
    /// called in a transaction.
    Optional<Profile> find(UserId user);
}
