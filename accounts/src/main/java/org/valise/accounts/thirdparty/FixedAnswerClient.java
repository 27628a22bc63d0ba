package org.valise.accounts.thirdparty;

import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;

/// An operation with one answer to everybody.
record FixedAnswerClient(Route route, Reply answer) implements Endpoint {
    @Override
    public Reply handle(Call call) {
        return answer;
    }
}
