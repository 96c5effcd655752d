package dev.tidemark.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a benchmark ran on.
 *
 * @param cores processors that this process may use
 * @param cpu model of the processor, or its architecture where the system does not say more
 * @param memoryBytes memory of the machine
 * @param maxHeapBytes largest heap of this process
 * @param jdk name and version of the virtual machine
 * @param operatingSystem name and version
 * @param filesystem type and device of the filesystem of the directory
 * @param loadAverage processes that wanted to run in the last minute before, of others too; negative when not known
 */
public record Machine(
        int cores,
        String cpu,
        long memoryBytes,
        long maxHeapBytes,
        String jdk,
        String operatingSystem,
        String filesystem,
        double loadAverage) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** Describes this machine and the filesystem of a directory. */
    static Machine describe(Path directory) throws IOException {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        Runtime runtime = Runtime.getRuntime();
        FileStore store = Files.getFileStore(directory);
        return new Machine(
                runtime.availableProcessors(),
                cpu(system.getArch()),
                system.getTotalMemorySize(),
                runtime.maxMemory(),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                system.getName() + " " + system.getVersion(),
                store.type() + " on " + store.name(),
                system.getSystemLoadAverage());
    }

    private static String cpu(String architecture) {
        if (!Files.isReadable(CPU_INFO)) {
            return architecture;
        }
        try (Stream<String> lines = Files.lines(CPU_INFO, StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(architecture);
        } catch (IOException e) {
            return architecture;
        }
    }
}
