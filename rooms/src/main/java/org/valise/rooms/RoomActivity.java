package org.valise.rooms;

import org.valise.federation.outbox.Outbox;
import org.valise.platform.stream.Stream;
import org.valise.rooms.outgoing.OutgoingActivity;
import org.valise.rooms.presence.Presence;
import org.valise.rooms.receipts.EarlyReceipts;
import org.valise.rooms.receipts.Receipts;
import org.valise.rooms.typing.Typing;

/// What people do beside events: they read, type and are there.
final class RoomActivity {
    final Receipts receipts;
    final EarlyReceipts earlyReceipts;
    final Typing typing;
    final Presence presence;
    final OutgoingActivity outgoing;

    RoomActivity(Rooms.Needs needs, RoomKnowledge known, Outbox outbox) {
        Stream stream = needs.stream();
        receipts = new Receipts(needs.database(), stream, needs.commits());
        stream.read(receipts);
        stream.follow(receipts);
        earlyReceipts = new EarlyReceipts(receipts, known.events);
        stream.follow(earlyReceipts);
        typing = new Typing(needs.users(), needs.ephemeral());
        presence = new Presence(needs.presence(), needs.ephemeral(), needs.opaque().get());
        stream.follow(typing);
        outgoing =
                new OutgoingActivity(
                        outbox,
                        stream,
                        known.servers,
                        known.memberships,
                        known.rooms,
                        needs.users(),
                        typing,
                        presence,
                        known.local);
        stream.follow(outgoing);
    }
}
