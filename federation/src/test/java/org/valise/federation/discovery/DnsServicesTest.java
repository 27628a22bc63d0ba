package org.valise.federation.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// SRV records, from a DNS server that the test plays.
final class DnsServicesTest {
    /// Where dnsjava is told which server to ask.
    private static final String SERVER = "dns.server";

    private static final Map<String, Consumer<Message>> ANSWERS = new ConcurrentHashMap<>();
    private static final List<String> ASKED = new CopyOnWriteArrayList<>();

    private static DatagramSocket socket;
    private static DnsServices services;

    @BeforeAll
    static void start() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(DnsServicesTest::serve);
        System.setProperty(SERVER, "127.0.0.1:" + socket.getLocalPort());
        ResolverConfig.refresh();
        services = new DnsServices();
    }

    @AfterAll
    static void stop() {
        System.clearProperty(SERVER);
        ResolverConfig.refresh();
        socket.close();
    }

    private static void serve() {
        byte[] buffer = new byte[4_096];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
                String name = query.getQuestion().getName().toString(true);
                ASKED.add(name + " " + Type.string(query.getQuestion().getType()));
                Consumer<Message> answer = ANSWERS.get(name);
                if (answer != null) {
                    Message message = new Message(query.getHeader().getID());
                    message.getHeader().setFlag(Flags.QR);
                    message.addRecord(query.getQuestion(), Section.QUESTION);
                    answer.accept(message);
                    byte[] bytes = message.toWire();
                    socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static Name name(String name) {
        try {
            return Name.fromString(name, Name.root);
        } catch (TextParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static SRVRecord record(
            String of, long ttl, int priority, int weight, int port, String target) {
        return new SRVRecord(name(of), DClass.IN, ttl, priority, weight, port, name(target));
    }

    private static void answer(String name, SRVRecord... records) {
        ANSWERS.put(
                name,
                message -> {
                    for (SRVRecord record : records) {
                        message.addRecord(record, Section.ANSWER);
                    }
                });
    }

    private static long asked(String name) {
        return ASKED.stream().filter((name + " SRV")::equals).count();
    }

    @Test
    void recordsAreGivenInFull() {
        String name = "_matrix-fed._tcp.full.example";
        answer(
                name,
                record(name, 300, 10, 5, 8448, "a.full.example."),
                record(name, 300, 20, 0, 443, "B.elsewhere.example."));
        assertThat(services.find(name))
                .containsExactlyInAnyOrder(
                        new Service(10, 5, 8448, "a.full.example"),
                        new Service(20, 0, 443, "B.elsewhere.example"));
    }

    @Test
    void theyAreKeptAsLongAsTheySay() {
        String kept = "_matrix-fed._tcp.kept.example";
        String fleeting = "_matrix-fed._tcp.fleeting.example";
        answer(kept, record(kept, 300, 0, 0, 1, "a.example."));
        answer(fleeting, record(fleeting, 0, 0, 0, 1, "a.example."));
        for (int i = 0; i < 3; i++) {
            assertThat(services.find(kept)).hasSize(1);
            assertThat(services.find(fleeting)).hasSize(1);
        }
        assertThat(asked(kept)).isEqualTo(1);
        assertThat(asked(fleeting)).isEqualTo(3);
    }

    @Test
    void whatIsNotThereHasNone() {
        ANSWERS.put("_matrix._tcp.nowhere.example", refusing(Rcode.NXDOMAIN));
        ANSWERS.put("_matrix._tcp.empty.example", refusing(Rcode.NOERROR));
        assertThat(services.find("_matrix._tcp.nowhere.example")).isEmpty();
        assertThat(services.find("_matrix._tcp.empty.example")).isEmpty();
        assertThat(asked("_matrix._tcp.nowhere.example")).isEqualTo(1);
        assertThat(asked("_matrix._tcp.empty.example")).isEqualTo(1);
        assertThat(services.find("_matrix._tcp." + "long".repeat(16) + ".example")).isEmpty();
    }

    private static Consumer<Message> refusing(int code) {
        return message -> message.getHeader().setRcode(code);
    }

    /// RFC 2782: "A Target of "." means that the service is decidedly not available at this
    /// domain."
    @Test
    void aServiceThatIsNotAvailableIsNone() {
        String name = "_matrix-fed._tcp.closed.example";
        answer(name, record(name, 300, 0, 0, 0, "."));
        assertThat(services.find(name)).isEmpty();
        assertThat(asked(name)).isEqualTo(1);
    }

    @Test
    void nobodyHasMoreThanAFew() {
        String name = "_matrix-fed._tcp.many.example";
        List<SRVRecord> records = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            records.add(record(name, 300, i, 0, 1, "s" + i + "."));
        }
        answer(name, records.toArray(SRVRecord[]::new));
        assertThat(services.find(name)).hasSize(16);
    }

    /// It is asked again, and not for ever; when it answers, that counts.
    @Test
    void aServerThatDoesNotAnswerHasNoneUntilItDoes() {
        String name = "_matrix-fed._tcp.silent.example";
        long since = System.nanoTime();
        assertThat(services.find(name)).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(30));
        assertThat(asked(name)).isGreaterThan(1);
        ANSWERS.put(name, refusing(Rcode.SERVFAIL));
        assertThat(services.find(name)).isEmpty();
        answer(name, record(name, 300, 0, 0, 8448, "back.example."));
        assertThat(services.find(name)).hasSize(1);
    }
}
