package org.valise.federation.peers;

import org.valise.protocol.id.ServerPattern;

/// Servers that an administrator has let in, or refused.
record PeerRule(ServerPattern pattern, boolean allowed) {}
