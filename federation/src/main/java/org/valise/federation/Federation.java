package org.valise.federation;

import org.jspecify.annotations.Nullable;
import org.valise.federation.client.FederationClient;
import org.valise.federation.client.KeyValidity;
import org.valise.federation.discovery.ServerDiscovery;
import org.valise.federation.discovery.VersionFederation;
import org.valise.federation.discovery.WellKnownFederation;
import org.valise.federation.inbound.EduReceiver;
import org.valise.federation.inbound.Inbox;
import org.valise.federation.inbound.PduReceiver;
import org.valise.federation.keys.Ed25519;
import org.valise.federation.keys.KeyRing;
import org.valise.federation.keys.Keys;
import org.valise.federation.keys.ServerKeys;
import org.valise.federation.outbox.EventSource;
import org.valise.federation.outbox.Outbox;
import org.valise.federation.peers.Peers;
import org.valise.federation.requestauth.RequestAuthentication;
import org.valise.platform.config.FederationSection;
import org.valise.platform.database.Database;
import org.valise.platform.database.NoticeListener;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.ServerAuthenticator;
import org.valise.platform.network.Network;
import org.valise.platform.outbound.AddressPolicy;
import org.valise.platform.outbound.HostLookup;
import org.valise.platform.outbound.Outbound;
import org.valise.platform.outbound.OutboundConfig;
import org.valise.platform.telemetry.Metrics;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.signature.Verifier;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The front of the module: what it needs and what it offers.
public final class Federation implements AutoCloseable {
    /// Where its migrations are.
    public static final String MIGRATIONS = "org/valise/federation/migration";

    /// What a node notifies that has changed keys or rules.
    private static final String CHANNEL = "valise_federation";

    private static final Duration POLL = Duration.ofSeconds(30);

    private final Database database;
    private final FederationSection config;
    private final Ed25519 ed25519;
    private final ServerKeys serverKeys;
    private final Peers peers;
    private final Keys keys;
    private final Outbound outbound;
    private final FederationClient client;
    private final RequestAuthentication authentication;
    private final List<Endpoint> endpoints;
    private final ServerName server;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private volatile @Nullable Outbox outbox;

    /// @throws org.valise.federation.keys.ForeignDatabase when the database belongs to a server of
    ///   another name
    /// @throws IllegalArgumentException if the certificate authorities cannot be used
    /// @param version of this software, as other servers are told
    public Federation(
            Database database,
            ServerName server,
            FederationSection config,
            String version,
            Clock clock) {
        this.database = database;
        this.config = config;
        this.server = server;
        this.clock = clock;
        ed25519 = Ed25519.fastest();
        serverKeys = ServerKeys.open(database, server, ed25519, clock);
        peers = new Peers(database, config.allowedServers());
        outbound = new Outbound(outbound(config));
        client =
                new FederationClient(
                        outbound,
                        new ServerDiscovery(config.addresses(), outbound, clock, random),
                        peers,
                        serverKeys::inUse,
                        clock,
                        random);
        keys = new Keys(database, serverKeys, client::keysOf, ed25519, clock);
        authentication =
                new RequestAuthentication(server, keys.ring(), peers, ed25519, this::heardOf);
        endpoints = new ArrayList<>(keys.endpoints());
        endpoints.addAll(peers.endpoints());
        endpoints.add(new WellKnownFederation(config.delegatedTo()));
        endpoints.add(new VersionFederation(version));
    }

    private static OutboundConfig outbound(FederationSection config) {
        AddressPolicy policy =
                new AddressPolicy(config.allowedNetworks().stream().map(Network::parse).toList());
        return new OutboundConfig(config.certificateAuthorities(), policy, HostLookup.SYSTEM);
    }

    public ServerKeys keys() {
        return serverKeys;
    }

    /// The keys of other servers.
    public KeyRing keyRing() {
        return keys.ring();
    }

    public Verifier verifier() {
        return ed25519;
    }

    /// Who may federate.
    public Peers peers() {
        return peers;
    }

    /// Which server signed a request.
    public ServerAuthenticator authenticator() {
        return authentication;
    }

    /// How many state events a room of other servers may have that not only administrators join.
    public int largestRoom() {
        return config.largestRoom();
    }

    /// Whether the operator has chosen how large such rooms may be.
    public boolean limitsRooms() {
        return config.limitsRooms();
    }

    public List<Endpoint> endpoints() {
        return List.copyOf(endpoints);
    }

    /// Requests to other servers.
    public FederationClient client() {
        return client;
    }

    /// What other servers send. To be started, and closed, by whoever runs the server; its endpoint
    /// is not among [#endpoints].
    public Inbox inbox(PduReceiver rooms, List<EduReceiver> edus) {
        return new Inbox(database, rooms, edus, peers::allows);
    }

    /// What this server sends to others by itself; to be started by whoever makes it, and ended by
    /// [#close].
    ///
    /// @param source where it learns which events others lack
    public Outbox outbox(EventSource source) {
        Outbox made = new Outbox(database, server, peers, client, source, clock, random);
        outbox = made;
        return made;
    }

    /// Shows how other servers take what is sent; once there is an outbox.
    public void watch(Metrics metrics) {
        Outbox sending = outbox;
        if (sending != null) {
            sending.watch(metrics);
        }
    }

    private void heardOf(ServerName other) {
        client.isThere(other);
        Outbox sending = outbox;
        if (sending != null) {
            sending.isThere(other);
        }
    }

    /// Whether keys of identity servers are still valid.
    public KeyValidity keyValidity() {
        return new KeyValidity(outbound);
    }

    /// Follows what other nodes over the same database change.
    public NoticeListener followNodes() {
        return new NoticeListener(
                        database,
                        CHANNEL,
                        POLL,
                        () -> {
                            serverKeys.reload();
                            peers.reload();
                        })
                .start();
    }

    /// Ends requests that are under way.
    @Override
    public void close() {
        Outbox sending = outbox;
        if (sending != null) {
            sending.close();
        }
        outbound.close();
    }
}
