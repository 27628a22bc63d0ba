package org.valise.rooms.relations;

import org.valise.protocol.id.EventId;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// What an event says of another one of its room. Spec: "Forming relationships between events".
///
/// @param type `rel_type`
/// @param target the parent's id; it need not be known, nor be in the room
public record Relation(String type, EventId target) {
    public static final String THREAD = "m.thread";
    public static final String REPLACE = "m.replace";
    public static final String REFERENCE = "m.reference";
    public static final String ANNOTATION = "m.annotation";

    /// The longest Common Namespaced Identifier.
    private static final int MAX_TYPE = 255;

    /// "Relationships which don't match the schema […] are simply ignored."
    ///
    /// @param content of the child
    public static Optional<Relation> of(JsonObject content) {
        Optional<JsonObject> relates = content.object("m.relates_to");
        Optional<String> type =
                relates.flatMap(relation -> relation.string("rel_type"))
                        .filter(text -> !text.isEmpty() && text.length() <= MAX_TYPE)
                        .filter(Relation::isStorable);
        Optional<EventId> target =
                relates.flatMap(relation -> relation.string("event_id"))
                        .filter(Relation::isStorable)
                        .flatMap(EventId::tryParse);
        return type.isPresent() && target.isPresent()
                ? Optional.of(new Relation(type.get(), target.get()))
                : Optional.empty();
    }

    public boolean is(String relType) {
        return type.equals(relType);
    }

    /// PostgreSQL does not store NUL in text.
    private static boolean isStorable(String text) {
        return text.indexOf('\0') < 0;
    }
}
