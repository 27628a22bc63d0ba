package org.valise.rooms.sending;

import org.valise.accounts.users.UserNumbers;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.members.Membership;
import org.valise.rooms.relations.Relation;
import org.valise.rooms.relations.RelationStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the client API checks of events that relate to others, beyond the authorization rules.
public final class RelationGuard {
    private final RelationStore relations;
    private final Events events;
    private final UserNumbers users;

    public RelationGuard(RelationStore relations, Events events, UserNumbers users) {
        this.relations = relations;
        this.events = events;
        this.users = users;
    }

    /// @throws MatrixException `M_DUPLICATE_ANNOTATION`, or 400 for a thread that cannot be
    void check(RoomWriter writer, Draft draft) {
        Relation relation = Relation.of(draft.content()).orElse(null);
        // SECURITY: whoever is not in the room learns nothing of its events.
        if (relation == null
                || !writer.membership(draft.sender()).equals(Optional.of(Membership.JOIN))) {
            return;
        }
        if (relation.is(Relation.ANNOTATION)) {
            refuseSecondAnnotation(writer, draft, relation);
        } else if (relation.is(Relation.THREAD)) {
            refuseThreadOffARelation(writer, relation);
        }
    }

    /// "Homeservers should prevent users from sending a second annotation for a given event with
    /// identical event `type` and annotation `key`."
    private void refuseSecondAnnotation(RoomWriter writer, Draft draft, Relation relation) {
        long room = writer.room().number();
        // In this order: what is committed in between is in both.
        List<StoredEvent> earlier = new ArrayList<>(writer.uncommitted());
        long sender = users.number(draft.sender());
        earlier.removeIf(event ->
                event.sender() != sender
                        || !event.event().type().equals(draft.type())
                        || !Relation.of(event.event().content()).equals(Optional.of(relation)));
        List<Long> own = relations.own(room, relation, draft.type(), sender);
        if (!own.isEmpty()) {
            earlier.addAll(events.load(room, own).values());
        }
        Optional<String> key = annotationKey(draft.content());
        if (earlier.stream()
                .anyMatch(event -> annotationKey(event.event().content()).equals(key))) {
            throw new MatrixException(
                            ErrorCode.M_DUPLICATE_ANNOTATION, "You have reacted like this already")
                    .status(400);
        }
    }

    private static Optional<String> annotationKey(JsonObject content) {
        return content.object("m.relates_to").flatMap(relation -> relation.string("key"));
    }

    /// "Servers SHOULD reject client requests which attempt to start a thread off an event with an
    /// `m.relates_to` property."
    private void refuseThreadOffARelation(RoomWriter writer, Relation relation) {
        if (events.byId(relation.target())
                .filter(root -> root.room() == writer.room().number())
                .flatMap(root -> Relation.of(root.event().content()))
                .isPresent()) {
            throw new MatrixException(
                            ErrorCode.M_UNKNOWN,
                            "A thread cannot start from an event that relates to another one")
                    .status(400);
        }
    }
}
