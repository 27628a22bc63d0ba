package org.valise.protocol.pushrules;

import org.valise.protocol.id.UserId;

/// What rules may ask of the room an event is in.
///
/// @param members how many users are joined
/// @param power who may notify the whole room
public record PushRoom(int members, NotificationPower power) {

    /// The part of a room's power levels that concerns notifications; `PowerLevels` has just these
    /// methods.
    public interface NotificationPower {
        /// The power level of a user.
        long userLevel(UserId user);

        /// The level "required to trigger" notifications of a type such as `room`; 50 if
        /// unspecified.
        long notification(String key);
    }

    /// Nobody may do what asks for a level.
    public static final NotificationPower NO_POWER =
            new NotificationPower() {
                @Override
                public long userLevel(UserId user) {
                    return 0;
                }

                @Override
                public long notification(String key) {
                    return 50;
                }
            };
}
