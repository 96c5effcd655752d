package dev.tidemark.coordinator.archive.s3;

/** What a request carries so that the store can refuse a body that was damaged on its way. */
public enum ChecksumMode {
    /** CRC32 behind the body, the default of the SDK: AWS and current releases of other stores. */
    SDK,
    /** {@code Content-MD5}: stores that do not know the other form, such as older releases of Ceph. */
    MD5,
    /** Nothing but the signature of the body. */
    NONE
}
