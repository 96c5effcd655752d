package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Makes clients. They don't retry. */
final class S3Clients {
    private S3Clients() {}

    static S3Client create(S3Connection connection, ChecksumMode checksums) {
        boolean isSdk = checksums == ChecksumMode.SDK;
        S3ClientBuilder client = S3Client.builder()
                .httpClientBuilder(http(connection))
                .credentialsProvider(connection.credentials().provider())
                .forcePathStyle(connection.addressing() == S3Connection.Addressing.PATH)
                .requestChecksumCalculation(
                        isSdk ? RequestChecksumCalculation.WHEN_SUPPORTED : RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(
                        isSdk ? ResponseChecksumValidation.WHEN_SUPPORTED : ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(configuration -> configuration
                        .retryStrategy(DefaultRetryStrategy.doNotRetry())
                        .apiCallAttemptTimeout(connection.timeouts().request()));
        if (!connection.region().isEmpty()) {
            client.region(Region.of(connection.region()));
        }
        if (connection.endpoint() != null) {
            client.endpointOverride(connection.endpoint());
        }
        try {
            return client.build();
        } catch (SdkClientException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "cannot make a client of S3: " + e.getMessage(),
                    "Set 'region' in the configuration of the archive.",
                    e);
        }
    }

    private static Apache5HttpClient.Builder http(S3Connection connection) {
        Apache5HttpClient.Builder http = Apache5HttpClient.builder()
                .connectionTimeout(connection.timeouts().connect())
                .socketTimeout(connection.timeouts().idle())
                .connectionAcquisitionTimeout(connection.timeouts().request())
                .maxConnections(connection.maxConnections());
        S3Connection.Proxy proxy = connection.proxy();
        if (proxy != null) {
            ProxyConfiguration.Builder configuration = ProxyConfiguration.builder()
                    .endpoint(URI.create("http://" + proxy.host() + ":" + proxy.port()))
                    .useSystemPropertyValues(false)
                    .useEnvironmentVariableValues(false);
            if (!proxy.user().isEmpty()) {
                configuration
                        .username(proxy.user())
                        .password(proxy.password())
                        .preemptiveBasicAuthenticationEnabled(true);
            }
            http.proxyConfiguration(configuration.build());
        }
        if (connection.certificates() != null) {
            TrustManager[] trusted = trustManagers(connection.certificates());
            http.tlsTrustManagersProvider(() -> trusted);
        }
        return http;
    }

    private static TrustManager[] trustManagers(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(content);
            if (certificates.isEmpty()) {
                throw unusable(file, "it has no certificate", null);
            }
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate certificate : certificates) {
                trusted.setCertificateEntry("ca-" + trusted.size(), certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            return factory.getTrustManagers();
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(file, e.getMessage(), e);
        }
    }

    private static CoordinatorException unusable(Path file, String problem, Exception cause) {
        return new CoordinatorException(
                ErrorCode.INVALID_CONFIGURATION,
                "certificates of '" + file + "' can't be used: " + problem,
                "Name a PEM file with the certificate of the authority.",
                cause);
    }
}
