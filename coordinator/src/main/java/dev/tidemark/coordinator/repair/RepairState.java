package dev.tidemark.coordinator.repair;

import java.util.ArrayList;
import java.util.List;

/**
 * State of a repair.
 *
 * @param repaired what it has put right, a sentence each
 * @param left what it could not put right, a sentence each
 */
record RepairState(List<String> repaired, List<String> left) {
    static final RepairState BEGIN = new RepairState(List.of(), List.of());

    RepairState {
        repaired = List.copyOf(repaired);
        left = List.copyOf(left);
    }

    RepairState withRepaired(String sentence) {
        return repaired.contains(sentence) ? this : new RepairState(with(repaired, sentence), left);
    }

    RepairState withLeft(String sentence) {
        return left.contains(sentence) ? this : new RepairState(repaired, with(left, sentence));
    }

    private static List<String> with(List<String> list, String added) {
        List<String> all = new ArrayList<>(list);
        all.add(added);
        return all;
    }
}
