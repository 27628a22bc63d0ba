package org.valise.push.notifications;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Caller;
import org.valise.platform.stream.Stream;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.pushrules.PushActions;
import org.valise.protocol.pushrules.PushEvaluator;
import org.valise.protocol.pushrules.PushRuleSet;
import org.valise.push.counts.TimelineUnread;
import org.valise.push.counts.UnreadEvent;
import org.valise.push.rules.PushRules;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.receipts.ReadMarks;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Finds the notifications of a user in the rooms they are in, newest first.
final class Notifications {
    private static final int BATCH = 200;

    /// SECURITY: so many events are looked at for one page, whatever they are.
    private static final int MAX_SCANNED = 2_000;

    private final Rooms rooms;
    private final Stream stream;
    private final PushRules rules;
    private final TimelineUnread timeline;

    Notifications(Rooms rooms, Stream stream, PushRules rules, TimelineUnread timeline) {
        this.rooms = rooms;
        this.stream = stream;
        this.rules = rules;
        this.timeline = timeline;
    }

    /// @param next where to go on; null at the end
    record Page(List<Notification> notifications, @Nullable Long next) {}

    /// @param before the position before which to look; empty for the newest
    Page read(Caller caller, Optional<Long> before, int limit, boolean onlyHighlights) {
        long asOf = stream.applied();
        long from = Math.min(before.orElse(Long.MAX_VALUE), asOf + 1);
        List<Long> joined =
                rooms.memberships().newest(caller.userNumber(), asOf).stream()
                        .filter(each -> each.membership() == Membership.JOIN)
                        .map(UserMembership::room)
                        .toList();
        Reading reading = new Reading(caller, asOf);
        List<Notification> found = new ArrayList<>();
        for (int scanned = 0; scanned < MAX_SCANNED; ) {
            List<StoredEvent> batch = rooms.events().store().newestIn(joined, from, BATCH);
            for (StoredEvent event : batch) {
                if (found.size() == limit) {
                    return new Page(found, from);
                }
                from = event.position();
                reading.notification(event)
                        .filter(each -> !onlyHighlights || each.actions().highlights())
                        .ifPresent(found::add);
            }
            if (batch.size() < BATCH) {
                return new Page(found, null);
            }
            scanned += batch.size();
        }
        return new Page(found, from);
    }

    /// One request: what is asked of a room again and again is found out once.
    private final class Reading {
        private final Caller caller;
        private final long asOf;
        private final PushRuleSet ruleSet;
        private final Set<String> ignored;
        private final Map<Long, Predicate<StoredEvent>> visible = new HashMap<>();
        private final Map<Long, Optional<String>> names = new HashMap<>();

        Reading(Caller caller, long asOf) {
            this.caller = caller;
            this.asOf = asOf;
            this.ruleSet = rules.of(caller.userNumber(), caller.user());
            this.ignored = rooms.ignoredSenders().of(caller.userNumber());
        }

        Optional<Notification> notification(StoredEvent event) {
            if (event.sender() == caller.userNumber()
                    || event.redactedBy() != 0
                    || ignored.contains(event.event().sender().value())
                    || !isVisible(event)) {
                return Optional.empty();
            }
            UnreadEvent unread = timeline.of(event);
            PushActions actions =
                    new PushEvaluator(unread.event(), unread.room())
                            .actionsFor(ruleSet, displayName(event.room()).orElse(null));
            return actions.notifies()
                    ? Optional.of(new Notification(event, actions, isRead(event, unread.thread())))
                    : Optional.empty();
        }

        private boolean isVisible(StoredEvent event) {
            return visible.computeIfAbsent(
                            event.room(),
                            room -> rooms.visibility().to(caller.user(), caller.userNumber(), room))
                    .test(event);
        }

        private boolean isRead(StoredEvent event, @Nullable EventId thread) {
            ReadMarks marks = rooms.receipts().of(caller.userNumber(), event.room());
            long own = thread == null ? marks.main() : marks.threads().getOrDefault(thread, 0L);
            return event.position() <= Math.max(marks.everywhere(), own);
        }

        private Optional<String> displayName(long room) {
            return names.computeIfAbsent(
                    room,
                    number ->
                            rooms.keys()
                                    .find(StateKey.member(caller.user()))
                                    .map(key -> rooms.views().get(number).stateAt(asOf).get(key))
                                    .filter(event -> event != 0)
                                    .map(event -> rooms.events().get(number, event))
                                    .flatMap(member ->
                                            member.event().content().string("displayname")));
        }
    }
}
