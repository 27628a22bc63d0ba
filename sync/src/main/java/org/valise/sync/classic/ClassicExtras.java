package org.valise.sync.classic;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.accountdata.AccountDataEntry;
import org.valise.accounts.users.UserNumbers;
import org.valise.devices.changes.UserRooms;
import org.valise.platform.http.Caller;
import org.valise.protocol.filter.RoomEventFilter;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.push.Push;
import org.valise.push.rules.PushRules;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.presence.Presence;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.tokens.StreamToken;
import org.valise.rooms.view.RoomView;
import org.valise.sync.streams.UserView;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// Account data, receipts, typing, unread counts and presence for a sync response.
public final class ClassicExtras implements RoomExtras {
    private final Rooms rooms;
    private final AccountData accountData;
    private final IgnoredUsers ignoredUsers;
    private final RoomUnread unreadCounts;
    private final Warming warming;
    private final RoomEphemeral ephemeral;
    private final PresenceUpdates presence;
    private final PushRules pushRules;

    public ClassicExtras(
            Rooms rooms,
            Push push,
            UserNumbers users,
            AccountData accountData,
            IgnoredUsers ignoredUsers,
            UserRooms userRooms) {
        this.rooms = rooms;
        this.unreadCounts = new RoomUnread(rooms, push);
        this.warming = new Warming(rooms, unreadCounts);
        this.ephemeral = new RoomEphemeral(rooms, users);
        this.presence = new PresenceUpdates(rooms, users, userRooms);
        this.pushRules = push.rules();
        this.accountData = accountData;
        this.ignoredUsers = ignoredUsers;
    }

    Rooms rooms() {
        return rooms;
    }

    Presence presence() {
        return rooms.presence();
    }

    Set<String> ignored(Caller caller) {
        return ignoredUsers.of(caller.userNumber());
    }

    long ephemeralPosition() {
        return rooms.ephemeral().applied();
    }

    @Override
    public void warm(Collection<UserMembership> candidates, SyncRequest request) {
        warming.warm(candidates, request);
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
        for (AccountDataEntry entry : request.lookups().newAccountData().get()) {
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

    /// What a response may need, read once at most and only if it is asked for.
    ///
    /// @param since null for all of it
    Lookups lookups(UserView user, @Nullable StreamToken since) {
        long number = user.user();
        Supplier<List<AccountDataEntry>> all = Memo.of(() -> accountData.all(number));
        return new Lookups(
                since == null
                        ? all
                        : Memo.of(() ->
                                user.mayHaveChangedOutsideRoomsAfter(since.position())
                                        ? accountData.changedAfter(number, since.position())
                                        : List.of()),
                all,
                Memo.of(() -> rooms.memberships().forgotten(number)));
    }

    private static void append(AccountDataEntry entry, boolean comma, JsonBuffer out) {
        out.ascii(comma ? ",{\"content\":" : "{\"content\":").utf8(entry.content());
        out.ascii(",\"type\":").string(entry.type()).ascii("}");
    }

    @Override
    public boolean renderPresence(
            UserView user, SyncRequest request, Sections sections, JsonBuffer out) {
        return presence.render(user, request, sections.newRooms, sections.newcomers, out);
    }

    @Override
    public boolean renderJoined(
            RoomView view,
            UserMembership membership,
            SyncRequest request,
            boolean whole,
            JsonBuffer out) {
        // What was set while the reader was out of the room is news too.
        boolean accountNews =
                renderAccountData(
                        view,
                        request,
                        whole
                                ? request.lookups().allAccountData()
                                : request.lookups().newAccountData(),
                        out);
        boolean ephemeralNews = ephemeral.render(view, request, whole, out);
        unreadCounts.render(view, membership, request, out);
        return accountNews || ephemeralNews || unreadCounts.isNews(view, request);
    }

    @Override
    public void renderLeft(RoomView view, SyncRequest request, JsonBuffer out) {
        renderAccountData(view, request, request.lookups().newAccountData(), out);
    }

    private boolean renderAccountData(
            RoomView view,
            SyncRequest request,
            Supplier<List<AccountDataEntry>> entries,
            JsonBuffer out) {
        RoomEventFilter filter = request.filter().room().accountData();
        if (filter.admitsNothing()) {
            return false;
        }
        JsonBuffer data = new JsonBuffer();
        boolean any = false;
        for (AccountDataEntry entry : entries.get()) {
            if (view.room().id().equals(entry.room())
                    && filter.matches(
                            view.room().id().value(),
                            entry.type(),
                            null,
                            Json.parseObject(entry.content()))) {
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
    public Set<Long> roomsWithAccountData(SyncRequest request) {
        Set<Long> found = new HashSet<>();
        for (AccountDataEntry entry : request.lookups().newAccountData().get()) {
            if (entry.room() != null) {
                rooms.rooms().find(entry.room()).ifPresent(room -> found.add(room.number()));
            }
        }
        return found;
    }

    @Override
    public Set<Long> roomsWithEphemerals(SyncRequest request, UserView user) {
        StreamToken since = request.since();
        if (since == null) {
            return Set.of();
        }
        long to = request.upTo().ephemeral();
        return user.typedIn(since.ephemeral(), to)
                .orElseGet(() -> rooms.typing().roomsChangedIn(since.ephemeral(), to));
    }

    @Override
    public boolean isForgotten(SyncRequest request, UserMembership membership) {
        return request.lookups().forgotten().get().stream()
                .anyMatch(forgotten ->
                        forgotten.room() == membership.room()
                                && forgotten.position() >= membership.position());
    }
}
