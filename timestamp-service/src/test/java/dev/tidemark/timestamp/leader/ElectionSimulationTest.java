package dev.tidemark.timestamp.leader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.timestamp.oracle.Authority;
import java.util.function.BiFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ElectionSimulationTest {
    private static final int RUNS = 60;
    private static final int STEPS = 4_000;

    @Test
    @DisplayName(
            "Servers that stand still, die and lose answers never issue out of order; afterwards one of them leads")
    void lease() {
        int issued = 0;
        int terms = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            ElectionSimulation simulation = new ElectionSimulation(seed, (term, election) -> term);
            assertThat(simulation.run(STEPS)).as("seed %d", seed).isEmpty();
            assertThat(simulation.isServing()).as("seed %d", seed).isTrue();
            issued += simulation.issued();
            terms += simulation.terms();
        }
        assertThat(issued).isGreaterThan(RUNS * 100);
        assertThat(terms).isGreaterThan(RUNS * 5);
    }

    @Test
    @DisplayName("Also when every answer is confirmed by the store")
    void strict() {
        for (int seed = 0; seed < RUNS; seed++) {
            ElectionSimulation simulation = new ElectionSimulation(seed, ConfirmedTerm::new);
            assertThat(simulation.run(STEPS)).as("seed %d", seed).isEmpty();
            assertThat(simulation.isServing()).as("seed %d", seed).isTrue();
        }
    }

    @Test
    @DisplayName("A leader that does not look at its lease after the allocation is found out")
    void withoutLease() {
        assertThat(violationsOf((term, election) -> unchecked(term))).isPositive();
    }

    private static int violationsOf(BiFunction<Term, LeaderElection, Authority> authorities) {
        int violations = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            violations += new ElectionSimulation(seed, authorities).run(STEPS).size();
        }
        return violations;
    }

    private static Authority unchecked(Term term) {
        return new Authority() {
            @Override
            public long epoch() {
                return term.epoch();
            }

            @Override
            public void check() {}
        };
    }
}
