package org.valise.accounts.uia;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// `m.login.dummy`: *always succeeds and requires no extra parameters*.
public final class DummyStage implements Stage {
    public static final String TYPE = "m.login.dummy";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public StageForm form(boolean userKnown) {
        return new StageForm(
                "One more step",
                "Nothing more is asked of you: go on to confirm.",
                List.of(),
                List.of(),
                "Go on");
    }

    @Override
    public Verdict judge(JsonObject auth, @Nullable Caller caller, Call call) {
        return new Passed(JsonObject.of());
    }
}
