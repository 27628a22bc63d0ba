package org.valise.platform.http;

import java.nio.file.Path;

/// A listener with TLS beside the plain one, for federation without a proxy in front.
///
/// @param certificates PEM: the server's certificate, then the chain up to its root
/// @param key PEM: its private key, unencrypted
public record TlsConfig(String host, int port, Path certificates, Path key) {}
