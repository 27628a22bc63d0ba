package org.valise.protocol.filter;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.json.PropertyPath;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The properties of events that a client wants: "`['content.body']` will include the `body` field
/// of the `content` object".
public final class EventProjection {
    /// All properties.
    public static final EventProjection ALL = new EventProjection(null);

    /// A node without children means the property as a whole.
    private final @Nullable Node wanted;

    private static final class Node {
        private final Map<String, Node> children = new LinkedHashMap<>();
        private boolean whole;
    }

    private EventProjection(@Nullable Node wanted) {
        this.wanted = wanted;
    }

    public static EventProjection of(List<String> paths) {
        Node root = new Node();
        for (String path : paths) {
            Node here = root;
            for (String name : PropertyPath.of(path).names()) {
                here = here.children.computeIfAbsent(name, _ -> new Node());
            }
            here.whole = true;
        }
        return new EventProjection(root);
    }

    public boolean isAll() {
        return wanted == null;
    }

    /// The event with only the wanted properties, in its own order.
    public JsonObject project(JsonObject event) {
        return wanted == null ? event : project(wanted, event);
    }

    private static JsonObject project(Node wanted, JsonObject object) {
        JsonObject.Builder kept = JsonObject.builder();
        for (String name : object.keys()) {
            Node child = wanted.children.get(name);
            JsonValue value = object.get(name);
            if (child == null || value == null) {
                continue;
            }
            if (child.whole) {
                kept.put(name, value);
            } else if (value instanceof JsonObject nested) {
                JsonObject part = project(child, nested);
                if (!part.isEmpty()) {
                    kept.put(name, part);
                }
            }
        }
        return kept.build();
    }
}
