package dev.tidemark.timestamp.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.LeaderRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RequestTest {
    @ParameterizedTest
    @MethodSource("commands")
    void decode_whatWasEncoded_isTheSame(Command command) {
        Request request = new Request(Long.MAX_VALUE, 300, 45, command);

        assertThat(Request.decode(request.encode())).isEqualTo(request);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void decode_anyPartOfIt_isRefused(Command command) {
        byte[] bytes = new Request(7, 1, 1, command).encode();

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Request.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Request.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void decode_otherVersionOrKind_isRefused() {
        byte[] bytes = new Request(7, 1, 1, new Command.Leader()).encode();
        byte[] version = bytes.clone();
        version[0] = 2;
        byte[] kind = bytes.clone();
        kind[1] = 11;

        assertThatThrownBy(() -> Request.decode(version)).hasMessageContaining("format version of a command: 2");
        assertThatThrownBy(() -> Request.decode(kind)).hasMessageContaining("kind of a command: 11");
    }

    @Test
    void create_windowOutOfRange_isRefused() {
        Command command = new Command.Leader();

        for (long[] wrong : new long[][] {{-1, 1, 1}, {0, 1, 2}, {0, 0, 0}, {0, 257, 1}}) {
            assertThatThrownBy(() -> new Request(wrong[0], wrong[1], wrong[2], command))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void encode_knownCommand_hasTheBytesOfThePage() {
        Request request =
                new Request(2, 5, 4, new Command.CompareAndSet("ab", BoundState.INITIAL, new BoundState(1, 1000, "f")));

        assertThat(request.encode())
                .asHexString()
                .isEqualTo("0105" + "0000000000000002" + "0000000000000005" + "0000000000000004" + "00026162"
                        + "0000000000000000" + "0000000000000000" + "0000" + "0000000000000001" + "00000000000003E8"
                        + "000166");
    }

    static List<Command> commands() {
        BoundState state = new BoundState(3, BoundState.MAX_BOUND, "restore-7");
        LeaderRecord record = new LeaderRecord(2, 3, "a:1", "https://ä.example/", Duration.ofMillis(2001), true);
        return List.of(
                new Command.OpenSession(),
                new Command.Namespaces(),
                new Command.Read("orders"),
                new Command.Create("orders", state),
                new Command.CompareAndSet("orders", BoundState.INITIAL, state),
                new Command.AddPoint("orders", new IssuedPoint(Instant.parse("2026-03-04T05:06:07.8Z"), 9)),
                new Command.LastPoint("orders"),
                new Command.Points("orders", -5, 10),
                new Command.Leader(),
                new Command.ReplaceLeader(Optional.empty(), record),
                new Command.ReplaceLeader(Optional.of(record), record.renewed(4)));
    }
}
