package org.valise.accounts.uia;

import java.util.List;

/// What a web page asks for to complete a stage.
///
/// @param links what is to be read before
public record StageForm(
        String title, String explanation, List<Link> links, List<Field> fields, String button) {
    public StageForm {
        links = List.copyOf(links);
        fields = List.copyOf(fields);
    }

    public record Link(String name, String url) {}

    /// @param completion what a browser may fill in by itself, as HTML calls it
    public record Field(String name, String label, boolean secret, String completion) {
        public static final Field USER = new Field("user", "User name", false, "username");
        public static final Field PASSWORD =
                new Field("password", "Password", true, "current-password");
    }
}
