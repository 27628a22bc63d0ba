package org.valise.rooms;

import org.valise.platform.database.Database;
import org.valise.platform.stream.Stream;
import org.valise.rooms.aggregations.Aggregations;
import org.valise.rooms.directory.AliasLookup;
import org.valise.rooms.directory.AliasStore;
import org.valise.rooms.directory.PublishedRoomStore;
import org.valise.rooms.directory.RoomDirectory;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.reading.Bundling;
import org.valise.rooms.reading.IgnoredSenders;
import org.valise.rooms.reading.RelatedBy;
import org.valise.rooms.reading.RoomAccess;
import org.valise.rooms.reading.RoomHistory;
import org.valise.rooms.reading.RoomSnapshots;
import org.valise.rooms.reading.StateEvents;
import org.valise.rooms.relations.RelationStore;
import org.valise.rooms.rendering.EventRenderer;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.view.NewsStore;
import org.valise.rooms.view.RoomViews;
import org.valise.rooms.visibility.Erasures;
import org.valise.rooms.visibility.ServerVisibility;
import org.valise.rooms.visibility.Visibility;

import java.util.List;

/// What of rooms is shown to whom, and how they are found.
final class RoomReading {
    final Visibility visibility;
    final ServerVisibility serverVisibility;
    final Erasures erasures;
    final EventRenderer renderer;
    final RelationStore relations;
    final RelatedBy relatedBy;
    final IgnoredSenders ignoredSenders;
    final RoomAccess access;
    final RoomHistory history;
    final StateEvents state;
    final Bundling bundling;
    final RoomSnapshots snapshots;
    final NewsStore news;
    final AliasStore aliases;
    final AliasLookup aliasLookup;
    final RoomDirectory directory;

    RoomReading(Rooms.Needs needs, RoomKnowledge known) {
        Database database = needs.database();
        Stream stream = needs.stream();
        RoomViews views = known.views;
        StateKeys keys = known.keys;
        Events events = known.events;
        MembershipStore memberships = known.memberships;
        visibility = new Visibility(events, known.states, keys, memberships, views);
        erasures = new Erasures(database, visibility, memberships);
        stream.follow(erasures);
        serverVisibility = new ServerVisibility(events, known.states, keys, views, erasures);
        renderer = new EventRenderer(events, known.states, visibility, erasures);
        relations = new RelationStore(database);
        relatedBy = new RelatedBy(relations, needs.users());
        ignoredSenders = new IgnoredSenders(needs.accountData(), needs.users());
        access = new RoomAccess(stream, known.rooms, memberships, views, keys, events);
        history = new RoomHistory(events, visibility, ignoredSenders, relatedBy);
        state = new StateEvents(keys, events, known.states, renderer);
        bundling =
                new Bundling(
                        new Aggregations(database, relations, events, visibility), ignoredSenders);
        news = new NewsStore(database);
        aliases = new AliasStore(database);
        aliasLookup = aliasLookup(needs, known);
        directory =
                new RoomDirectory(new PublishedRoomStore(database), stream, views, keys, events);
        stream.follow(directory);
        snapshots =
                new RoomSnapshots(access, memberships, history, state, directory::has, bundling);
    }

    private AliasLookup aliasLookup(Rooms.Needs needs, RoomKnowledge known) {
        return new AliasLookup(
                aliases,
                known.rooms,
                room -> List.copyOf(known.servers.joined(room)),
                known.server,
                needs.federation().client());
    }
}
