package org.valise.rooms.serving;

import org.valise.platform.http.Call;
import org.valise.platform.http.Reply;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.serving.AskedRooms.Asked;
import org.valise.rooms.serving.EventArrays.Rendering;
import org.valise.rooms.serving.EventArrays.Section;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;

import java.util.List;
import java.util.function.UnaryOperator;

/// States of rooms and auth chains, for servers that may ask.
///
/// Whoever may see an event may see the state before it and what led to it: `/send_join` gives both
/// to whoever joins. Of those of another event they see what they may see otherwise.
public final class StateAnswer {
    private final AskedRooms rooms;
    private final Events events;
    private final StateStore states;

    public StateAnswer(AskedRooms rooms, Events events, StateStore states) {
        this.rooms = rooms;
        this.events = events;
        this.states = states;
    }

    /// "The fully resolved state for the room, prior to considering any state changes induced by
    /// the requested event. Includes the authorisation chain for the events."
    ///
    /// @throws MatrixException 403 or 404
    Reply state(Call call, String state, String chain, Rendering rendering) {
        call.requiredQuery("event_id");
        EventId id = call.query("event_id", EventId::parse).orElseThrow();
        Asked asked = rooms.room(call);
        StoredEvent event = rooms.placed(asked, id);
        if (event.snapshotBefore() == 0 && !event.event().type().equals(EventTypes.CREATE)) {
            throw new MatrixException(
                    ErrorCode.M_NOT_FOUND, "The state at event " + id.value() + " is not known");
        }
        UnaryOperator<List<StoredEvent>> shown = shown(asked, event, rendering);
        AuthChain authorized = new AuthChain(events, asked.number());
        StateEntries entries =
                StateEntries.of(events, asked.number(), states.snapshot(event.snapshotBefore()));
        return new EventArrays(
                        JsonObject.of(),
                        List.of(
                                new Section(state, authorized.behind(entries, true), shown),
                                new Section(chain, authorized, shown)),
                        rendering)
                .reply();
    }

    /// @throws MatrixException 403 or 404
    Reply authChain(Call call) {
        Asked asked = rooms.room(call);
        StoredEvent event = rooms.known(asked, call.path("eventId", EventId::parse));
        AuthChain chain = new AuthChain(events, asked.number());
        chain.addFor(event.event());
        UnaryOperator<List<StoredEvent>> shown = shown(asked, event, Rendering.WHOLE);
        return new EventArrays(
                        JsonObject.of(),
                        List.of(new Section("auth_chain", chain, shown)),
                        Rendering.WHOLE)
                .reply();
    }

    private static UnaryOperator<List<StoredEvent>> shown(
            Asked asked, StoredEvent event, Rendering rendering) {
        return rendering == Rendering.IDS || asked.sight().sees(event)
                ? UnaryOperator.identity()
                : asked.sight()::shown;
    }
}
