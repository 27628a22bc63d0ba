package org.valise.accounts.users;

import org.valise.protocol.id.UserId;

import java.time.Instant;

/// A user of this server.
public record Account(
        long number,
        UserId id,
        boolean admin,
        boolean guest,
        boolean locked,
        boolean suspended,
        boolean deactivated,
        boolean erased,
        Instant createdAt) {}
