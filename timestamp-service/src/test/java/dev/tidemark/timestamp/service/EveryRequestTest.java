package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.timestamp.web.Needs;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that the requests with which the others test every path do have every path. */
class EveryRequestTest {
    private static final java.nio.file.Path SOURCES =
            java.nio.file.Path.of("src/main/java/dev/tidemark/timestamp/service");
    private static final Pattern PARAMETER = Pattern.compile("\\{[a-z]+(: *([^}]+))?}");

    @Test
    void requests_ofEveryMethod_areThere() throws Exception {
        List<Method> methods = methods();
        assertThat(methods).hasSizeGreaterThan(30);
        for (Method method : methods) {
            assertThat(requests(method)).as(method.toString()).isNotEmpty();
        }
    }

    @Test
    void needs_ofEveryMethod_areThoseOfItsRequests() throws Exception {
        for (Method method : methods()) {
            Needs own = method.getAnnotation(Needs.class);
            Needs needs = own == null ? method.getDeclaringClass().getAnnotation(Needs.class) : own;
            for (EveryRequest request : requests(method)) {
                assertThat(request.needed()).as(request.path()).isEqualTo(Set.of(needs.value()));
                assertThat(needs.header()).as(request.path()).isEqualTo(isConjure(request.path()));
            }
        }
    }

    private static boolean isConjure(String path) {
        return path.startsWith("/tl/") || path.startsWith("/lw/");
    }

    private static List<EveryRequest> requests(Method method) {
        Pattern template = template(method);
        String verb = Arrays.stream(method.getAnnotations())
                .map(each -> each.annotationType().getAnnotation(HttpMethod.class))
                .filter(each -> each != null)
                .findFirst()
                .orElseThrow()
                .value();
        return EveryRequest.all().stream()
                .filter(request -> request.method().equals(verb))
                .filter(request ->
                        template.matcher(request.path().replaceAll("\\?.*", "")).matches())
                .toList();
    }

    private static Pattern template(Method method) {
        Path own = method.getAnnotation(Path.class);
        String whole = method.getDeclaringClass().getAnnotation(Path.class).value() + (own == null ? "" : own.value());
        return Pattern.compile(PARAMETER
                .matcher(whole)
                .replaceAll(match -> match.group(2) == null ? "[^/]+" : "(?:" + match.group(2) + ")"));
    }

    /** Returns the methods of all resources but those that refuse locks on rows, and the status, which every server answers for itself. */
    private static List<Method> methods() throws IOException, ClassNotFoundException {
        List<Method> methods = new ArrayList<>();
        try (Stream<java.nio.file.Path> files = Files.list(SOURCES)) {
            for (java.nio.file.Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith("Resource.java") && !name.equals("StatusResource.java")) {
                    Class<?> type = Class.forName("dev.tidemark.timestamp.service." + name.replace(".java", ""));
                    Arrays.stream(type.getDeclaredMethods())
                            .filter(EveryRequestTest::isServed)
                            .forEach(methods::add);
                }
            }
        }
        return methods;
    }

    private static boolean isServed(Method method) {
        return !method.getName().equals("lock")
                && Arrays.stream(method.getAnnotations())
                        .anyMatch(each -> each.annotationType().isAnnotationPresent(HttpMethod.class));
    }
}
