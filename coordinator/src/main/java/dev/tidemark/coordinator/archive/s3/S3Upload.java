package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.archive.retry.Retries;
import java.util.concurrent.Executor;
import software.amazon.awssdk.services.s3.S3Client;

/** What every upload in parts needs. */
record S3Upload(
        S3Client client,
        S3Place place,
        Requests requests,
        S3Errors errors,
        ObjectReads reads,
        S3Writing.Multipart sizes,
        Executor helpers,
        Retries retries) {}
