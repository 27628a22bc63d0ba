package org.valise.platform.config;

import java.util.List;

/// What an operator wrote for a key.
///
/// @param texts one text, or the members of a list
/// @param isList whether it was written as a list
/// @param where for messages: `valise.yaml line 3`, `VALISE_PORT`, `option port`
record Given(List<String> texts, boolean isList, String where) {
    static Given one(String text, String where) {
        return new Given(List.of(text), false, where);
    }

    /// As a list: in the environment and on the command line its members are separated by commas.
    List<String> members() {
        if (isList) return texts;
        String text = texts.getFirst();
        if (text.isBlank()) return List.of();
        return List.of(text.split(",")).stream()
                .map(String::strip)
                .filter(member -> !member.isEmpty())
                .toList();
    }
}
