package org.valise.devices.removal;

import java.util.Collection;

/// Something that is kept for users, and goes with their accounts.
@FunctionalInterface
public interface ClosedAccounts {
    /// Deletes what belonged to users whose accounts are closed for good. May be called again, and
    /// on several nodes at once.
    void delete(Collection<Long> users);
}
