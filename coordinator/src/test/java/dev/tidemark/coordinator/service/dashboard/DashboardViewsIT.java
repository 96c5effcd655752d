package dev.tidemark.coordinator.service.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.service.TestService;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.credential.AccessConfiguration;
import dev.tidemark.coordinator.service.access.credential.NewToken;
import dev.tidemark.coordinator.service.access.limit.RateLimitConfiguration;
import dev.tidemark.coordinator.service.browser.BrowserPage;
import dev.tidemark.coordinator.service.browser.Chromium;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every view of the dashboard, in a browser, over states that are written down. Pictures are left in {@code target/screenshots}. */
@Timeout(120)
class DashboardViewsIT {
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final String NEWEST = "backup-20261101-020014-1c9b7a6cf014";
    private static final NewToken TOKEN = NewToken.create("vera", Role.VIEWER, null, null, new Random(1));

    private static Chromium chromium;

    private WrittenAnswers answers;
    private TestService service;
    private BrowserPage page;

    @BeforeAll
    static void startBrowser() {
        chromium = Chromium.start();
    }

    @AfterAll
    static void stopBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        answers = new WrittenAnswers(InstantSource.system().instant());
        service = new TestService(
                new AccessConfiguration(
                        List.of(TOKEN.entry()), null, null, null, new RateLimitConfiguration(100_000, 100_000)),
                new DashboardResource(),
                answers);
        page = chromium.open();
        page.resize(1280, 900);
        page.prefer("light");
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
        assertThat(page.errors())
                .as("exceptions, and what the content security policy forbids")
                .filteredOn(error -> !error.startsWith("Failed to load resource"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "overview, '', 5 namespaces: 1 stuck",
        "namespace, ns/orders, have a valid certificate",
        "backup, ns/orders/backup/" + NEWEST + ", Every byte was read",
        "runbook, ns/orders/backup/" + NEWEST + "/runbook, <i>tidemark restore</i>",
        "retention, ns/orders/retention, Retention would remove 7 backups of 14",
        "orders, orders, did not answer within 30 s",
        "approvals, approvals, replaceExisting",
        "nowhere, ns, There is nothing at this address"
    })
    void view_byDayByNightAndOnAPhone_canBeRead(String name, String address, String text) {
        open(address);

        page.awaitText(text);
        assertThat(page.evaluate("document.querySelectorAll('h1').length").intValue())
                .isEqualTo(1);
        assertThat(namelessControls()).isEmpty();
        page.await("![...document.querySelectorAll('.body')].some(body => body.innerText === 'Loading…')");
        page.picture(PICTURES.resolve("view-" + name + "-light.png"));
        page.prefer("dark");
        assertThat(weakContrasts()).as("by night").isEmpty();
        page.picture(PICTURES.resolve("view-" + name + "-dark.png"));
        page.prefer("light");
        assertThat(weakContrasts()).as("by day").isEmpty();
        for (int width : List.of(1280, 1060, 800, 360)) {
            page.resize(width, 740);
            assertThat(page.widerThan(width))
                    .as("what has to be scrolled sideways at " + width)
                    .isEmpty();
        }
        page.picture(PICTURES.resolve("view-" + name + "-phone.png"));
    }

    @Test
    void overview_always_hasTheWorstFirst() {
        open("");

        page.awaitText("5 namespaces: 1 stuck, 2 late, 1 at risk, 1 ok.");
        assertThat(page.evaluate("[...document.querySelectorAll('.namespaces h3')].map(name => name.textContent)"))
                .extracting(JsonNode::textValue)
                .containsExactly("archive-eu-west-with-a-long-name", "fresh", "ledger", "billing", "orders");
        assertThat(page.text())
                .contains(
                        "overdue, was due 5 h ago",
                        "backup: copy",
                        "1 order",
                        "nobody works on it",
                        "Run 'tidemark resume");
    }

    @Test
    void overview_stateCanNotBeTold_saysWhyAndShowsWhatThereIs() {
        answers.remove("status");
        answers.write("namespaces", "{\"namespaces\":[" + answersOfNamespace() + "]}");

        open("");

        page.awaitText("1 namespace: 1 unknown.");
        assertThat(page.text()).contains("there is nothing at this path", "orders");
    }

