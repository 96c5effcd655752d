package dev.tidemark.coordinator.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Open;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.problem.StrictJson;
import io.dropwizard.jackson.Jackson;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The document and the page say what the resources are. Both are made from the resources; {@code -Dgolden.update=true} writes them anew.
 */
class OpenApiTest {
    private static final Path DOCUMENT =
            Path.of("../coordinator/src/main/resources/dev/tidemark/coordinator/service/rest/openapi.json");
    private static final Path PAGE = Path.of("../docs/http-api.rst");
    private static final boolean IS_UPDATE = Boolean.getBoolean("golden.update");

    private final ObjectMapper mapper = mapper();
    private final OpenApiDocument generator = new OpenApiDocument(mapper);

    @Test
    void document_thatIsServed_isThatOfTheResources() throws IOException {
        String expected = text(generator.of(ResourceClasses.find()));

        if (IS_UPDATE) {
            Files.writeString(DOCUMENT, expected);
        }

        assertThat(Files.readString(DOCUMENT)).isEqualTo(expected);
        assertThat(new OpenApiResource().document()).isEqualTo(Files.readAllBytes(DOCUMENT));
    }

    @Test
    void page_ofTheService_isThatOfTheDocument() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(HttpApiPage.BEGIN) + HttpApiPage.BEGIN.length();
        int end = page.indexOf(HttpApiPage.END);
        String expected = HttpApiPage.of(generator.of(ResourceClasses.find()));

        if (IS_UPDATE) {
            page = page.substring(0, begin) + expected + page.substring(end);
            Files.writeString(PAGE, page);
            end = page.indexOf(HttpApiPage.END);
        }

        assertThat(page.substring(begin, end)).isEqualTo(expected);
    }

    @Test
    void everything_inTheDocument_isDescribed() {
        generator.of(ResourceClasses.find());

        assertThat(generator.undescribed()).isEmpty();
    }

    @Test
    void operations_ofTheDocument_haveIdSummaryRoleAndErrors() throws IOException {
        JsonNode document = mapper.readTree(Files.readString(DOCUMENT));
        Set<String> ids = new HashSet<>();

        for (JsonNode operation : operations(document)) {
            String id = operation.path("operationId").asText();
            assertThat(ids.add(id)).as(id).isTrue();
            assertThat(operation.path("summary").asText()).as(id).isNotEmpty();
            boolean isOpen = operation.get("security").isEmpty();
            assertThat(operation.has("x-tidemark-role")).as(id).isNotEqualTo(isOpen);
            assertThat(names(operation.get("responses"))).as(id).contains("429", "500", "503");
            if (!isOpen) {
                assertThat(names(operation.get("responses"))).as(id).contains("401", "403");
            }
        }

        assertThat(ids).hasSizeGreaterThan(30).contains("orderBackup", "planRestore", "openApiDocument");
    }

    @Test
    void references_ofTheDocument_leadSomewhere() throws IOException {
        JsonNode document = mapper.readTree(Files.readString(DOCUMENT));

        assertThat(document.findValuesAsText("$ref")).isNotEmpty().allSatisfy(reference -> assertThat(
                        document.at(reference.substring(1)).isMissingNode())
                .isFalse());
    }

    /** What a change of a resource does to the document. */
    @Test
    void document_ofASample_hasEachPartOfIt() {
        JsonNode document = generator.of(List.of(SampleResource.class));

        JsonNode post = document.at("/paths/~1api~1v1~1samples~1{namespace}/post");
        assertThat(post.get("operationId").asText()).isEqualTo("samplePlace");
        assertThat(post.get("x-tidemark-role").asText()).isEqualTo("restorer");
        assertThat(post.at("/requestBody/required").asBoolean()).isTrue();
        assertThat(names(post.get("responses")))
                .containsExactly("201", "400", "401", "403", "404", "409", "413", "415", "429", "500", "503");
        JsonNode body = document.at("/components/schemas/NewSample");
        assertThat(names(body.get("properties"))).containsExactly("name", "note");
        assertThat(body.get("required").toString()).isEqualTo("[\"name\",\"note\"]");
        assertThat(body.get("additionalProperties").asBoolean(true)).isFalse();
        JsonNode get = document.at("/paths/~1api~1v1~1samples~1{namespace}/get");
        assertThat(get.get("security")).isEmpty();
        assertThat(get.at("/parameters/1/name").asText()).isEqualTo("filter");
        assertThat(generator.undescribed())
                .contains("parameter filter", SampleResource.NewSample.class.getName() + ".name");
    }

    /** For {@link #document_ofASample_hasEachPartOfIt}. */
    @jakarta.ws.rs.Path("/api/v1/samples/{namespace}")
    static final class SampleResource {
        @GET
        @Open
        public Map<String, Integer> list(
                @PathParam("namespace") String namespace, @QueryParam("filter") String filter) {
            return Map.of(namespace, filter.length());
        }

        @POST
        @Needs(Role.RESTORER)
        @Answers(value = NewSample.class, status = 201)
        @Consumes("application/json")
        public NewSample place(@PathParam("namespace") String namespace, NewSample sample) {
            return sample;
        }

        record NewSample(String name, String note) {}
    }

    private static List<JsonNode> operations(JsonNode document) {
        List<JsonNode> operations = new ArrayList<>();
        document.get("paths").forEach(path -> path.forEach(operations::add));
        return operations;
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private String text(ObjectNode document) throws IOException {
        return mapper.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(document) + "\n";
    }

    private static ObjectMapper mapper() {
        ObjectMapper mapper = Jackson.newObjectMapper();
        StrictJson.configure(mapper);
        mapper.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
        mapper.disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS);
        return mapper;
    }
}
