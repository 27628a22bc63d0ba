package org.valise.rooms.aggregations;

import org.valise.protocol.id.UserId;

import java.util.Set;

/// Whom it is for, and as of which position.
///
/// @param number the user's
/// @param ignored numbers of those whose events they do not want
public record Onlooker(UserId user, long number, Set<Long> ignored, long asOf) {}
