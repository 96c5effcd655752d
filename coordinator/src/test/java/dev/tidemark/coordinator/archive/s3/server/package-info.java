/** Real S3 servers as processes of their own, and a proxy that stands for the worst network and the worst store. */
package dev.tidemark.coordinator.archive.s3.server;
