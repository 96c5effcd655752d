package dev.tidemark.coordinator.service.notification;

/** A way to receivers. Used by one thread at a time. */
public interface NotificationChannel extends AutoCloseable {
    /** Tries once to deliver a notification. Blocks, within the channel's time limits; throws nothing for what goes wrong outside. */
    Attempt deliver(Notification notification);

    /** Frees connections. */
    @Override
    void close();

    /**
     * How an attempt to deliver has ended.
     *
     * @param result what came of it
     * @param reason why it was not delivered, without secrets; empty when it was
     */
    record Attempt(Result result, String reason) {
        /** Stands for what was delivered. */
        public static final Attempt DELIVERED = new Attempt(Result.DELIVERED, "");

        /** Returns an attempt after which another one makes sense. */
        public static Attempt again(String reason) {
            return new Attempt(Result.AGAIN, reason);
        }

        /** Returns an attempt after which no other one makes sense. */
        public static Attempt never(String reason) {
            return new Attempt(Result.NEVER, reason);
        }
    }

    /** What can come of an attempt. */
    enum Result {
        DELIVERED,
        /** Not delivered; may be later. */
        AGAIN,
        /** Not delivered, and will not be. */
        NEVER
    }
}
