package dev.tidemark.coordinator.service.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Open;
import dev.tidemark.coordinator.service.access.approval.Approvals;
import dev.tidemark.coordinator.service.access.approval.NeedsApproval;
import dev.tidemark.coordinator.service.problem.Problem;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Makes the OpenAPI document of the resources' methods, their annotations, and what the sources say of them. */
final class OpenApiDocument {
    private static final Map<String, String> STATUSES = Map.ofEntries(
            Map.entry("400", "The request is not what this path expects."),
            Map.entry("401", "It is not known who sends the request."),
            Map.entry("403", "The caller has not the right."),
            Map.entry("404", "There is no such thing."),
            Map.entry("409", "Not possible as things are."),
            Map.entry("413", "The body is too long."),
            Map.entry("415", "The body is of another type."),
            Map.entry("429", "Too many requests; see the header Retry-After."),
            Map.entry("500", "A failure of the service, or something is damaged."),
            Map.entry("503", "Something that is needed can't be reached."));

    private final ObjectMapper mapper;
    private final Javadocs javadocs = new Javadocs();
    private final OpenApiSchemas schemas;
    private final OpenApiParameters parameters;

    /** @param mapper reads and writes as the service does */
    OpenApiDocument(ObjectMapper mapper) {
        this.mapper = mapper;
        this.schemas = new OpenApiSchemas(mapper, javadocs);
        this.parameters = new OpenApiParameters(mapper, javadocs);
    }

