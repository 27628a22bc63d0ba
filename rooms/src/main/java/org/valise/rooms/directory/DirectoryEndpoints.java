package org.valise.rooms.directory;

import org.valise.federation.client.FederationClient;
import org.valise.platform.http.Endpoint;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.reading.RoomAccess;
import org.valise.rooms.reading.StateEvents;
import org.valise.rooms.timeline.RoomStore;

import java.util.List;

/// The operations on aliases and on the directory.
///
/// @param server this server's name
public record DirectoryEndpoints(
        AliasStore aliases,
        AliasLookup lookup,
        RoomDirectory directory,
        RoomStore rooms,
        RoomAccess access,
        StateEvents state,
        Lanes lanes,
        ServerName server,
        FederationClient client) {
    public List<Endpoint> all() {
        DirectoryRights rights = new DirectoryRights(state);
        Aliases names = new Aliases(aliases, lookup, rooms, access, rights, lanes, server);
        PublicRoomList list = new PublicRoomList(directory, new RemotePublicRooms(client), server);
        return List.of(
                new RoomAliasClient(names),
                new SetRoomAliasClient(names),
                new DeleteRoomAliasClient(names),
                new LocalAliasesClient(names),
                new RoomVisibilityClient(rooms, directory),
                new SetRoomVisibilityClient(access, rooms, directory, rights),
                new PublicRoomsClient(list),
                new QueryPublicRoomsClient(list),
                new RoomAliasFederation(names),
                new PublicRoomsFederation(list),
                new QueryPublicRoomsFederation(list));
    }
}
