package org.valise.federation.inbound;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.inbound.InboxStore.Pending;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// Works off the EDUs of each server, in their order.
final class EduLines {
    private static final Logger LOG = LoggerFactory.getLogger(EduLines.class);
    private static final int BATCH = 50;
    private static final int SERVERS_AT_ONCE = 32;
    private static final int MOST_ATTEMPTS = 4;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Map<String, EduReceiver> receivers;
    private final Function<Collection<Pending>, Map<Long, byte[]>> contents;
    private final Consumer<Collection<Long>> finish;
    private final Predicate<ServerName> allowed;
    private final Lines<ServerName, Pending> lines;

    EduLines(
            Map<String, EduReceiver> receivers,
            Function<Collection<Pending>, Map<Long, byte[]>> contents,
            Consumer<Collection<Long>> finish,
            Consumer<Pending> undone,
            Predicate<ServerName> allowed) {
        this.receivers = receivers;
        this.contents = contents;
        this.finish = finish;
        this.allowed = allowed;
        Semaphore atOnce = new Semaphore(SERVERS_AT_ONCE);
        lines = new Lines<>("EDUs of", BATCH, origin -> atOnce, this::take, undone);
    }

    void add(Pending item) {
        lines.add(item.origin(), item);
    }

    void clear() {
        lines.clear();
    }

    boolean close(long nanos) {
        return lines.close(nanos);
    }

    private void take(ServerName origin, List<Pending> items) {
        if (allowed.test(origin)) {
            Map<Long, byte[]> found = contents.apply(items);
            for (Pending item : items) {
                byte[] json = found.get(item.number());
                if (json != null) {
                    receive(origin, Json.parseObject(json));
                }
            }
        }
        finish.accept(items.stream().map(Pending::number).toList());
    }

    private void receive(ServerName origin, JsonObject edu) {
        String type = edu.string("edu_type").orElse("");
        EduReceiver receiver = receivers.get(type);
        if (receiver == null) {
            return;
        }
        JsonObject content = edu.object("content").orElse(JsonObject.of());
        for (int attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
            try {
                receiver.receive(origin, content);
                return;
            } catch (MatrixException e) {
                LOG.debug("an EDU {} of {} was refused: {}", type, origin, e.detail());
                return;
            } catch (RuntimeException e) {
                LOG.warn("an EDU {} of {} could not be received", type, origin, e);
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
