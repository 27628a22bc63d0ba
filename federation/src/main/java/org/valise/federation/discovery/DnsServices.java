package org.valise.federation.discovery;

import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// SRV records from the resolver that the operating system names; kept as long as they say.
final class DnsServices implements ServiceLookup {
    /// SECURITY: the zone's owner decides how many there are.
    private static final int MOST = 16;

    /// For an answer of all servers together, however often each is asked.
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    /// For one question to one server: what is lost on its way is asked again.
    private static final Duration TIMEOUT_OF_ONE = Duration.ofSeconds(1);

    private final ExtendedResolver resolver = new ExtendedResolver();

    DnsServices() {
        resolver.setTimeout(TIMEOUT);
        resolver.setRetries(2);
        for (Resolver server : resolver.getResolvers()) {
            server.setTimeout(TIMEOUT_OF_ONE);
        }
    }

    @Override
    public List<Service> find(String name) {
        List<Service> found = new ArrayList<>();
        try {
            Lookup lookup = new Lookup(Name.fromString(name, Name.root), Type.SRV);
            lookup.setResolver(resolver);
            Record[] records = lookup.run();
            if (lookup.getResult() == Lookup.SUCCESSFUL && records != null) {
                for (Record one : records) {
                    // RFC 2782: "A Target of "." means that the service is decidedly not available
                    // at this domain."
                    if (one instanceof SRVRecord service
                            && !service.getTarget().equals(Name.root)
                            && found.size() < MOST) {
                        found.add(
                                new Service(
                                        service.getPriority(),
                                        service.getWeight(),
                                        service.getPort(),
                                        service.getTarget().toString(true)));
                    }
                }
            }
        } catch (TextParseException e) {
            // A name too long for the DNS has no records.
        }
        return found;
    }
}
