package org.valise.rooms.directory;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Reply;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.directory.DirectoryPlace.Token;
import org.valise.rooms.directory.PublishedRoomStore.Listed;
import org.valise.rooms.rendering.JsonBuffer;

import java.util.List;
import java.util.Optional;

/// The directory in pages, the largest rooms first.
final class PublicRoomList {
    private static final int USUAL = 100;
    private static final int MOST = 500;

    private final RoomDirectory directory;
    private final RemotePublicRooms remote;
    private final ServerName server;

    PublicRoomList(RoomDirectory directory, RemotePublicRooms remote, ServerName server) {
        this.directory = directory;
        this.remote = remote;
        this.server = server;
    }

    /// The directory that a client asks for, if it is that of another server.
    private Optional<ServerName> elsewhere(Call call) {
        return call.query("server", ServerName::parse).filter(other -> !other.equals(server));
    }

    /// What a client asks for in the query.
    Reply list(Call call) {
        String since = call.query("since").orElse(null);
        Long limit = call.integerQuery("limit").orElse(null);
        Optional<ServerName> other = elsewhere(call);
        return other.isPresent()
                ? Reply.json(remote.list(other.get(), since, limit))
                : Reply.json(page(DirectorySearch.ALL, since, limit));
    }

    /// What a client asks for in the body.
    Reply search(Call call) {
        Optional<ServerName> other = elsewhere(call);
        return other.isPresent()
                ? Reply.json(remote.search(other.get(), call.jsonBodyOrEmpty()))
                : search(call.bodyOrEmpty());
    }

    /// What is asked for in the body of `POST /publicRooms`, which is the same for clients and for
    /// servers.
    Reply search(Body body) {
        DirectorySearch search =
                body.optionalObject("filter")
                        .map(filter -> DirectorySearch.read(Body.of(filter)))
                        .orElse(DirectorySearch.ALL);
        boolean allNetworks = body.optionalBool("include_all_networks").orElse(false);
        Optional<String> network = body.optionalString("third_party_instance_id");
        if (network.isPresent() && allNetworks) {
            throw new MatrixException(
                    ErrorCode.M_INVALID_PARAM,
                    "third_party_instance_id and include_all_networks exclude each other");
        }
        if (network.isPresent()) {
            return Reply.json(JsonObject.of("chunk", JsonArray.of()));
        }
        return Reply.json(
                page(
                        search,
                        body.optionalString("since").orElse(null),
                        body.optionalInteger("limit").orElse(null)));
    }

    /// @param since the token of an earlier page; null for the first page
    byte[] page(DirectorySearch search, @Nullable String since, @Nullable Long wanted) {
        Token token = since == null ? new Token(true, DirectoryPlace.START) : token(since);
        int limit = limit(wanted);
        directory.settle();
        List<Listed> found =
                token.forwards()
                        ? directory.store().after(search, token.place(), limit + 1)
                        : directory.store().before(search, token.place(), limit + 1);
        boolean more = found.size() > limit;
        List<Listed> page = more ? found.subList(0, limit) : found;
        if (!token.forwards()) {
            page = page.reversed();
        }
        boolean hasNext = token.forwards() ? more : true;
        boolean hasPrevious = token.forwards() ? since != null : more;
        return rendered(page, hasNext, hasPrevious);
    }

    private byte[] rendered(List<Listed> page, boolean hasNext, boolean hasPrevious) {
        JsonBuffer out = new JsonBuffer(16 << 10);
        out.ascii("{\"chunk\":[");
        for (int i = 0; i < page.size(); i++) {
            out.ascii(i == 0 ? "" : ",").utf8(page.get(i).entry());
        }
        out.ascii("],\"total_room_count_estimate\":").number(directory.estimate());
        if (hasNext && !page.isEmpty()) {
            Token next = new Token(true, page.getLast().place());
            out.ascii(",\"next_batch\":").string(next.toString());
        }
        if (hasPrevious && !page.isEmpty()) {
            Token previous = new Token(false, page.getFirst().place());
            out.ascii(",\"prev_batch\":").string(previous.toString());
        }
        return out.ascii("}").toBytes();
    }

    private static Token token(String since) {
        return Token.tryParse(since)
                .orElseThrow(() ->
                        new MatrixException(
                                ErrorCode.M_INVALID_PARAM, "Not a token of this server"));
    }

    private static int limit(@Nullable Long wanted) {
        if (wanted == null || wanted == 0) {
            return USUAL;
        }
        if (wanted < 0) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "limit must not be negative");
        }
        return (int) Math.min(wanted, MOST);
    }
}