    @Test
    void overview_ofManyNamespaces_canBeNarrowed() {
        answers.write(
                "status",
                IntStream.range(0, 200)
                        .mapToObj(number -> "{\"namespace\":\"ns-" + number
                                + "\",\"state\":\"ok\",\"objective\":\"met\"," + "\"problems\":[],\"newestGood\":null}")
                        .collect(Collectors.joining(",", "{\"namespaces\":[", "]}")));
        open("");
        page.awaitText("200 namespaces");

        page.click("Show namespaces with");
        page.type("ns-17");

        page.await("[...document.querySelectorAll('.namespaces > li')].filter(row => !row.hidden).length === 11");
    }

    @Test
    void timestamps_greaterThanNumbersOfTheLanguage_areShownToTheDigit() {
        open("ns/orders/backup/" + NEWEST);

        page.awaitText("9223372036854000001");
        page.awaitText("9223372036854000007");
        assertThat(page.evaluate(
                                "import('/dashboard/api.js').then(api => JSON.stringify(api.parse("
                                        + "'{\"a\":-9223372036854775808,\"b\":0.30000000000000004,\"c\":\"x 12345678901234567 \\\\\"\",\"d\":[1e300]}')))")
                        .textValue())
                .isEqualTo(
                        "{\"a\":\"-9223372036854775808\",\"b\":0.30000000000000004,\"c\":\"x 12345678901234567 \\\"\",\"d\":[1e+300]}");
    }

    @Test
    void timeline_byArrowKeys_tellsOfEachBackupAndFailure() {
        open("ns/orders");
        page.await("document.querySelectorAll('.timeline .mark').length === 15");
        page.tabTo("Backup with the state of");
        assertThat(page.focused()).contains("B 9223372036854000001, F 9223372036854000007");

        page.press("ArrowLeft");
        page.press("ArrowLeft");
        page.press("ArrowLeft");
        assertThat(page.focused()).startsWith("Failed backup of").contains("did not answer");
        page.await("document.querySelector('.readout').innerText.startsWith('Failed')");
        page.press("ArrowLeft");
        page.press("ArrowLeft");
        assertThat(page.focused()).contains("held: audit 17 <b>of</b> 2026");
        assertThat(page.evaluate("document.querySelectorAll('.timeline .flag').length")
                        .intValue())
                .isEqualTo(1);
        page.press("Home");
        page.press("Enter");
        page.awaitText("there is nothing at this path");

        assertThat(page.evaluate("location.hash").textValue()).contains("/backup/");
    }

    @Test
    void rateAndTimeLeft_followFromTheLastSeconds() {
        open("");

        assertThat(page.evaluate(
                                """
                                import('/dashboard/follow.js').then(({Rate, timeLeft}) => {
                                  const rate = new Rate();
                                  const said = [rate.add('copy', 0, 0), rate.add('copy', 1000, 1000), rate.add('copy', 2000, 2000)];
                                  for (let second = 3; second <= 60; second++) {
                                    said[3] = rate.add('copy', 2000, second * 1000);
                                  }
                                  said[4] = rate.add('verify', 5, 61000);
                                  return JSON.stringify([...said, timeLeft(50, 150, 10), timeLeft(50, 0, 10), timeLeft(50, 150, 0)]);
                                })""")
                        .textValue())
                .isEqualTo("[null,1000,1000,0,null,10000,null,null]");
    }

    @Test
    void service_thatGoesAway_isSaidAndTheOldStateStaysAway() throws Exception {
        open("ns/orders");
        page.awaitText("have a valid certificate");

        service.close();

        page.awaitText("the service does not answer");
    }

    @Test
    void approval_afterAQuestion_isSentOnce() {
        open("approvals");

        page.click("Approve");
        page.awaitText("Let rita send this request, once?");
        assertThat(answers.changes()).isEmpty();
        page.press("Escape");
        page.await("!document.querySelector('dialog')");
        page.click("Approve");
        page.awaitText("Let rita send this request, once?");
        page.evaluate("document.querySelector('dialog button[value=yes]').focus()");
        page.press("Enter");
        page.await("!document.querySelector('dialog')");

        Awaitility.await().untilAsserted(() -> assertThat(answers.changes())
                .containsExactly("approvals/" + "e".repeat(32) + "/approve "));
    }

