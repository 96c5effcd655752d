package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class ExitCodesTest {
    private static final Pattern ROW = Pattern.compile("\\* - (\\d+)\\n +- ``([A-Z_]+)``\\n +- (yes|no)\\n +- \\S.*");

    @Test
    void exitCodes_inTheDocumentation_areThoseOfTheProgram() throws IOException {
        Matcher rows = ROW.matcher(Files.readString(Path.of("../docs/cli.rst")));
        List<String> documented = new ArrayList<>();
        while (rows.find()) {
            documented.add(
                    rows.group(1) + " " + rows.group(2) + " " + rows.group(3).equals("yes"));
        }

        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ErrorCode.values())
                        .map(code -> code.exitCode() + " " + code.name() + " " + code.isRetryable())
                        .toList());
    }

    @Test
    void exitCodes_ofDifferentErrors_differ() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::exitCode)).doesNotHaveDuplicates();
    }
}
