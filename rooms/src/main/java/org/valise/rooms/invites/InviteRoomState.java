package org.valise.rooms.invites;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.rooms.invites.EventProof.Verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What an invitation says of its room, checked.
///
/// Spec: server-server API, `PUT /_matrix/federation/v2/invite/{roomId}/{eventId}`: whole events of
/// the room, with the create event. "Servers MAY apply [that] to room versions 1 through 11 and
/// SHOULD apply [it] to all other room versions": in versions 1 to 11 stripped events are taken,
/// too, for older servers send these.
final class InviteRoomState {
    private static final Logger LOG = LoggerFactory.getLogger(InviteRoomState.class);

    /// SECURITY: each may cost a signature check.
    private static final int MOST = 50;

    private final EventProof proof;

    InviteRoomState(EventProof proof) {
        this.proof = proof;
    }

    /// NOTSPEC: an event of a server whose keys cannot be had is left out, and not a reason to
    /// refuse the invitation: a server that is away must not keep others from inviting.
    ///
    /// @param given `invite_room_state`
    /// @return what of it is to be believed
    /// @throws MatrixException `M_INVALID_PARAM`
    List<JsonObject> read(RoomVersion version, RoomId room, List<JsonValue> given) {
        if (given.size() > MOST) {
            throw invalid("has too many events");
        }
        boolean strict = version.has(Tweak.ROOM_ID_IS_HASH);
        List<Event> whole = new ArrayList<>();
        List<JsonObject> believed = new ArrayList<>();
        for (JsonValue value : given) {
            if (!(value instanceof JsonObject event)) {
                throw invalid("holds what is no object");
            }
            if (strict || event.has("signatures")) {
                whole.add(whole(version, room, event));
            } else {
                believed.add(event);
            }
        }
        if (!believed.isEmpty()) {
            LOG.info("an invitation to {} brings stripped events", room);
        }
        if (strict && whole.stream().noneMatch(event -> event.isState(EventTypes.CREATE, ""))) {
            throw invalid("lacks the create event");
        }
        Map<EventId, Verdict> verdicts = proof.of(whole);
        for (Event event : whole) {
            switch (verdicts.getOrDefault(event.id(), Verdict.FORGED)) {
                case FORGED -> throw invalid("holds an event that is not signed as it must be");
                case UNKNOWN -> LOG.info("no key for event {} of an invitation", event.id());
                case SIGNED ->
                        believed.add(
                                (event.contentHashMatches() ? event : event.redacted()).json());
            }
        }
        return believed;
    }

    private static Event whole(RoomVersion version, RoomId room, JsonObject json) {
        Event event;
        try {
            event = Event.parse(version, json);
        } catch (InvalidEvent e) {
            throw invalid("holds what is no event of the room's version: " + e.getMessage());
        }
        if (!event.isState() || !event.roomId().equals(room)) {
            throw invalid("holds an event that is not of the room's state");
        }
        return event;
    }

    private static MatrixException invalid(String what) {
        return new MatrixException(ErrorCode.M_INVALID_PARAM, "invite_room_state " + what);
    }
}
