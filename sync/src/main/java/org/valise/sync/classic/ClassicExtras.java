package org.valise.sync.classic;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.accountdata.AccountDataEntry;
import org.valise.accounts.users.UserNumbers;
import org.valise.platform.http.Caller;
import org.valise.protocol.filter.RoomEventFilter;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.push.Push;
import org.valise.push.rules.PushRules;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.tokens.StreamToken;
import org.valise.rooms.view.RoomView;
import org.valise.sync.streams.UserView;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// Account data, receipts, typing and unread counts for a sync response.
public final class ClassicExtras implements RoomExtras {
    private final Rooms rooms;
    private final AccountData accountData;
    private final IgnoredUsers ignoredUsers;
    private final RoomUnread unreadCounts;
    private final RoomEphemeral ephemeral;
    private final PushRules pushRules;

    public ClassicExtras(
            Rooms rooms,
            Push push,
            UserNumbers users,
            AccountData accountData,
            IgnoredUsers ignoredUsers) {
        this.rooms = rooms;
        this.unreadCounts = new RoomUnread(rooms, push);
        this.ephemeral = new RoomEphemeral(rooms, users);
        this.pushRules = push.rules();
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
        return rooms.typing().ephemeral();
    }

    @Override
    public boolean renderAccount(SyncRequest request, JsonBuffer out) {
        int start = out.length();
        out.ascii(",\"account_data\":{\"events\":[");
        boolean any = false;
        if (isPushRulesNews(request)) {
            JsonObject rules =
                    pushRules.of(request.reader().number(), request.reader().user()).content();
            out.ascii("{\"content\":").value(rules).ascii(",\"type\":\"m.push_rules\"}");
            any = true;
        }
        for (AccountDataEntry entry : request.accountData().get()) {
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

    private boolean isPushRulesNews(SyncRequest request) {
        return request.filter().accountData().matches("m.push_rules", null)
                && (request.isInitial()
                        || request.fullState()
                        || pushRules.changedAt(request.reader().number())
                                > request.sincePosition());
    }

    /// The account data that a response may need, read once at most and only if it is asked for.
    ///
    /// @param since null for all of it
    Supplier<List<AccountDataEntry>> accountData(UserView user, @Nullable StreamToken since) {
        if (since == null) {
            return Memo.of(() -> accountData.all(user.user()));
        }
        return Memo.of(() ->
                user.mayHaveChangedOutsideRoomsAfter(since.position())
                        ? accountData.changedAfter(user.user(), since.position())
                        : List.of());
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
        for (AccountDataEntry entry : request.accountData().get()) {
            if (view.room().id().equals(entry.room())
                    && filter.matches(
                            view.room().id().value(), entry.type(), null, JsonObject.of())) {
                append(entry, any, data);
                any = true;
            }
        }
        if (any) {
            out.ascii(",\"account_data\":{\"events\":[").raw(data.toBytes()).ascii("]}");
        }
        boolean ephemeralNews = ephemeral.render(view, request, whole, out);
        unreadCounts.render(view, membership, request, out);
        return any || ephemeralNews;
    }

    @Override
    public Set<Long> roomsWithEphemerals(SyncRequest request, UserView user) {
        StreamToken since = request.since();
        return since == null
                ? Set.of()
                : Set.copyOf(rooms.typing().roomsChangedAfter(since.ephemeral()));
    }

    @Override
    public boolean isForgotten(SyncRequest request, UserMembership membership) {
        return rooms.memberships().forgotten(request.reader().number()).stream()
                .anyMatch(forgotten ->
                        forgotten.room() == membership.room()
                                && forgotten.position() >= membership.position());
    }
}
