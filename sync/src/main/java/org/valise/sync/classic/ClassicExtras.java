package org.valise.sync.classic;

import java.util.List;
import java.util.Set;
import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.accountdata.AccountDataEntry;
import org.valise.platform.http.Caller;
import org.valise.protocol.filter.RoomEventFilter;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.view.RoomView;
import org.valise.sync.streams.UserView;

/// Account data, receipts, typing and unread counts for a sync response.
public final class ClassicExtras implements RoomExtras {
    private final Rooms rooms;
    private final AccountData accountData;
    private final IgnoredUsers ignoredUsers;

    public ClassicExtras(Rooms rooms, AccountData accountData, IgnoredUsers ignoredUsers) {
        this.rooms = rooms;
        this.accountData = accountData;
        this.ignoredUsers = ignoredUsers;
    }

    Rooms rooms() {
        return rooms;
    }

    Set<String> ignored(Caller caller) {
        return ignoredUsers.of(caller.userNumber());
    }

    long ephemeralPosition() {
        return 0;
    }

    @Override
    public boolean renderAccount(SyncRequest request, JsonBuffer out) {
        int start = out.length();
        out.ascii(",\"account_data\":{\"events\":[");
        boolean any = false;
        for (AccountDataEntry entry : changed(request)) {
            if (entry.room() == null
                    && request.filter().accountData().matches(entry.type(), null)) {
                append(entry, any, out);
                any = true;
            }
        }
        if (!any) {
            out.truncate(start);
            return false;
        }
        out.ascii("]}");
        return true;
    }

    private List<AccountDataEntry> changed(SyncRequest request) {
        return request.isInitial() || request.fullState()
                ? accountData.all(request.reader().number())
                : accountData.changedAfter(
                        request.reader().number(), request.sincePosition());
    }

    private static void append(AccountDataEntry entry, boolean comma, JsonBuffer out) {
        out.ascii(comma ? ",{\"content\":" : "{\"content\":").value(Json.parse(entry.content()));
        out.ascii(",\"type\":").string(entry.type()).ascii("}");
    }

    @Override
    public boolean renderJoined(
            RoomView view,
            UserMembership membership,
            SyncRequest request,
            boolean whole,
            JsonBuffer out) {
        RoomEventFilter filter = request.filter().room().accountData();
        JsonBuffer data = new JsonBuffer();
        boolean any = false;
        for (AccountDataEntry entry : changed(request)) {
            if (view.room().id().equals(entry.room())
                    && filter.matches(view.room().id().value(), entry.type(), null, JsonObject.of())) {
                append(entry, any, data);
                any = true;
            }
        }
        if (any) {
            out.ascii(",\"account_data\":{\"events\":[").raw(data.toBytes()).ascii("]}");
        }
        return any;
    }

    @Override
    public Set<Long> roomsWithEphemerals(SyncRequest request, UserView user) {
        return Set.of();
    }

    @Override
    public boolean isForgotten(SyncRequest request, UserMembership membership) {
        return rooms.memberships().forgotten(request.reader().number()).stream()
                .anyMatch(
                        forgotten ->
                                forgotten.room() == membership.room()
                                        && forgotten.position() >= membership.position());
    }
}
