package org.valise.platform.config;

import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.roomversion.RoomVersion;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Reads values of single keys: what is refused ends the sentence "it must be …".
final class Values {
    private Values() {}

    static ServerName serverName(String text) {
        return ServerName.tryParse(text)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "a DNS name or IP address, with a port if need be, such as"
                                        + " example.org or example.org:8448"));
    }

    static RoomVersion roomVersion(String text) {
        return RoomVersion.of(text)
                .orElseThrow(() -> new IllegalArgumentException("a room version, 1 to 12"));
    }

    static URI publicUrl(String text) {
        try {
            URI uri = new URI(text);
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (web
                    && uri.getHost() != null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null) return uri;
        } catch (URISyntaxException e) {
            // said below
        }
        throw new IllegalArgumentException("a URL such as https://matrix.example.org");
    }

    static String userId(String text) {
        return UserId.tryParse(text)
                .orElseThrow(
                        () -> new IllegalArgumentException("a user id such as @admin:example.org"))
                .value();
    }

    static String turnUri(String text) {
        if (text.matches("(turn|turns|stun|stuns):[^\\s]+")) return text;
        throw new IllegalArgumentException("URIs such as turn:turn.example.org?transport=udp");
    }

    static String databaseUrl(String text) {
        if (text.matches("(jdbc:)?postgres(ql)?://.+/.+") && !text.startsWith("jdbc:postgres:"))
            return text;
        throw new IllegalArgumentException("a URL such as postgresql://host:5432/valise");
    }

    static String address(String text) {
        try {
            return InetAddress.ofLiteral(text).getHostAddress();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "an IP address such as 127.0.0.1, 0.0.0.0 or ::1", e);
        }
    }

    static String network(String text) {
        int slash = text.indexOf('/');
        try {
            int bits =
                    InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash))
                                    .getAddress()
                                    .length
                            * 8;
            int wanted = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
            if (wanted >= 0 && wanted <= bits) return text;
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new IllegalArgumentException("addresses or networks such as 10.0.0.7 or 10.0.0.0/8");
    }

    static Path path(String text) {
        try {
            if (!text.isEmpty()) return Path.of(text);
        } catch (InvalidPathException e) {
            // said below
        }
        throw new IllegalArgumentException("the name of a folder");
    }
}