    @Test
    void schedules_ofANamespace_canBePausedAndResumed() {
        open("ns/orders");
        page.click("Pause schedules");
        page.click("Why");
        page.type("moving <house>");
        String schedules = answers.get("namespaces/orders/schedules");
        answers.write(
                "namespaces/orders/schedules",
                schedules.replace(
                        "\"paused\":null",
                        "\"paused\":{\"by\":\"ann\",\"reason\":\"moving <house>\",\"since\":\"now-PT1M\"}"));

        page.click("Pause");

        page.awaitText("by ann 1 min");
        page.awaitText("moving <house>");
        answers.write("namespaces/orders/schedules", schedules);
        page.click("Resume schedules");
        page.await("!document.querySelector('.paused')");
        assertThat(answers.changes())
                .containsExactly(
                        "namespaces/orders/pause {\"reason\":\"moving <house>\"}", "delete namespaces/orders/pause");
    }

    @Test
    void order_whoseEventsBreakOff_isAskedForAgain() {
        String path = "namespaces/orders/orders/202611-" + "a".repeat(32);
        open("ns/orders/order/202611-" + "a".repeat(32));
        page.awaitText("copy");
        page.awaitText("main/n2");

        answers.write(
                path,
                answers.get(path)
                        .replace("RUNNING", "FAILED")
                        .replace("\"endedAt\":null", "\"endedAt\":\"now\"")
                        .replace(
                                "\"problem\":null",
                                "\"problem\":{\"code\":\"STORE_UNAVAILABLE\",\"message\":\"it broke\",\"hint\":\"Mend it.\",\"retryable\":true}"));

        page.awaitText("it broke");
        assertThat(page.text()).contains("Mend it.", "STORE_UNAVAILABLE", "failed");
        assertThat(page.evaluate("document.getElementById('announcer').textContent")
                        .textValue())
                .as("what those hear who can't see it")
                .isEqualTo("backup of orders: failed copy");
    }

    private String answersOfNamespace() {
        return "{\"namespace\":\"orders\",\"backups\":0,\"newest\":null,\"damagedManifests\":[],\"unfinished\":null,\"problem\":null}";
    }

    private void open(String address) {
        URI root = URI.create("http://127.0.0.1:" + service.port() + "/");
        page.go(root);
        page.click("Token");
        page.type(TOKEN.token());
        page.evaluate("location.hash = '/" + address + "'");
        page.click("Sign in");
        page.await("document.querySelector('h1')?.textContent !== 'Sign in'");
    }

    /** What can be pressed or filled in, and has no name for those who can't see it. */
    private JsonNode namelessControls() {
        return page.evaluate(
                """
                [...document.querySelectorAll('a, button, input, progress')]
                  .filter(control => !control.textContent.trim() && !control.ariaLabel && !control.labels?.length)
                  .map(control => control.outerHTML)""");
    }

    /** Texts whose colour differs too little from what is behind them: less than 4.5 to 1, as WCAG 2 counts. */
    private JsonNode weakContrasts() {
        return page.evaluate(
                """
                (() => {
                  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
                  const light = ([r, g, b]) => [r, g, b].map(part => part / 255)
                    .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
                    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
                  const behind = element => {
                    for (let at = element; at; at = at.parentElement) {
                      const colour = parts(getComputedStyle(at).backgroundColor);
                      if (colour.length === 3 || colour[3] > 0) {
                        return colour;
                      }
                    }
                    return [255, 255, 255];
                  };
                  return [...document.querySelectorAll('body *')]
                    .filter(element => element.getClientRects().length > 0 && !element.closest('svg, .unseen, .skip')
                      && [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
                    .map(element => {
                      const [one, other] = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
                      return [(one + 0.05) / (other + 0.05), element];
                    })
                    .filter(([contrast]) => contrast < 4.5)
                    .map(([contrast, element]) => `${contrast.toFixed(2)} ${element.className} ${element.textContent.trim().slice(0, 30)}`);
                })()""");
    }
}
