package org.valise.platform.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;

class NativeCryptographyTest {
    private final Provider provider = NativeCryptography.provider().orElseThrow();

    @AfterEach
    void asItWas() {
        Security.removeProvider(provider.getName());
    }

    @Test
    void signsForTlsAndLeavesHashesToTheJdk() throws GeneralSecurityException {
        NativeCryptography.prefer();
        for (String algorithm : new String[] {"SHA384withECDSA", "SHA256withRSA", "RSASSA-PSS"}) {
            assertThat(Signature.getInstance(algorithm).getProvider()).isEqualTo(provider);
        }
        assertThat(MessageDigest.getInstance("SHA-256").getProvider()).isNotEqualTo(provider);
    }

    @Test
    void isThereOnce() {
        NativeCryptography.prefer();
        NativeCryptography.prefer();
        assertThat(Security.getProviders()).containsOnlyOnce(provider);
    }
}
