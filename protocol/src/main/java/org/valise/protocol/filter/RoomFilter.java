package org.valise.protocol.filter;

/// Which data of rooms. Spec: `RoomFilter`. Its own rooms are "applied before the filters in
/// `ephemeral`, `state`, `timeline` or `account_data`".
public final class RoomFilter {
    private final RoomSelection rooms;
    private final boolean includeLeave;
    private final RoomEventFilter ephemeral;
    private final RoomEventFilter state;
    private final RoomEventFilter timeline;
    private final RoomEventFilter accountData;

    private RoomFilter(FilterReader json) {
        this.rooms = RoomSelection.of(json);
        this.includeLeave = json.flag("include_leave");
        this.ephemeral = RoomEventFilter.of(json.object("ephemeral"));
        this.state = RoomEventFilter.of(json.object("state"));
        this.timeline = RoomEventFilter.of(json.object("timeline"));
        this.accountData = RoomEventFilter.of(json.object("account_data"));
    }

    static RoomFilter of(FilterReader json) {
        return new RoomFilter(json);
    }

    /// Whether anything of the room is wanted.
    public boolean admitsRoom(String roomId) {
        return rooms.admits(roomId);
    }

    /// Whether no room can pass.
    public boolean admitsNothing() {
        return rooms.admitsNothing();
    }

    /// "Include rooms that the user has left in the sync."
    public boolean includeLeave() {
        return includeLeave;
    }

    public RoomEventFilter ephemeral() {
        return ephemeral;
    }

    public RoomEventFilter state() {
        return state;
    }

    public RoomEventFilter timeline() {
        return timeline;
    }

    public RoomEventFilter accountData() {
        return accountData;
    }

    /// The lists of state and timeline both have the switch, and it means the members that come
    /// with a timeline.
    public boolean lazyLoadMembers() {
        return state.lazyLoadMembers() || timeline.lazyLoadMembers();
    }

    public boolean includeRedundantMembers() {
        return state.includeRedundantMembers() || timeline.includeRedundantMembers();
    }

    public boolean unreadThreadNotifications() {
        return timeline.unreadThreadNotifications();
    }
}
