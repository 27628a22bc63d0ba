package org.valise.protocol.roomversion;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A room version: the previous one and its own tweaks. All of them are stable.
public enum RoomVersion {
    V1(null),
    V2(V1, Tweak.STATE_RESOLUTION_V2),
    V3(V2, Tweak.EVENT_ID_IS_HASH, Tweak.REDACTIONS_CHECKED_ON_APPLYING),
    V4(V3, Tweak.URL_SAFE_EVENT_IDS),
    V5(V4, Tweak.KEY_VALIDITY_ENFORCED),
    V6(V5, Tweak.STRICT_CANONICAL_JSON, Tweak.NO_ALIASES_RULES, Tweak.NOTIFICATION_LEVELS_CHECKED),
    V7(V6, Tweak.KNOCKING),
    V8(V7, Tweak.RESTRICTED_JOINS),
    V9(V8, Tweak.REDACTION_KEEPS_JOIN_AUTHORISER),
    V10(V9, Tweak.INTEGER_POWER_LEVELS, Tweak.KNOCK_RESTRICTED),
    V11(V10, Tweak.UPDATED_REDACTION, Tweak.REDACTS_IN_CONTENT, Tweak.CREATOR_IS_SENDER),
    V12(V11, Tweak.ROOM_ID_IS_HASH, Tweak.PRIVILEGED_CREATORS, Tweak.STATE_RESOLUTION_V2_1);

    /// The version of new rooms: "Servers SHOULD use room version 12".
    public static final RoomVersion DEFAULT = V12;

    private static final Map<String, RoomVersion> BY_ID =
            Arrays.stream(values())
                    .collect(Collectors.toUnmodifiableMap(RoomVersion::id, Function.identity()));

    private final String id;
    private final Set<Tweak> tweaks = EnumSet.noneOf(Tweak.class);

    RoomVersion(@Nullable RoomVersion previous, Tweak... added) {
        id = name().substring(1);
        if (previous != null) {
            tweaks.addAll(previous.tweaks);
        }
        tweaks.addAll(Arrays.asList(added));
    }

    /// The identifier in `room_version`, such as `12`.
    public String id() {
        return id;
    }

    public static Optional<RoomVersion> of(String id) {
        return Optional.ofNullable(BY_ID.get(id));
    }

    public boolean has(Tweak tweak) {
        return tweaks.contains(tweak);
    }

    @Override
    public String toString() {
        return id;
    }
}
