package dev.tidemark.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example alarms and the dashboard use metrics that there are, and the pages explain every alarm. */
class MonitoringExamplesTest {
    private static final Path DOCS = Path.of("../docs");
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^   \\* - ``(tidemark_[a-z_]+)``");
    private static final Pattern USED = Pattern.compile("tidemark_[a-z_]+");
    private static final Pattern ALARM = Pattern.compile("(?m)^   \\* - ``(Tidemark[A-Za-z]+)``");
    private static final String DISTRIBUTIONS = "tidemark_(?:operation|step|oracle_request|oracle_store)_seconds";
    private static final Pattern DURATION = Pattern.compile("[0-9]+[smhd]");

    @Test
    void rules_everyOne_isCompleteAndLeadsToARunbook() throws IOException {
        List<JsonNode> rules = rules();

        assertThat(rules).hasSizeGreaterThan(10).allSatisfy(rule -> {
            assertThat(rule.get("for").asText()).matches(DURATION);
            assertThat(rule.get("labels").get("severity").asText()).isIn("critical", "warning");
            assertThat(rule.get("annotations").get("summary").asText()).isNotBlank();
            assertThat(rule.get("annotations").get("description").asText()).isNotBlank();
            String link = rule.get("annotations").get("runbook_url").asText();
            String page = link.substring(link.indexOf("/runbooks/") + 1) + ".rst";
            assertThat(DOCS.resolve(page)).exists();
        });
    }

    @Test
    void rules_together_useMetricsThatThereAre() throws IOException {
        Set<String> documented = names(DOCUMENTED, page());

        for (JsonNode rule : rules()) {
            Set<String> used = metrics(rule.get("expr").asText());
            assertThat(documented).as(rule.get("alert").asText()).containsAll(used);
            assertThat(used.isEmpty()).isEqualTo(rule.get("alert").asText().equals("TidemarkDown"));
        }
    }

    @Test
    void alarms_ofThePage_areThoseOfTheRules() throws IOException {
        Set<String> alarms = new TreeSet<>();
        rules().forEach(rule -> alarms.add(rule.get("alert").asText()));

        assertThat(names(ALARM, page())).isEqualTo(alarms);
    }

    @Test
    void dashboard_everyPanel_usesMetricsThatThereAre() throws IOException {
        JsonNode dashboard = new ObjectMapper()
                .readTree(DOCS.resolve("examples/grafana-dashboard.json").toFile());
        Set<String> documented = names(DOCUMENTED, page());
        Set<Integer> ids = new TreeSet<>();

        assertThat(dashboard.get("title").asText()).isNotBlank();
        for (JsonNode panel : dashboard.get("panels")) {
            assertThat(ids.add(panel.get("id").asInt())).isTrue();
            assertThat(panel.get("targets")).isNotEmpty().allSatisfy(target -> {
                Set<String> used = metrics(target.get("expr").asText());
                assertThat(used).as(panel.get("title").asText()).isNotEmpty();
                assertThat(documented).as(panel.get("title").asText()).containsAll(used);
            });
        }
        for (JsonNode variable : dashboard.get("templating").get("list")) {
            assertThat(documented).containsAll(metrics(variable.get("query").asText()));
        }
    }

    private static List<JsonNode> rules() throws IOException {
        JsonNode file = new YAMLMapper()
                .readTree(DOCS.resolve("examples/prometheus-rules.yml").toFile());
        List<JsonNode> rules = new ArrayList<>();
        file.get("groups").forEach(group -> group.get("rules").forEach(rules::add));
        return rules;
    }

    /** A summary is exposed as its count and its sum, a histogram also as its buckets. */
    private static Set<String> metrics(String expression) {
        Set<String> metrics = new TreeSet<>();
        names(USED, expression)
                .forEach(
                        name -> metrics.add(name.replaceFirst("^(" + DISTRIBUTIONS + ")_(?:sum|count|bucket)$", "$1")));
        return metrics;
    }

    private static Set<String> names(Pattern pattern, String text) {
        return new TreeSet<>(pattern.matcher(text)
                .results()
                .map((MatchResult match) -> match.groupCount() == 0 ? match.group() : match.group(1))
                .toList());
    }

    private static String page() throws IOException {
        return Files.readString(DOCS.resolve("monitoring.rst"))
                + Files.readString(DOCS.resolve("timestamp-service.rst"));
    }
}
