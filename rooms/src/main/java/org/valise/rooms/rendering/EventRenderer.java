package org.valise.rooms.rendering;

import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.Tweak;
import org.valise.rooms.aggregations.Bundle;
import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.members.Membership;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.visibility.Erasures;
import org.valise.rooms.visibility.Visibility;

/// Renders events for clients. What is the same for every reader is rendered once and kept with the
/// event; `unsigned` is made anew for each.
public final class EventRenderer {
    private final Events events;
    private final StateStore states;
    private final Visibility visibility;
    private final Erasures erasures;

    public EventRenderer(
            Events events, StateStore states, Visibility visibility, Erasures erasures) {
        this.events = events;
        this.states = states;
        this.visibility = visibility;
        this.erasures = erasures;
    }

    /// Appends the event, with its room's id.
    public void render(StoredEvent event, Reader reader, JsonBuffer out) {
        render(event, reader, Bundles.NONE, out);
    }

    /// The same with what is bundled with it.
    public void render(StoredEvent event, Reader reader, Bundles bundles, JsonBuffer out) {
        StoredEvent shown = shown(event, reader);
        head(shown, out);
        out.ascii(",\"room_id\":").string(event.event().roomId().value());
        tail(shown, reader, bundles, out);
    }

    /// SECURITY: without what redacted the redaction itself. Redactions of redactions may go on
    /// without end.
    private void renderRedaction(StoredEvent redaction, Reader reader, JsonBuffer out) {
        StoredEvent shown = shown(redaction, reader);
        head(shown, out);
        out.ascii(",\"room_id\":").string(redaction.event().roomId().value());
        unsigned(shown, reader, out);
        out.ascii("}}");
    }

    /// Appends the event as `/sync` shows it: the room's id stands above it.
    public void renderWithoutRoom(StoredEvent event, Reader reader, JsonBuffer out) {
        renderWithoutRoom(event, reader, Bundles.NONE, out);
    }

    /// The same with what is bundled with it.
    public void renderWithoutRoom(
            StoredEvent event, Reader reader, Bundles bundles, JsonBuffer out) {
        StoredEvent shown = shown(event, reader);
        head(shown, out);
        tail(shown, reader, bundles, out);
    }

    public byte[] render(StoredEvent event, Reader reader, Bundles bundles) {
        JsonBuffer out = new JsonBuffer(event.event().bytes().length + 256);
        render(event, reader, bundles, out);
        return out.toBytes();
    }

    /// What is left of it for readers who had not yet seen it when its sender was erased.
    private StoredEvent shown(StoredEvent event, Reader reader) {
        return erasures.shownTo(reader.user(), reader.number(), event);
    }

    private static void head(StoredEvent event, JsonBuffer out) {
        byte[] known = event.renderedHead();
        if (known == null) {
            known = renderedHead(event.event());
            event.rememberRenderedHead(known);
        }
        out.raw(known);
    }

    private static byte[] renderedHead(Event event) {
        byte[] bytes = event.bytes();
        int[] content = event.contentSpan();
        JsonBuffer out = new JsonBuffer(bytes.length);
        EventId redacts = event.type().equals(EventTypes.REDACTION) ? event.redacts() : null;
        out.ascii("{\"content\":");
        if (redacts != null && !event.version().has(Tweak.REDACTS_IN_CONTENT)) {
            // Clients of either time find it where they look: it is mirrored both ways.
            out.value(event.content().with("redacts", redacts.value()));
        } else {
            out.raw(bytes, content[0], content[1]);
        }
        out.ascii(",\"event_id\":").string(event.id().value());
        out.ascii(",\"origin_server_ts\":").number(event.originServerTs());
        if (redacts != null) {
            out.ascii(",\"redacts\":").string(redacts.value());
        }
        out.ascii(",\"sender\":").string(event.sender().value());
        String stateKey = event.stateKey();
        if (stateKey != null) {
            out.ascii(",\"state_key\":").string(stateKey);
        }
        return out.ascii(",\"type\":").string(event.type()).toBytes();
    }

