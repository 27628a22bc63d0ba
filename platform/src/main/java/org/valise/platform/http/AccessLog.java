package org.valise.platform.http;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One line a request: never its query, its body or a token.
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("org.valise.access");

    private final boolean enabled;

    AccessLog(boolean enabled) {
        this.enabled = enabled;
    }

    void finished(Exchange exchange, int status, long nanos, long bytes) {
        if (!enabled || !LOG.isInfoEnabled()) {
            return;
        }
        // SECURITY: the template, not the path: paths hold room ids, user ids and keys, queries
        // hold tokens.
        long micros = nanos / 1000;
        StringBuilder line =
                new StringBuilder(160)
                        .append(exchange.method())
                        .append(' ')
                        .append(exchange.template())
                        .append(' ')
                        .append(status)
                        .append(' ')
                        .append(micros / 1000)
                        .append('.');
        long fraction = micros % 1000;
        line.append((char) ('0' + fraction / 100)).append((char) ('0' + fraction / 10 % 10));
        line.append("ms ")
                .append(bytes)
                .append("B user=")
                .append(exchange.callerName())
                .append(" ip=")
                .append(exchange.ip())
                .append(" request=")
                .append(exchange.id());
        LOG.info(line.toString());
    }
}
