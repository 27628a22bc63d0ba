package org.valise.rooms.reading;

import org.valise.accounts.accountdata.AccountDataEntry;
import org.valise.platform.http.Caller;
import org.valise.protocol.filter.RoomEventFilter;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.Json;
import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.reading.RoomHistory.Direction;
import org.valise.rooms.reading.RoomHistory.Page;
import org.valise.rooms.reading.RoomHistory.Range;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.tokens.OrderToken;
import org.valise.rooms.tokens.StreamToken;

import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;

/// All of a room at once, as `/initialSync` shows it. Spec: client-server API, `RoomInfo`.
public final class RoomSnapshots {
    private final RoomAccess access;
    private final MembershipStore memberships;
    private final RoomHistory history;
    private final StateEvents state;
    private final LongPredicate published;
    private final Bundling bundling;

    /// @param published whether a room (its number) is in the directory
    public RoomSnapshots(
            RoomAccess access,
            MembershipStore memberships,
            RoomHistory history,
            StateEvents state,
            LongPredicate published,
            Bundling bundling) {
        this.access = access;
        this.memberships = memberships;
        this.history = history;
        this.state = state;
        this.published = published;
        this.bundling = bundling;
    }

    /// Appends a room that the caller may read.
    ///
    /// @param limit how many messages
    /// @param accountData the caller's, of this room or more
    /// @throws org.valise.protocol.error.MatrixException 403 if they may not read it
    public void render(
            Caller caller,
            RoomId id,
            int limit,
            List<AccountDataEntry> accountData,
            Reader reader,
            JsonBuffer out) {
        Readable room = access.readable(caller, id);
        Range newest = new Range(Direction.BACKWARDS, RoomOrder.LAST, null, limit);
        Page page = history.read(room, caller, newest, RoomEventFilter.ALL);
        List<StoredEvent> messages = page.events().reversed();
        Bundles bundles = bundling.of(messages, caller, room.asOf());
        out.ascii("{\"room_id\":").string(id.value());
        membership(caller, room)
                .ifPresent(own -> out.ascii(",\"membership\":\"").ascii(own.word()).ascii("\""));
        out.ascii(",\"messages\":{\"start\":").string(new OrderToken(page.next()).toString());
        out.ascii(",\"end\":").string(new StreamToken(room.asOf(), 0).toString());
        out.ascii(",\"chunk\":");
        state.render(messages, reader, bundles, out);
        out.ascii("},\"state\":");
        state.render(state.all(room, room.state()), reader, out);
        out.ascii(",\"visibility\":")
                .ascii(published.test(room.room().number()) ? "\"public\"" : "\"private\"");
        out.ascii(",\"account_data\":[");
        String comma = "";
        for (AccountDataEntry entry : accountData) {
            if (id.equals(entry.room())) {
                out.ascii(comma).ascii("{\"content\":").value(Json.parse(entry.content()));
                out.ascii(",\"type\":").string(entry.type()).ascii("}");
                comma = ",";
            }
        }
        out.ascii("]}");
    }

    private Optional<Membership> membership(Caller caller, Readable room) {
        return memberships
                .of(caller.userNumber(), room.room().number(), Long.MAX_VALUE)
                .map(UserMembership::membership);
    }
}
