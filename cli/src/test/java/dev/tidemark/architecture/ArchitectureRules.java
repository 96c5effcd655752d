package dev.tidemark.architecture;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.tidemark.kvs.cluster.StoreConnector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rules, each for the classes below a root package, so that they apply to samples as well. */
final class ArchitectureRules {
    /** The modules' packages below the root; each may use those before it. */
    static final List<String> MODULES = List.of("kvs", "timestamp", "coordinator", "cli");

    /**
     * What brings time, waiting and chance into a program, by owner. An owner without names is forbidden altogether; names
     * are those of methods, {@code <init>} is a constructor without a seed or a source of its own.
     */
    private static final Map<String, Set<String>> TIME_AND_CHANCE = Map.ofEntries(
            Map.entry("java.lang.Thread", Set.of("sleep")),
            Map.entry("java.util.concurrent.TimeUnit", Set.of("sleep")),
            Map.entry("java.lang.System", Set.of("currentTimeMillis", "nanoTime")),
            Map.entry("java.time.Instant", Set.of("now")),
            Map.entry("java.time.LocalDate", Set.of("now")),
            Map.entry("java.time.LocalDateTime", Set.of("now")),
            Map.entry("java.time.OffsetDateTime", Set.of("now")),
            Map.entry("java.time.ZonedDateTime", Set.of("now")),
            Map.entry("java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system")),
            Map.entry("java.time.InstantSource", Set.of("system")),
            Map.entry("java.util.Date", Set.of("<init>")),
            Map.entry("java.util.Timer", Set.of("<init>")),
            Map.entry("java.util.UUID", Set.of("randomUUID")),
            Map.entry("java.lang.Math", Set.of("random")),
            Map.entry("java.util.Random", Set.of("<init>")),
            Map.entry("java.util.SplittableRandom", Set.of("<init>")),
            Map.entry("java.security.SecureRandom", Set.of("<init>", "getInstance", "getInstanceStrong")),
            Map.entry("java.util.concurrent.ThreadLocalRandom", Set.of("current")));

    private ArchitectureRules() {}

    /** Every class is in a module. */
    static ArchRule everyClassIsInAModule(String root) {
        String[] modules =
                MODULES.stream().map(module -> root + "." + module + "..").toArray(String[]::new);
        return classes().should().resideInAnyPackage(modules).as("every class is in one of the modules " + MODULES);
    }

    /** The rules that keep each module from using a later one. */
    static List<ArchRule> moduleDirection(String root) {
        List<ArchRule> rules = new ArrayList<>();
        for (int i = 0; i < MODULES.size() - 1; i++) {
            String[] later = MODULES.subList(i + 1, MODULES.size()).stream()
                    .map(module -> root + "." + module + "..")
                    .toArray(String[]::new);
            rules.add(noClasses()
                    .that()
                    .resideInAPackage(root + "." + MODULES.get(i) + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(later)
                    .as("module '" + MODULES.get(i) + "' uses no later module"));
        }
        return rules;
    }

    /** An adapter, found by its connector, uses no other adapter, and nothing else in its module uses an adapter. */
    static ArchRule adaptersAreIndependent(JavaClasses all, String root) {
        Set<String> adapters = adapterPackages(all);
        return classes()
                .that()
                .resideInAPackage(root + ".kvs..")
                .should(useNoAdapterButTheirOwn(adapters))
                .as("an adapter of " + adapters + " is used by itself alone within its module");
    }

    /** Returns the packages of the adapters. */
    static Set<String> adapterPackages(JavaClasses all) {
        return all.stream()
                .filter(candidate -> candidate.isAssignableTo(StoreConnector.class) && !candidate.isInterface())
                .map(JavaClass::getPackageName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Packages depend on each other in one direction only. */
    static ArchRule noPackageCycles(String root) {
        return slices().matching(root + ".(**)").should().beFreeOfCycles();
    }

    /** Only the command line writes to standard output and standard error. */
    static ArchRule onlyTheCommandLinePrints(String root) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(root + ".cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .as("only the command line prints");
    }

    /** Logging goes through SLF4J. */
    static ArchRule nobodyUsesJavaUtilLogging() {
        return noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..");
    }

    /**
     * Time, waiting and chance come in through constructors.
     *
     * @param wiring names of the top-level classes in which they enter the program
     */
    static ArchRule timeAndChanceComeFromOutside(Set<String> wiring) {
        return noClasses()
                .that(are(DescribedPredicate.describe(
                        "not wiring", type -> !wiring.contains(outermost(type).getName()))))
                .should(reachForTimeOrChance())
                .as("time, waiting and chance come from outside");
    }

    /** Tells whether a class reaches for time, waiting or chance by itself. */
    static boolean reachesForTimeOrChance(JavaClass type) {
        return type.getCodeUnitAccessesFromSelf().stream().anyMatch(ArchitectureRules::isTimeOrChance);
    }

    /** Words that say nothing do not end the names of classes. */
    static ArchRule namesSaySomething() {
        return noClasses()
                .should()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .as("names of classes say something");
    }

    /** Returns the directories below a source root that hold classes and no package-info.java. */
    static List<Path> packagesWithoutDescription(Path sourceRoot) {
        try (Stream<Path> directories = Files.walk(sourceRoot).filter(Files::isDirectory)) {
            return directories
                    .filter(directory ->
                            holdsClasses(directory) && !Files.exists(directory.resolve("package-info.java")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("can't list " + sourceRoot, e);
        }
    }

    private static boolean holdsClasses(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.anyMatch(file -> file.toString().endsWith(".java"));
        } catch (IOException e) {
            throw new UncheckedIOException("can't list " + directory, e);
        }
    }

    static JavaClass outermost(JavaClass type) {
        JavaClass current = type;
        for (Optional<JavaClass> outer = current.getEnclosingClass();
                outer.isPresent();
                outer = current.getEnclosingClass()) {
            current = outer.get();
        }
        return current;
    }

    private static ArchCondition<JavaClass> useNoAdapterButTheirOwn(Collection<String> adapters) {
        return new ArchCondition<>("use no adapter but their own") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Optional<String> own = adapterOf(type, adapters);
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    Optional<String> used = adapterOf(dependency.getTargetClass(), adapters);
                    if (used.isPresent() && !used.equals(own)) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static Optional<String> adapterOf(JavaClass type, Collection<String> adapters) {
        String name = type.getPackageName();
        return adapters.stream()
                .filter(adapter -> name.equals(adapter) || name.startsWith(adapter + "."))
                .findFirst();
    }

    private static ArchCondition<JavaClass> reachForTimeOrChance() {
        return new ArchCondition<>("reach for time or chance") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getCodeUnitAccessesFromSelf().stream()
                        .filter(ArchitectureRules::isTimeOrChance)
                        .forEach(access -> events.add(SimpleConditionEvent.satisfied(access, access.getDescription())));
            }
        };
    }

    private static boolean isTimeOrChance(JavaCodeUnitAccess<?> access) {
        Set<String> names = TIME_AND_CHANCE.getOrDefault(access.getTargetOwner().getName(), Set.of());
        if (!names.contains(access.getTarget().getName())) {
            return false;
        }
        boolean isSeeded = access.getTarget().getName().equals("<init>")
                && !access.getTarget().getRawParameterTypes().isEmpty();
        return !isSeeded;
    }
}
