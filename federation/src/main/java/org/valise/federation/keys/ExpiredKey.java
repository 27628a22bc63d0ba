package org.valise.federation.keys;

import org.valise.protocol.id.KeyId;

import java.time.Instant;

/// A key this server no longer signs with: what it signed before `expiredAt` stays valid.
public record ExpiredKey(KeyId keyId, byte[] publicKey, Instant expiredAt) {}
