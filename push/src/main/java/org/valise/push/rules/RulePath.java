package org.valise.push.rules;

import org.valise.platform.http.Call;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.pushrules.PushRule;
import org.valise.protocol.pushrules.PushRuleSet;
import org.valise.protocol.pushrules.RuleKind;

/// The rule that a path names.
record RulePath(RuleKind kind, String id) {
    static final String TEMPLATE = "/_matrix/client/v3/pushrules/global/{kind}/{ruleId}";

    /// A rule that is to be there: of an unknown kind there is none.
    static RulePath of(Call call) {
        return new RulePath(
                RuleKind.of(call.path("kind")).orElseThrow(RulePath::notFound),
                call.path("ruleId"));
    }

    /// A rule that is to be made.
    static RulePath toMake(Call call) {
        RuleKind kind =
                RuleKind.of(call.path("kind"))
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_INVALID_PARAM,
                                        "The kind of a push rule must be override, content, room,"
                                                + " sender or underride."));
        return new RulePath(kind, call.path("ruleId"));
    }

    PushRule in(PushRuleSet rules) {
        return rules.rule(kind, id).orElseThrow(RulePath::notFound);
    }

    private static MatrixException notFound() {
        return new MatrixException(ErrorCode.M_NOT_FOUND, "The push rule was not found.");
    }
}
