package org.valise.rooms.userdirectory;

import org.valise.protocol.id.UserId;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What a person is found by, and what somebody looks for, brought to one form: without capitals,
/// accents and the punctuation between words.
///
/// @param whole the user id without its `@`, and the whole display name
/// @param parts the words they consist of
record SearchWords(Set<String> whole, Set<String> parts) {
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");

    /// SECURITY: an index entry has a limit, and so has what one person puts into it.
    private static final int LONGEST = 100;

    private static final int MOST_PARTS = 20;

    static SearchWords of(UserId user, Optional<String> displayName) {
        String id = normal(user.value().substring(1));
        var whole = new LinkedHashSet<String>();
        whole.add(id);
        var parts = new LinkedHashSet<>(parts(normal(user.localpart())));
        displayName
                .map(SearchWords::normal)
                .filter(name -> !name.isEmpty())
                .ifPresent(name -> {
                    whole.add(name);
                    parts.addAll(parts(name));
                });
        return new SearchWords(
                whole, new LinkedHashSet<>(parts.stream().limit(MOST_PARTS).toList()));
    }

    /// The form in which a search is compared with [#whole]; empty if there is nothing to look for.
    static String term(String text) {
        String term = normal(text);
        return term.startsWith("@") ? term.substring(1) : term;
    }

    /// The words of a search: each must be the beginning of one of [#parts].
    static List<String> parts(String normal) {
        return Arrays.stream(BETWEEN_WORDS.split(normal))
                .filter(word -> !word.isEmpty())
                .distinct()
                .limit(MOST_PARTS)
                .toList();
    }

    private static String normal(String text) {
        String decomposed = Normalizer.normalize(text.replace("\0", ""), Normalizer.Form.NFKD);
        String plain = MARKS.matcher(decomposed.toLowerCase(Locale.ROOT)).replaceAll("");
        String spaced = SPACES.matcher(plain).replaceAll(" ").strip();
        return spaced.length() <= LONGEST ? spaced : shortened(spaced);
    }

    private static String shortened(String text) {
        int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return text.substring(0, end);
    }
}
