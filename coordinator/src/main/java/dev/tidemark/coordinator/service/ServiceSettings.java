package dev.tidemark.coordinator.service;

import dev.tidemark.coordinator.service.leading.LeadingSettings;
import dev.tidemark.coordinator.service.operations.DeskLimits;
import java.time.Duration;

/**
 * The section {@code service} of the configuration.
 *
 * @param parallelOperations operations at a time, each on another namespace, 1..64; 4 by default
 * @param queuedPerNamespace orders of one namespace that wait or are carried out, 1..1000; 20 by default
 * @param stopTimeout how long a stop waits for operations to be left in good order; PT30S by default
 * @param group instances of one group over one archive have one leader; 1 to 40 letters, digits and dashes, {@code default} by default
 * @param address where others may ask this instance; empty by default
 * @param leaderLease for how long the leader leads without renewal, PT1S..PT10M; PT15S by default
 */
public record ServiceSettings(
        Integer parallelOperations,
        Integer queuedPerNamespace,
        Duration stopTimeout,
        String group,
        String address,
        Duration leaderLease) {
    /** What applies when the section is left out. */
    public static final ServiceSettings DEFAULT = new ServiceSettings(null, null, null, null, null, null);

    /** Applies the defaults and checks the ranges. */
    public ServiceSettings {
        DeskLimits defaults = DeskLimits.DEFAULT;
        parallelOperations = parallelOperations == null ? defaults.parallelOperations() : parallelOperations;
        queuedPerNamespace = queuedPerNamespace == null ? defaults.queuedPerNamespace() : queuedPerNamespace;
        stopTimeout = stopTimeout == null ? defaults.stopTimeout() : stopTimeout;
        new DeskLimits(parallelOperations, queuedPerNamespace, stopTimeout);
        LeadingSettings leading = LeadingSettings.DEFAULT;
        group = group == null ? leading.group() : group;
        address = address == null ? leading.address() : address;
        leaderLease = leaderLease == null ? leading.lease() : leaderLease;
        new LeadingSettings(group, address, leaderLease, leading.dutyInterval());
    }

    LeadingSettings leading() {
        return new LeadingSettings(group, address, leaderLease, LeadingSettings.DEFAULT.dutyInterval());
    }

    DeskLimits deskLimits() {
        return new DeskLimits(parallelOperations, queuedPerNamespace, stopTimeout);
    }
}
