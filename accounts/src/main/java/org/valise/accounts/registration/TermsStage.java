package org.valise.accounts.registration;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.uia.Proof;
import org.valise.accounts.uia.Stage;
import org.valise.accounts.uia.StageForm;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.protocol.json.JsonObject;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `m.login.terms`: the client shows the policies, and says so when they are all accepted.
public final class TermsStage implements Stage {
    static final String TYPE = "m.login.terms";
    private static final String ACCEPTED = "terms";

    private final Terms terms;

    public TermsStage(Terms terms) {
        this.terms = terms;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public JsonObject params() {
        return JsonObject.of("policies", terms.policies());
    }

    @Override
    public StageForm form(boolean userKnown) {
        return new StageForm(
                "Terms of this server",
                "Please read these documents. By going on you accept them.",
                terms.documents(),
                List.of(),
                "I accept");
    }

    /// *The server is expected to track which document versions it presented to the user during
    /// registration.*
    @Override
    public Verdict judge(JsonObject auth, @Nullable Caller caller, Call call) {
        var accepted = JsonObject.builder();
        terms.versions().forEach(accepted::put);
        return new Passed(JsonObject.of(ACCEPTED, accepted.build()));
    }

    /// Which version of which policy was accepted.
    static Map<String, String> accepted(Proof proof) {
        var versions = new LinkedHashMap<String, String>();
        JsonObject accepted = proof.evidence().object(ACCEPTED).orElse(JsonObject.of());
        for (String policy : accepted.keys()) {
            accepted.string(policy).ifPresent(version -> versions.put(policy, version));
        }
        return versions;
    }
}