    /** Returns the document. */
    ObjectNode of(List<Class<?>> resources) {
        Map<String, Map<String, ObjectNode>> paths = new TreeMap<>();
        List<Operation> operations = operations(resources);
        operations.forEach(operation -> OpenApiParameters.body(operation.method).ifPresent(schemas::body));
        for (Operation operation : operations) {
            paths.computeIfAbsent(operation.path, path -> new TreeMap<>())
                    .put(operation.verb.toLowerCase(Locale.ROOT), describe(operation));
        }
        ObjectNode document = mapper.createObjectNode().put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "Tidemark")
                .put("version", "1")
                .put("description", "Backups of transactional stores, and their restore. Long work is an order.");
        document.putArray("servers").addObject().put("url", "/");
        document.putArray("tags").addAll(tags(resources));
        document.set("paths", mapper.valueToTree(paths));
        ObjectNode components = document.putObject("components");
        ObjectNode security = components.putObject("securitySchemes");
        security.putObject("token").put("type", "http").put("scheme", "bearer");
        security.putObject("certificate").put("type", "mutualTLS");
        ObjectNode responses = components.putObject("responses");
        STATUSES.keySet().stream().sorted().forEach(status -> responses.set("problem" + status, problem(status)));
        ObjectNode all = components.putObject("schemas");
        Map<String, ObjectNode> needed = new TreeMap<>(schemas.all());
        needed.put("Problem", problemSchema());
        needed.forEach(all::set);
        return document;
    }

    /** Returns the fields, methods and parameters of which the sources say nothing. */
    List<String> undescribed() {
        List<String> all = new ArrayList<>(schemas.undescribed());
        all.addAll(parameters.undescribed());
        return all;
    }

    private List<ObjectNode> tags(List<Class<?>> resources) {
        return resources.stream()
                .map(resource -> mapper.createObjectNode()
                        .put("name", noun(resource))
                        .put("description", javadocs.ofType(resource)))
                .toList();
    }

    static List<Operation> operations(List<Class<?>> resources) {
        List<Operation> operations = new ArrayList<>();
        for (Class<?> resource : resources) {
            for (Method method : resource.getDeclaredMethods()) {
                for (Annotation annotation : method.getAnnotations()) {
                    HttpMethod verb = annotation.annotationType().getAnnotation(HttpMethod.class);
                    if (verb != null) {
                        operations.add(new Operation(OpenApiParameters.path(resource, method), verb.value(), method));
                    }
                }
            }
        }
        return operations;
    }

    private static String noun(Class<?> resource) {
        return resource.getSimpleName().replace("Resource", "");
    }

    private ObjectNode describe(Operation operation) {
        Method method = operation.method;
        Class<?> resource = method.getDeclaringClass();
        String text = javadocs.ofMethod(resource, method.getName());
        int end = text.indexOf(". ");
        ObjectNode result = mapper.createObjectNode();
        String noun = noun(resource);
        result.put(
                "operationId",
                Character.toLowerCase(noun.charAt(0))
                        + noun.substring(1)
                        + Character.toUpperCase(method.getName().charAt(0))
                        + method.getName().substring(1));
        result.put("summary", (end < 0 ? text : text.substring(0, end)).replaceAll("\\.$", ""));
        if (end >= 0) {
            result.put("description", text.substring(end + 2));
        }
        result.putArray("tags").add(noun);
        boolean isOpen = method.isAnnotationPresent(Open.class);
        ArrayNode security = result.putArray("security");
        if (!isOpen) {
            security.addObject().putArray("token");
            security.addObject().putArray("certificate");
            result.put(
                    "x-tidemark-role", method.getAnnotation(Needs.class).value().word());
        }
        NeedsApproval approval = method.getAnnotation(NeedsApproval.class);
        if (approval != null) {
            result.put("x-tidemark-approval", approval.value().word());
        }
        ArrayNode all = parameters.of(method);
        if (approval != null) {
            all.addObject()
                    .put("name", Approvals.HEADER)
                    .put("in", "header")
                    .put("required", false)
                    .put("description", "Id of the approval of somebody else, where one is needed.")
                    .putObject("schema")
                    .put("type", "string");
        }
        if (!all.isEmpty()) {
            result.set("parameters", all);
        }
        OpenApiParameters.body(method).ifPresent(type -> {
            ObjectNode body = result.putObject("requestBody").put("required", !schemas.isOptional(type));
            body.putObject("content").putObject(MediaType.APPLICATION_JSON).set("schema", schemas.body(type));
        });
        result.set("responses", responses(operation, isOpen, all));
        return result;
    }

    private ObjectNode responses(Operation operation, boolean isOpen, ArrayNode parametersOfIt) {
        Method method = operation.method;
        Answers answers = method.getAnnotation(Answers.class);
        if (answers == null && method.getReturnType() == Response.class) {
            throw new IllegalStateException(method + " does not say what it answers");
        }
        ObjectNode responses = mapper.createObjectNode();
        ObjectNode good = responses.putObject(answers == null ? "200" : Integer.toString(answers.status()));
        good.put("description", answers != null && answers.status() == 202 ? "Accepted." : "Done.");
        if (answers != null && answers.hasLocation()) {
            ObjectNode location = good.putObject("headers").putObject("Location");
            location.put("description", "Where it is found.")
                    .putObject("schema")
                    .put("type", "string");
        }
        Class<?> type = answers == null ? method.getReturnType() : answers.value();
        Produces produces = method.getAnnotation(Produces.class);
        ObjectNode content = good.putObject("content");
        if (produces != null && produces.value()[0].equals(MediaType.SERVER_SENT_EVENTS)) {
            ObjectNode stream = content.putObject(MediaType.SERVER_SENT_EVENTS);
            stream.putObject("schema").put("type", "string");
            stream.set("x-tidemark-event-data", schemas.answer(type));
        } else if (produces != null && !produces.value()[0].equals(MediaType.APPLICATION_JSON)) {
            content.putObject(produces.value()[0]).putObject("schema").put("type", "string");
        } else {
            ObjectNode schema =
                    type == byte[].class ? mapper.createObjectNode().put("type", "object") : schemas.answer(type);
            content.putObject(MediaType.APPLICATION_JSON).set("schema", schema);
        }
        for (String status : errors(operation, isOpen, parametersOfIt)) {
            responses.putObject(status).put("$ref", "#/components/responses/problem" + status);
        }
        return responses;
    }

    private static List<String> errors(Operation operation, boolean isOpen, ArrayNode parametersOfIt) {
        List<String> errors = new ArrayList<>();
        boolean isChange = !operation.verb.equals("GET");
        boolean hasBody = OpenApiParameters.body(operation.method).isPresent();
        if (isChange || !parametersOfIt.isEmpty()) {
            errors.add("400");
        }
        if (!isOpen) {
            errors.addAll(List.of("401", "403"));
        }
        if (operation.path.contains("{")) {
            errors.add("404");
        }
        if (isChange) {
            errors.add("409");
        }
        if (hasBody) {
            errors.addAll(List.of("413", "415"));
        }
        errors.addAll(List.of("429", "500", "503"));
        return errors;
    }

    private ObjectNode problem(String status) {
        ObjectNode response = mapper.createObjectNode().put("description", STATUSES.get(status));
        response.putObject("content")
                .putObject(Problem.MEDIA_TYPE)
                .putObject("schema")
                .put("$ref", "#/components/schemas/Problem");
        return response;
    }

    private ObjectNode problemSchema() {
        OpenApiSchemas own = new OpenApiSchemas(mapper, javadocs);
        own.answer(Problem.class);
        ObjectNode problem = own.all().get("Problem");
        ((ObjectNode) problem.get("properties")).remove("members"); // stands for whatever else a problem has
        ArrayNode required = (ArrayNode) problem.get("required");
        for (int i = required.size() - 1; i >= 0; i--) {
            if (required.get(i).asText().equals("members")) {
                required.remove(i);
            }
        }
        return problem;
    }

    /** One method of a resource. */
    record Operation(String path, String verb, Method method) {}
}
