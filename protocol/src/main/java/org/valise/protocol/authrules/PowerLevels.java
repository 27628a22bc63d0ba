package org.valise.protocol.authrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.UserId;
import org.valise.protocol.roomversion.RoomVersion;

/// Who may do what in a room: the levels of one `m.room.power_levels` event (or of none) as its
/// room version reads them, and the room's creators.
///
/// Immutable, and costs as much to make as the event is long: keep it as long as the event is the
/// current one.
///
/// Levels that are not there have the specification's defaults. So have levels that make no sense
/// (in a version that does not refuse them, or in an event that was never checked): reading never
/// fails.
public final class PowerLevels {

    /// The level of creators where it is infinite: above every level that an event can give.
    public static final long INFINITE = Long.MAX_VALUE;

    /// What the creator has as long as there is no `m.room.power_levels` event, in versions where
    /// creators are not infinite.
    private static final long CREATOR_BEFORE_POWER_LEVELS = 100;

    private static final long NOTIFICATION_DEFAULT = 50;

    private final LevelsContent levels;
    private final boolean defined;
    private final Creators creators;

    private PowerLevels(LevelsContent levels, boolean defined, Creators creators) {
        this.levels = levels;
        this.defined = defined;
        this.creators = creators;
    }

    /// @param powerLevels the state's `m.room.power_levels` event, null where there is none
    /// @param create the room's `m.room.create` event
    public static PowerLevels of(RoomVersion version, @Nullable Event powerLevels, Event create) {
        return new PowerLevels(
                powerLevels == null
                        ? LevelsContent.EMPTY
                        : LevelsContent.parse(version, powerLevels.content()),
                powerLevels != null,
                Creators.of(version, create));
    }

    public long userLevel(UserId user) {
        return userLevel(user.value());
    }

    long userLevel(String user) {
        if (creators.areInfinite() && creators.contains(user)) {
            return INFINITE;
        }
        // If the room contains no `m.room.power_levels` event, the room's creator has a power level
        // of 100, and all other users have a power level of 0.
        if (!defined) {
            return creators.contains(user) ? CREATOR_BEFORE_POWER_LEVELS : 0;
        }
        Long level = levels.users().get(user);
        return level != null ? level : levels.get(Level.USERS_DEFAULT);
    }

    /// The level needed to send a state event of this type.
    public long stateLevel(String type) {
        Long level = levels.events().get(type);
        return level != null ? level : levels.get(Level.STATE_DEFAULT);
    }

    /// The level needed to send an event of this type that is not a state event.
    public long eventLevel(String type) {
        Long level = levels.events().get(type);
        return level != null ? level : levels.get(Level.EVENTS_DEFAULT);
    }

    /// The *required power level* of an event.
    long requiredLevel(String type, boolean isState) {
        return isState ? stateLevel(type) : eventLevel(type);
    }

    public long ban() {
        return levels.get(Level.BAN);
    }

    public long kick() {
        return levels.get(Level.KICK);
    }

    public long invite() {
        return levels.get(Level.INVITE);
    }

    public long redact() {
        return levels.get(Level.REDACT);
    }

    public long usersDefault() {
        return levels.get(Level.USERS_DEFAULT);
    }

    /// The level needed to cause this notification, such as `room` for `@room`.
    public long notification(String key) {
        Long level = levels.notifications().get(key);
        return level != null ? level : NOTIFICATION_DEFAULT;
    }

    /// Whether the user is one of the room's creators. Their level is infinite only in versions
    /// where [#userLevel] says so.
    public boolean isCreator(UserId user) {
        return creators.contains(user.value());
    }

    /// Whether the state has an `m.room.power_levels` event at all.
    boolean defined() {
        return defined;
    }

    Creators creators() {
        return creators;
    }

    LevelsContent content() {
        return levels;
    }
}
