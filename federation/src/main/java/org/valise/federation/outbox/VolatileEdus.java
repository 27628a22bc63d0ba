package org.valise.federation.outbox;

import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// EDUs for one server that may be lost: of each key the newest, the oldest ones first.
final class VolatileEdus {
    /// SECURITY: what a server that does not answer costs is bounded: what was offered first goes.
    private static final int MOST = 250;

    private final LinkedHashMap<Key, Offer> offers = new LinkedHashMap<>();

    private record Key(String type, String key) {}

    /// @param number tells it apart from all others
    /// @param until nobody wants it any more then, by `System.nanoTime`
    record Offer(String type, String key, JsonObject content, String number, long until) {}

    synchronized void put(Offer offer) {
        Key key = new Key(offer.type, offer.key);
        offers.remove(key); // the newest goes last
        offers.put(key, offer);
        if (offers.size() > MOST) {
            offers.pollFirstEntry();
        }
    }

    synchronized boolean isEmpty() {
        return offers.isEmpty();
    }

    synchronized List<Offer> take(int limit) {
        long now = System.nanoTime();
        List<Offer> taken = new ArrayList<>();
        Iterator<Offer> oldest = offers.values().iterator();
        while (oldest.hasNext() && taken.size() < limit) {
            Offer offer = oldest.next();
            oldest.remove();
            if (offer.until - now > 0) {
                taken.add(offer);
            }
        }
        return taken;
    }

    /// Takes back what could not be sent, unless there is something newer.
    synchronized void putBack(List<Offer> unsent) {
        Map<Key, Offer> newer = new LinkedHashMap<>(offers);
        offers.clear();
        for (Offer offer : unsent) {
            offers.put(new Key(offer.type, offer.key), offer);
        }
        newer.values().forEach(this::put);
    }
}
