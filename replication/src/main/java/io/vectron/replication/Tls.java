package io.vectron.replication;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.jspecify.annotations.Nullable;

/**
 * How members prove to one another that they are. Both sides of each connection show a certificate;
 * who has none that the authorities signed is refused.
 *
 * @param key private key, PKCS 8 in PEM
 * @param certificate of this member with those between it and an authority, PEM; it must name the
 *     host that others reach this member by
 * @param authorities certificates that sign those of members, PEM
 */
public record Tls(Path key, Path certificate, Path authorities) {
    public Tls {
        requireFile("key", key);
        requireFile("certificate", certificate);
        requireFile("authorities", authorities);
    }

    private static void requireFile(String what, Path file) {
        Objects.requireNonNull(file, what);
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException(what + " cannot be read: " + file);
        }
    }

    /** What Ratis is told; nothing without TLS. */
    static Parameters parameters(@Nullable Tls tls) {
        Parameters parameters = new Parameters();
        if (tls != null) {
            GrpcConfigKeys.TLS.setConf(
                    parameters,
                    new GrpcTlsConfig(
                            tls.key().toFile(),
                            tls.certificate().toFile(),
                            tls.authorities().toFile(),
                            true));
        }
        return parameters;
    }
}
