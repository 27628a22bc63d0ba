package org.valise.accounts.registration;

import org.valise.accounts.uia.StageForm;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The policies that whoever registers must accept. Spec: client-server API, "Terms of service at
/// registration".
///
/// @param policies as `params` shows them: by name, each with its version and languages
public record Terms(JsonObject policies) {
    private static final String VERSION = "version";
    private static final String ENGLISH = "en";

    /// Nothing has to be accepted.
    public static final Terms NONE = new Terms(JsonObject.of());

    /// Reads `{"policies": {…}}`.
    ///
    /// @throws IllegalArgumentException that says what is wrong
    public static Terms parse(JsonObject file) {
        JsonObject policies =
                file.object("policies")
                        .orElseThrow(() ->
                                new IllegalArgumentException("there is no object \"policies\""));
        for (String name : policies.keys()) {
            JsonObject policy =
                    policies.object(name)
                            .orElseThrow(() ->
                                    new IllegalArgumentException(
                                            "the policy " + name + " is no object"));
            check(name, policy);
        }
        return new Terms(policies);
    }

    private static void check(String name, JsonObject policy) {
        if (policy.string(VERSION).isEmpty()) {
            throw new IllegalArgumentException("the policy " + name + " has no \"version\"");
        }
        int languages = 0;
        for (String key : policy.keys()) {
            if (key.equals(VERSION)) {
                continue;
            }
            JsonValue text = policy.get(key);
            if (!(text instanceof JsonObject translation)
                    || translation.string("name").isEmpty()
                    || translation.string("url").isEmpty()) {
                throw new IllegalArgumentException(
                        "the policy " + name + " has no \"name\" and \"url\" in " + key);
            }
            languages++;
        }
        if (languages == 0) {
            throw new IllegalArgumentException("the policy " + name + " has no language");
        }
    }

    public boolean isEmpty() {
        return policies.isEmpty();
    }

    /// The policies to be read: in English, or in the first language that a policy has.
    List<StageForm.Link> documents() {
        List<StageForm.Link> documents = new ArrayList<>();
        for (String name : policies.keys()) {
            JsonObject policy = policies.object(name).orElse(JsonObject.of());
            policy.object(ENGLISH)
                    .or(() ->
                            policy.keys().stream()
                                    .flatMap(key -> policy.object(key).stream())
                                    .findFirst())
                    .ifPresent(text ->
                            documents.add(
                                    new StageForm.Link(
                                            text.string("name").orElse(name),
                                            text.string("url").orElse(""))));
        }
        return documents;
    }

    /// The version of each policy.
    Map<String, String> versions() {
        var versions = new LinkedHashMap<String, String>();
        for (String name : policies.keys()) {
            policies.object(name)
                    .flatMap(policy -> policy.string(VERSION))
                    .ifPresent(version -> versions.put(name, version));
        }
        return versions;
    }
}
