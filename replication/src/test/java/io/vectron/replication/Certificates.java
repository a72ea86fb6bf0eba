package io.vectron.replication;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Certificates of a test, made with the JDK's keytool. */
final class Certificates {
    private static final String PASSWORD = "changeit";

    private Certificates() {}

    /**
     * A certificate for 127.0.0.1 that signs itself. Who trusts it trusts all who hold its key.
     *
     * @param folder where its files lie from now on
     */
    static Tls selfSigned(Path folder) throws Exception {
        Files.createDirectories(folder);
        Path store = folder.resolve("store.p12");
        keytool(
                "-genkeypair",
                "-alias",
                "member",
                "-keyalg",
                "EC",
                "-dname",
                "CN=member",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-ext",
                "bc:c",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD);
        Path key = folder.resolve("key.pem");
        Path certificate = folder.resolve("certificate.pem");
        export(store, key, certificate);
        return new Tls(key, certificate, certificate);
    }

    private static void export(Path store, Path key, Path certificate)
            throws IOException, GeneralSecurityException {
        KeyStore loaded = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            loaded.load(in, PASSWORD.toCharArray());
        }
        Key secret = loaded.getKey("member", PASSWORD.toCharArray());
        pem(key, "PRIVATE KEY", secret.getEncoded());
        pem(certificate, "CERTIFICATE", loaded.getCertificate("member").getEncoded());
    }

    private static void pem(Path file, String what, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                file,
                "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n",
                US_ASCII);
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                        .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("keytool failed: " + command);
        }
    }
}
