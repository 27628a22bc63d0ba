package org.valise.accounts.registration;

import org.valise.protocol.id.UserId;

/// Which user ids nobody may register: those in the exclusive namespaces of application services.
@FunctionalInterface
public interface ReservedNames {
    ReservedNames NONE = user -> false;

    boolean isReserved(UserId user);
}
