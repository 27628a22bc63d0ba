package org.valise.rooms.reading;

import org.valise.accounts.accountdata.AccountData;
import org.valise.platform.http.Endpoint;
import org.valise.rooms.admission.Backfilling;
import org.valise.rooms.admission.RemoteEvents;
import org.valise.rooms.relations.RelationStore;
import org.valise.rooms.rendering.EventRenderer;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.visibility.Visibility;

import java.util.ArrayList;
import java.util.List;

/// The operations that read rooms.
public record ReadingEndpoints(
        RoomAccess access,
        RoomHistory history,
        Events events,
        Visibility visibility,
        EventRenderer renderer,
        StateEvents state,
        TokenPlaces places,
        RelationStore relations,
        IgnoredSenders ignored,
        Bundling bundling,
        RoomSnapshots snapshots,
        AccountData accountData,
        RemoteEvents remote,
        Backfilling backfilling) {
    public List<Endpoint> all() {
        FilledHistory filled = new FilledHistory(history, backfilling);
        ClosestElsewhere elsewhere = new ClosestElsewhere(events, remote, backfilling);
        VisibleEvents visible = new VisibleEvents(events, visibility);
        List<Endpoint> endpoints =
                new ArrayList<>(
                        List.of(
                                new RoomEventClient(access, events, visibility, renderer, bundling),
                                new OneEventClient(access, events, visibility, renderer),
                                new RoomInitialSyncClient(snapshots, accountData),
                                new RoomStateClient(access, state),
                                new RoomStateEventClient(access, state),
                                new RoomMembersClient(access, state, places),
                                new JoinedMembersClient(access, state),
                                new RoomMessagesClient(access, filled, state, places, bundling),
                                new EventContextClient(access, filled, state, visible, bundling),
                                new TimestampToEventClient(
                                        access, events.store(), visibility, elsewhere),
                                new ThreadsClient(
                                        access,
                                        relations,
                                        events,
                                        visibility,
                                        ignored,
                                        state,
                                        places,
                                        bundling)));
        endpoints.addAll(
                RelationsClient.all(
                        new RelationsClient.Parts(
                                access, history, visible, relations, state, places, bundling)));
        return List.copyOf(endpoints);
    }
}
