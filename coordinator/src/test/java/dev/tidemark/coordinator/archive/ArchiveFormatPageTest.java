package dev.tidemark.coordinator.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.sealed.ObjectType;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/archive-format.rst says in numbers and bytes is so. */
class ArchiveFormatPageTest {
    private static final Path PAGE = Path.of("../docs/archive-format.rst");
    private static final Path FIXTURE = Path.of("src/test/resources/archive-format-1");
    private static final String FOLDER = "ns/orders=2Feu/";
    private static final Pattern NUMBER = Pattern.compile("\\* - ``([A-Za-z.]+\\.[A-Z_0-9]+)``\\n +- ([0-9,]+)\\n");
    private static final Pattern BYTES = Pattern.compile(" {3}((?:[0-9a-f]{2}){1,32})(?: {2,}\\S.*)?");
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void numbers_ofThePage_areThoseOfTheCode() throws Exception {
        Map<String, Long> documented = new TreeMap<>();
        Map<String, Long> actual = new TreeMap<>();

        Matcher rows = NUMBER.matcher(section("Numbers\n-------", "A worked example\n----"));
        for (MatchResult row : rows.results().toList()) {
            documented.put(row.group(1), Long.valueOf(row.group(2).replace(",", "")));
            actual.put(row.group(1), constant(row.group(1)));
        }

        assertThat(documented).hasSizeGreaterThan(60).isEqualTo(actual);
    }

    @Test
    void types_ofThePage_areAllThereAre() throws IOException {
        String numbers = section("Numbers\n-------", "A worked example\n----");

        assertThat(ObjectType.values())
                .allSatisfy(type -> assertThat(numbers).contains("``sealed.ObjectType." + type.name() + "``"));
    }

    @Test
    void example_ofThePage_isThatOfTheFixture() throws Exception {
        IndependentReader reader = new IndependentReader(FIXTURE, "correct horse battery staple", "orders/eu", FOLDER);
        String document = "journal/op/00000001";
        byte[] pack = reader.object("packs/d3/d3376721a5abe7553acae0477ad914a9");
        byte[] index = reader.open(3, "index/ac0f643e2f691558493c54a788f5d1c3");
        String chunkId = HEX.formatHex(index, 64, 96);

        assertThat(blocks())
                .containsExactlyElementsOf(Arrays.asList(
                                reader.wrappingKey(),
                                reader.slotAdditionalData(),
                                reader.slotSecret(),
                                reader.macKey(),
                                IndependentReader.sha256(reader.macMessage()),
                                reader.mac(),
                                reader.namespaceWrappingKey(),
                                reader.namespaceAdditionalData(),
                                reader.dataKey(),
                                reader.recordsKey(),
                                reader.object(document),
                                reader.objectKey(5, document),
                                reader.frameAdditionalData(5, FOLDER + document, 0, true),
                                reader.open(5, document),
                                reader.signedMessage("manifests/b-3"),
                                Arrays.copyOfRange(reader.publicKey(), 12, 44),
                                reader.signature("manifests/b-3", "tidemark-abandoned"),
                                reader.open(4, "lists/417b9b974820ae41b8020f0530e0f683"),
                                index,
                                pack,
                                reader.openChunk("packs/d3/d3376721a5abe7553acae0477ad914a9", 12, 53, chunkId),
                                reader.chunkIdKey())
                        .stream()
                        .map(HEX::formatHex)
                        .toList());
    }

    private static long constant(String name) throws ReflectiveOperationException {
        int dot = name.lastIndexOf('.');
        Field field = Class.forName("dev.tidemark.coordinator.archive." + name.substring(0, dot))
                .getDeclaredField(name.substring(dot + 1));
        field.setAccessible(true);
        Object value = field.get(null);
        return value instanceof ObjectType type ? type.number() : ((Number) value).longValue();
    }

    /** Returns the bytes of each literal block of the example. */
    private static List<String> blocks() throws IOException {
        List<String> blocks = new ArrayList<>();
        StringBuilder block = new StringBuilder();
        for (String line : (section("A worked example\n----", "") + "\n").split("\n", -1)) {
            Matcher bytes = BYTES.matcher(line);
            if (bytes.matches()) {
                block.append(bytes.group(1));
            } else if (!block.isEmpty()) {
                blocks.add(block.toString());
                block.setLength(0);
            }
        }
        return blocks;
    }

    private static String section(String from, String to) throws IOException {
        String text = Files.readString(PAGE);
        assertThat(text).contains(from, to);
        return text.substring(text.indexOf(from), to.isEmpty() ? text.length() : text.indexOf(to));
    }
}
