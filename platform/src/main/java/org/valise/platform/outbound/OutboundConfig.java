package org.valise.platform.outbound;

import java.nio.file.Path;
import java.util.Optional;

/// How requests go out.
///
/// @param certificateAuthorities PEM; only these are trusted. Absent: those of the Java runtime
public record OutboundConfig(
        Optional<Path> certificateAuthorities, AddressPolicy addresses, HostLookup hosts) {}
