/// What running push rules costs. Start with [PushRulesBench].
@NullMarked
package org.valise.bench.pushrules;

import org.jspecify.annotations.NullMarked;
