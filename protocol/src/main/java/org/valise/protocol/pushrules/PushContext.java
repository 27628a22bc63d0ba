package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;

/// What an evaluation needs besides the rules.
///
/// @param displayName the display name, in that room, of the user whose rules are run
public record PushContext(PushEvent event, PushRoom room, @Nullable String displayName) {}
