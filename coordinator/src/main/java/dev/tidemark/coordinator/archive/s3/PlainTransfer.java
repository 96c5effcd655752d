package dev.tidemark.coordinator.archive.s3;

import java.io.IOException;
import java.nio.ByteBuffer;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * What the SDK does by itself with the same client: no condition, no digest, no check, no retry. The baseline of benchmarks, and
 * nothing else. Thread-safe.
 */
public final class PlainTransfer {
    private final S3Client client;
    private final S3Place place;
    private final S3Errors errors;

    PlainTransfer(S3Client client, S3Place place, S3Errors errors) {
        this.client = client;
        this.place = place;
        this.errors = errors;
    }

    /** Sends an object, whatever is there. */
    public void put(String name, ByteBuffer content) {
        try {
            client.putObject(
                    PutObjectRequest.builder()
                            .bucket(place.bucket())
                            .key(place.prefix() + name)
                            .build(),
                    Bodies.of(content));
        } catch (SdkException e) {
            throw errors.translate("create object '" + name + "'", e);
        }
    }

    /**
     * Reads an object into an array that is large enough.
     *
     * @return its length
     */
    public int get(String name, byte[] target) {
        String action = "read object '" + name + "'";
        try (ResponseInputStream<GetObjectResponse> body = client.getObject(GetObjectRequest.builder()
                .bucket(place.bucket())
                .key(place.prefix() + name)
                .build())) {
            return body.readNBytes(target, 0, target.length);
        } catch (SdkException e) {
            throw errors.translate(action, e);
        } catch (IOException e) {
            throw errors.translate(action, e);
        }
    }
}
