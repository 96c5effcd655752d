package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectLocks;
import dev.tidemark.coordinator.archive.s3.ChecksumMode;
import dev.tidemark.coordinator.archive.s3.S3Connection;
import dev.tidemark.coordinator.archive.s3.S3Credentials;
import dev.tidemark.coordinator.archive.s3.S3Encryption;
import dev.tidemark.coordinator.archive.s3.S3ObjectStore;
import dev.tidemark.coordinator.archive.s3.S3Place;
import dev.tidemark.coordinator.archive.s3.S3Seams;
import dev.tidemark.coordinator.archive.s3.S3Writing;
import dev.tidemark.kvs.ErrorCode;
import java.util.Base64;
import java.util.Locale;

/** Opens the bucket that a configuration names, with the secrets that it names. */
final class S3Opener {
    private final SecretReader secrets;
    private final S3Seams seams;

    S3Opener(SecretReader secrets, S3Seams seams) {
        this.secrets = secrets;
        this.seams = seams;
    }

    /** @param folder below the archive's prefix; empty for the archive itself */
    S3ObjectStore open(S3Archive archive, String folder) {
        String endpoint = archive.endpoint() == null ? "" : archive.endpoint().toString();
        return S3ObjectStore.open(
                new S3Place(archive.bucket(), archive.prefix() + folder, endpoint),
                connection(archive),
                writing(archive),
                seams);
    }

    private S3Connection connection(S3Archive archive) {
        S3Archive.Connection limits = archive.connection();
        return new S3Connection(
                archive.endpoint(),
                archive.region() == null ? "" : archive.region(),
                archive.isPathStyle() ? S3Connection.Addressing.PATH : S3Connection.Addressing.VIRTUAL_HOST,
                archive.credentials() == null
                        ? new S3Credentials.DefaultChain()
                        : archive.credentials().read(secrets),
                limits.proxy() == null ? null : proxy(limits.proxy()),
                limits.caCertificates(),
                new S3Connection.Timeouts(limits.connectTimeout(), limits.idleTimeout(), limits.requestTimeout()),
                limits.maxConnections());
    }

    private S3Connection.Proxy proxy(S3Archive.Proxy proxy) {
        boolean hasUser = proxy.user() != null;
        return new S3Connection.Proxy(
                proxy.host(),
                proxy.port(),
                hasUser ? proxy.user() : "",
                hasUser
                        ? secrets.line(
                                "password of the proxy",
                                proxy.password().file(),
                                proxy.password().environment())
                        : "");
    }

    private S3Writing writing(S3Archive archive) {
        S3Archive.ObjectLock lock = archive.objectLock();
        S3Archive.Multipart parts = archive.multipart();
        return new S3Writing(
                ChecksumMode.valueOf(archive.checksums().toUpperCase(Locale.ROOT)),
                archive.storageClass(),
                encryption(archive.encryption()),
                lock == null
                        ? null
                        : new S3Writing.Lock(
                                ObjectLocks.Mode.valueOf(lock.mode().toUpperCase(Locale.ROOT)),
                                lock.period(),
                                lock.required()),
                new S3Writing.Multipart(parts.threshold(), parts.partSize(), parts.parallelism()));
    }

    private S3Encryption encryption(S3Archive.Encryption encryption) {
        if (encryption == null) {
            return new S3Encryption.BucketDefault();
        }
        return switch (encryption.type()) {
            case "s3" -> new S3Encryption.StoreKeys();
            case "kms" -> new S3Encryption.Kms(encryption.keyId());
            default -> customerKey(encryption);
        };
    }

    private S3Encryption customerKey(S3Archive.Encryption encryption) {
        String text = secrets.line("encryption key", encryption.file(), encryption.environment());
        try {
            return new S3Encryption.CustomerKey(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the encryption key of the bucket has another form (expected: " + S3Encryption.CustomerKey.BYTES
                            + " bytes in Base64)",
                    "Write a key such as 'openssl rand -base64 32' prints.",
                    e);
        }
    }
}
