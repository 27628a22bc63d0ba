package org.valise.protocol.json;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// A dot-separated property path: where a property stands in nested objects, as push rules and
/// filters name it. Spec: appendices, "Dot-separated property paths".
public final class PropertyPath {
    private final String text;
    private final List<String> names;

    private PropertyPath(String text, List<String> names) {
        this.text = text;
        this.names = names;
    }

    /// Every text is a path. "Any literal dot or backslash found in a property name should be
    /// escaped with a backslash […] Other escape sequences are left as-is, e.g. a `\x` would be
    /// treated as a literal backslash followed by 'x'."
    public static PropertyPath of(String text) {
        List<String> names = new ArrayList<>(4);
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                names.add(name.toString());
                name.setLength(0);
            } else if (c == '\\' && i + 1 < text.length() && isEscapable(text.charAt(i + 1))) {
                name.append(text.charAt(++i));
            } else {
                name.append(c);
            }
        }
        names.add(name.toString());
        return new PropertyPath(text, List.copyOf(names));
    }

    private static boolean isEscapable(char c) {
        return c == '.' || c == '\\';
    }

    public List<String> names() {
        return names;
    }

    /// The property's value, or null when it, or an object on the way to it, is absent.
    public @Nullable JsonValue find(JsonObject root) {
        JsonValue here = root;
        for (String name : names) {
            if (!(here instanceof JsonObject object)) {
                return null;
            }
            JsonValue next = object.get(name);
            if (next == null) {
                return null;
            }
            here = next;
        }
        return here;
    }

    /// Two texts that name the same property are the same path.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PropertyPath path && names.equals(path.names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
