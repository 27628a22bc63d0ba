package org.valise.platform.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A certificate for localhost that signed itself, made with the JDK's keytool.
public record TestCertificates(Path folder, KeyStore store) {
    private static final char[] PASSWORD = "changeit".toCharArray();

    public static TestCertificates make(Path folder, String algorithm) throws Exception {
        Path file = folder.resolve(algorithm + System.nanoTime() + ".p12");
        run(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                        "-genkeypair",
                        "-alias",
                        "x",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=localhost",
                        "-validity",
                        "3650",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString()));
        KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD);
        return new TestCertificates(folder, store);
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(output);
        }
    }

    /// PKCS#8.
    byte[] key() throws Exception {
        return store.getKey("x", PASSWORD).getEncoded();
    }

    X509Certificate certificate() throws Exception {
        return (X509Certificate) store.getCertificate("x");
    }

    public TlsConfig config() throws Exception {
        return config("PRIVATE KEY", key());
    }

    /// With its key written in another form.
    TlsConfig config(String label, byte[] key) throws Exception {
        Path certificates = folder.resolve("chain.pem");
        Path keys = folder.resolve("key.pem");
        Files.writeString(certificates, pem("CERTIFICATE", certificate().getEncoded()));
        Files.writeString(keys, "# made by a test\n" + pem(label, key));
        return new TlsConfig("127.0.0.1", 0, certificates, keys);
    }

    private static String pem(String label, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }

    /// A client's context that trusts this certificate.
    SSLContext client() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("x", certificate());
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
