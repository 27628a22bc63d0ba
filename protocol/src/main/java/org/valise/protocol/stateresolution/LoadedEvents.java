package org.valise.protocol.stateresolution;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The caller's events, with a note of each that was asked for in vain. A resolution during which
/// anything was noted is not an answer: its caller is told what to load instead.
final class LoadedEvents {
    private final NumberedEvents events;
    private final Set<Integer> missing = new TreeSet<>();

    private record Levels(int powerLevels, EventId create) {}

    /// The same few power levels are asked about over and over, and can be long: each is read once.
    private final Map<Levels, PowerLevels> levels = new HashMap<>();

    LoadedEvents(NumberedEvents events) {
        this.events = events;
    }

    /// Notes the event if it is not loaded. Nothing happens for [AuthGraph#NONE].
    void want(int number) {
        if (number != AuthGraph.NONE && events.event(number) == null) {
            missing.add(number);
        }
    }

    /// The event; null for [AuthGraph#NONE] and, with a note, if it is not loaded.
    @Nullable Event event(int number) {
        if (number == AuthGraph.NONE) {
            return null;
        }
        Event event = events.event(number);
        if (event == null) {
            missing.add(number);
        }
        return event;
    }

    /// An event that was wanted before and found.
    Event loaded(int number) {
        Event event = events.event(number);
        if (event == null) {
            throw new IllegalStateException("event " + number + " is gone since it was asked for");
        }
        return event;
    }

    /// @param number a power levels event, or [AuthGraph#NONE]
    PowerLevels powerLevels(RoomVersion version, int number, Event create) {
        return levels.computeIfAbsent(
                new Levels(number, create.id()),
                unread -> PowerLevels.of(version, event(number), create));
    }

    boolean rejected(int number) {
        return events.rejected(number);
    }

    boolean complete() {
        return missing.isEmpty();
    }

    DifferenceResolution.NeedsEvents needs() {
        return new DifferenceResolution.NeedsEvents(missing);
    }
}
