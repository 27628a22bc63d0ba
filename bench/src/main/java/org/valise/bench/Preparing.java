package org.valise.bench;

import org.jspecify.annotations.Nullable;
import org.valise.bench.chat.Population;
import org.valise.bench.chat.Preparation;
import org.valise.bench.chat.Shape;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.machine.Target;

import java.io.IOException;

/// Says what is loaded, and makes the accounts and rooms there.
final class Preparing {
    private Preparing() {}

    static Population on(
            Target target, @Nullable String registrationToken, Shape shape, Report report)
            throws IOException {
        report.say(target.description());
        try (MatrixClient client = new MatrixClient(target.uri(), registrationToken)) {
            return new Preparation(client, report::say).prepare(shape);
        }
    }
}