    /// `unsigned` of other servers never passes: stored events have none.
    private void tail(StoredEvent event, Reader reader, Bundles bundles, JsonBuffer out) {
        unsigned(event, reader, out);
        if (event.redactedBy() != 0) {
            StoredEvent redaction = events.get(event.room(), event.redactedBy());
            out.ascii(",\"redacted_because\":");
            renderRedaction(redaction, reader, out);
        }
        Bundle bundle = bundles.of(event);
        if (bundle != null) {
            relations(bundle, reader, bundles, out);
        }
        out.ascii("}}");
    }

    /// What every event has there.
    private void unsigned(StoredEvent event, Reader reader, JsonBuffer out) {
        out.ascii(",\"unsigned\":{\"age\":")
                .number(Math.max(0, reader.now() - event.event().originServerTs()));
        // The client should only be told its own transaction id.
        String transaction = event.transactionId();
        if (transaction != null && event.session() == reader.session()) {
            out.ascii(",\"transaction_id\":").string(transaction);
        }
        // The user's membership at the time the event was sent: the state after it for their own
        // membership event.
        Membership membership = visibility.membershipAt(event, reader.user(), true);
        out.ascii(",\"membership\":\"").ascii(membership.word()).ascii("\"");
        if (event.isState()) {
            replaced(event, reader, out);
        }
    }

    /// Spec: "Aggregations of child events".
    private void relations(Bundle bundle, Reader reader, Bundles bundles, JsonBuffer out) {
        out.ascii(",\"m.relations\":");
        String separator = "{";
        StoredEvent edit = bundle.edit();
        if (edit != null) {
            out.ascii(separator).ascii("\"m.replace\":");
            render(edit, reader, out);
            separator = ",";
        }
        Bundle.ThreadSummary thread = bundle.thread();
        if (thread != null) {
            out.ascii(separator).ascii("\"m.thread\":{\"latest_event\":");
            render(thread.latest(), reader, bundles, out);
            out.ascii(",\"count\":").number(thread.count());
            out.ascii(",\"current_user_participated\":")
                    .ascii(Boolean.toString(thread.participated()))
                    .ascii("}");
            separator = ",";
        }
        if (!bundle.references().isEmpty()) {
            out.ascii(separator).ascii("\"m.reference\":{\"chunk\":[");
            for (int i = 0; i < bundle.references().size(); i++) {
                out.ascii(i == 0 ? "{\"event_id\":" : ",{\"event_id\":")
                        .string(bundle.references().get(i).value())
                        .ascii("}");
            }
            out.ascii("]}");
        }
        out.ascii("}");
    }

    private void replaced(StoredEvent event, Reader reader, JsonBuffer out) {
        StateSnapshot before = states.snapshot(event.snapshotBefore());
        long number = before.get(event.key());
        if (number == 0) {
            return;
        }
        StoredEvent previous = events.get(event.room(), number);
        out.ascii(",\"replaces_state\":").string(previous.id().value());
        if (wasToldOf(previous, reader)
                || visibility.maySee(reader.user(), reader.number(), previous)) {
            Event shown = shown(previous, reader).event();
            byte[] bytes = shown.bytes();
            int[] content = shown.contentSpan();
            out.ascii(",\"prev_content\":").raw(bytes, content[0], content[1]);
            out.ascii(",\"prev_sender\":").string(previous.event().sender().value());
        }
    }

    /// An invitation that came before the room did is known by its content alone, but was shown.
    private static boolean wasToldOf(StoredEvent event, Reader reader) {
        return event.status() == EventStatus.OUTLIER
                && event.event().isState(EventTypes.MEMBER, reader.user().value());
    }

    /// Stripped state: sender, type, state key and content only.
    public static void renderStripped(StoredEvent event, JsonBuffer out) {
        byte[] bytes = event.event().bytes();
        int[] content = event.event().contentSpan();
        String stateKey = event.event().stateKey();
        out.ascii("{\"content\":").raw(bytes, content[0], content[1]);
        out.ascii(",\"sender\":").string(event.event().sender().value());
        out.ascii(",\"state_key\":").string(stateKey == null ? "" : stateKey);
        out.ascii(",\"type\":").string(event.event().type()).ascii("}");
    }
}
