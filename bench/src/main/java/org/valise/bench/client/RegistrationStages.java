package org.valise.bench.client;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Set;

/// Finds the way through user-interactive authentication that needs nobody: by the dummy stage and,
/// with a token, that of the registration token.
///
/// Spec: Client-Server API, "User-Interactive Authentication API".
final class RegistrationStages {
    private static final String DUMMY = "m.login.dummy";
    private static final String TOKEN = "m.login.registration_token";

    private final @Nullable String registrationToken;

    RegistrationStages(@Nullable String registrationToken) {
        this.registrationToken = registrationToken;
    }

    /// The `auth` of the next request.
    ///
    /// @param asked the server's answer with status 401
    JsonObject next(JsonObject asked) {
        Set<String> completed =
                Set.copyOf(asked.array("completed").map(JsonArray::strings).orElse(List.of()));
        for (JsonObject flow : asked.array("flows").map(JsonArray::objects).orElse(List.of())) {
            List<String> stages = flow.array("stages").map(JsonArray::strings).orElse(List.of());
            if (stages.stream().allMatch(this::canDo)) {
                for (String stage : stages) {
                    if (!completed.contains(stage)) {
                        return proof(stage, asked.string("session").orElse(""));
                    }
                }
            }
        }
        throw new IllegalStateException(
                "the server offers no registration that the generator can do: " + asked);
    }

    private boolean canDo(String stage) {
        return stage.equals(DUMMY) || (stage.equals(TOKEN) && registrationToken != null);
    }

    private JsonObject proof(String stage, String session) {
        JsonObject proof = JsonObject.of("type", stage, "session", session);
        return stage.equals(TOKEN) ? proof.with("token", registrationToken) : proof;
    }
}
