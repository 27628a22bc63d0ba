package org.valise.bench.demo;

import org.valise.bench.demo.Organization.Person;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.testing.TestAuthority;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Three organizations that federate with each other and with nobody else, their people, and the
/// rooms that they share.
final class DemoFederation implements AutoCloseable {
    static final RoomVersion VERSION = RoomVersion.V12;
    static final String PASSWORD = "valise diplomatique";

    private final Organization finance;
    private final Organization culture;
    private final Organization diplomacy;
    private String room = "";

    private DemoFederation(Path folder, Ports ports) throws IOException {
        Path certificates = Files.createDirectory(folder.resolve("certificates"));
        TestAuthority authority = TestAuthority.in(certificates);
        finance = new Organization("finance", folder, authority, ports);
        culture = new Organization("culture", folder, authority, ports);
        diplomacy = new Organization("diplomacy", folder, authority, ports);
        organizations()
                .forEach(organization ->
                        organization.know(organizations(), authority.certificate()));
    }

    /// @param folder an empty one; others may pass through it
    /// @param progress is told what happens
    static DemoFederation start(Path folder, Ports ports, Consumer<String> progress)
            throws IOException {
        DemoFederation federation = new DemoFederation(folder, ports);
        try {
            progress.accept("starting three servers ...");
            federation.startAll();
            progress.accept("people and rooms ...");
            federation.settle();
            return federation;
        } catch (IOException | RuntimeException e) {
            federation.close();
            throw e;
        }
    }

    List<Organization> organizations() {
        return List.of(finance, culture, diplomacy);
    }

    /// The room that all three share and the page shows.
    String room() {
        return room;
    }

    private void startAll() throws IOException {
        List<Thread> starts = new ArrayList<>();
        List<IOException> failures = new ArrayList<>();
        for (Organization organization : organizations()) {
            starts.add(
                    Thread.startVirtualThread(() -> {
                        try {
                            organization.start();
                        } catch (IOException e) {
                            synchronized (failures) {
                                failures.add(e);
                            }
                        }
                    }));
        }
        try {
            for (Thread start : starts) {
                start.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the servers start", e);
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    private void settle() throws IOException {
        Person alice = finance.register("alice", "Alice (Finance)", PASSWORD);
        finance.register("arthur", "Arthur (Finance)", PASSWORD);
        Person chloe = culture.register("chloe", "Chloé (Culture)", PASSWORD);
        Person david = diplomacy.register("david", "David (Diplomacy)", PASSWORD);
        diplomacy.register("dina", "Dina (Diplomacy)", PASSWORD);
        room =
                create(
                        finance,
                        alice,
                        JsonObject.of(
                                "room_version",
                                VERSION.id(),
                                "name",
                                "Summit",
                                "topic",
                                "What three organizations prepare together",
                                "preset",
                                "private_chat",
                                "power_level_content_override",
                                JsonObject.of(
                                        "users",
                                        JsonObject.of(
                                                chloe.account().userId(),
                                                50,
                                                david.account().userId(),
                                                50)),
                                "invite",
                                JsonArray.of(chloe.account().userId(), david.account().userId())));
        joinInvited(culture, chloe);
        joinInvited(diplomacy, david);
        create(
                culture,
                chloe,
                JsonObject.of(
                        "name", "Lobby", "preset", "public_chat", "room_alias_name", "lobby"));
        for (Organization organization : organizations()) {
            for (Person person : organization.people()) {
                if (!person.equals(chloe)) {
                    organization.post(person, "/join/%23lobby:culture.example", JsonObject.of());
                }
            }
        }
    }

    private static String create(Organization where, Person creator, JsonObject request)
            throws IOException {
        return where.post(creator, "/createRoom", request).string("room_id").orElseThrow();
    }

    /// The invitation may still be under way.
    private void joinInvited(Organization where, Person guest) {
        Patience.until(
                "the invitation of " + guest.account().userId() + " arrives",
                () -> {
                    JsonObject sync = where.get(guest, "/sync?timeout=0");
                    return sync.object("rooms")
                            .flatMap(rooms -> rooms.object("invite"))
                            .filter(invited -> invited.has(room))
                            .isPresent();
                });
        try {
            where.post(guest, "/join/" + RoomWatch.encoded(room), JsonObject.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Says something in the shared room, for the first person of an organization.
    ///
    /// @return the id of the event
    String say(Organization from, String text) throws IOException {
        return put(
                from,
                "/send/m.room.message/demo" + System.nanoTime(),
                JsonObject.of("msgtype", "m.text", "body", text));
    }

    /// Changes the shared room's state.
    ///
    /// @return the id of the event
    String setTopic(Organization from, String topic) throws IOException {
        return put(from, "/state/m.room.topic/", JsonObject.of("topic", topic));
    }

    private String put(Organization from, String path, JsonObject content) throws IOException {
        Person speaker = from.people().getFirst();
        return from.put(speaker, "/rooms/" + RoomWatch.encoded(room) + path, content)
                .string("event_id")
                .orElseThrow();
    }

    @Override
    public void close() {
        for (Organization organization : organizations()) {
            try {
                organization.close();
            } catch (IOException e) {
                // It is gone, which is what was wanted.
            }
        }
    }
}
