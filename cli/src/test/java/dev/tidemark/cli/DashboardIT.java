package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.credential.NewToken;
import dev.tidemark.coordinator.service.browser.BrowserPage;
import dev.tidemark.coordinator.service.browser.Chromium;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard in a browser, of a service with a live store. Pictures are left in {@code target/screenshots}. */
@Timeout(180)
class DashboardIT {
    private static final String BANK = "/api/v1/namespaces/bank";
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final NewToken VIEWER = NewToken.create("vera", Role.VIEWER, null, null, new SecureRandom());
    private static final String MARKUP = "<img src=x onerror=document.title='hacked'><b>bold</b>";

    private static Chromium chromium;

    @TempDir
    private Path directory;

    private final CopyGate gate = new CopyGate();
    private Installation bank;
    private ServiceSite service;
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
    void prepare() {
        CommandRun.configure(directory);
        bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
        page = chromium.open();
        page.resize(1280, 900);
        page.prefer("light");
    }

    @AfterEach
    void stop() {
        String authority = service.uri("/").getAuthority();
        gate.open();
        service.close();
        assertThat(page.requests()).isNotEmpty().noneMatch(request -> request.toString()
                .contains("tdm_"));
        assertThat(page.requests())
                .as("what does not come from the service")
                .filteredOn(request -> !authority.equals(request.getAuthority()))
                .isEmpty();
        assertThat(page.errors())
                .as("exceptions, and what the content security policy forbids")
                .filteredOn(error -> !error.startsWith("Failed to load resource"))
                .isEmpty();
    }

    @Test
    void backUpNow_byMouse_isWatchedToItsEndPreviewedAndHeld() {
        start(gate);
        signIn(service.token());
        page.click("bank");

        page.click("Back up now");

        page.awaitText("copy");
        page.await("document.querySelector('progress[value]')?.value > 0");
        page.await("document.querySelector('.nodes')?.innerText.includes('main/')");
        assertThat(page.text()).contains("running", "Asked for by", "ann");
        takePictures("running");
        gate.open();
        page.await("document.querySelector('.order[data-state=SUCCEEDED]')");
        page.click("Open this backup");
        page.awaitText("B, backup timestamp");
        JsonNode backup = service.get(BANK + "/backups/latest").get("summary");
        page.awaitText(backup.get("backupTimestamp").asText());
        page.awaitText(backup.get("fastForwardTimestamp").asText());
        page.awaitText("Nothing holds it");

        page.click("Preview a restore");
        page.awaitText("STORE_NOT_EMPTY");
        assertThat(page.text()).contains("What to do:");
        page.click("Replace what is in the stores");
        page.click("Preview a restore");
        page.awaitText("What each node gets");
        assertThat(page.text())
                .contains("main/", "fast-forward", "tidemark restore bank --backup backup-")
                .contains(" --replace-existing");
        assertThat(page.focused()).as("the result is read next").startsWith("Plan");

        page.click("Why it has to stay");
        page.type("audit 17");
        page.click("Place a hold");
        page.awaitText("audit 17");
        assertThat(service.get(BANK + "/holds").get("holds").findValuesAsText("reason"))
                .containsExactly("audit 17");
        takePictures("backup");
        page.click("Release");
        page.awaitText("Retention may then remove the backup");
        page.click("Release it");
        page.awaitText("Nothing holds it");
        assertThat(service.get(BANK + "/holds").get("holds")).isEmpty();
    }

    @Test
    void failedBackup_isShownWithItsHint() {
        start(Decoration.NONE);
        bank.loseStore();
        signIn(service.token());
        page.click("bank");

        page.click("Back up now");

        page.await("document.querySelector('.order[data-state=FAILED] .problem')");
        JsonNode problem = service.get(BANK + "/orders").get("orders").get(0).get("problem");
        assertThat(page.evaluate("document.querySelector('.order .problem').innerText")
                        .textValue())
                .contains(
                        problem.get("message").asText(),
                        problem.get("hint").asText(),
                        problem.get("code").asText());
        takePictures("failed");
        page.click("Orders");
        page.awaitText("Waiting, running and newest");
        page.awaitText(problem.get("hint").asText());
    }

    @Test
    void cancel_ofARunningBackup_isAskedForAndSeen() {
        start(gate);
        signIn(service.token());
        page.click("bank");
        page.click("Back up now");
        page.awaitText("copy");

        page.click("Cancel");
        page.awaitText("Cancel the backup of bank?");
        page.click("Cancel it");
        page.awaitText("It ends its step and is cleaned up");
        gate.open();

        page.await("document.querySelector('.order[data-state=CANCELLED]')");
        assertThat(service.get(BANK + "/orders")
                        .get("orders")
                        .get(0)
                        .get("state")
                        .asText())
                .isEqualTo("CANCELLED");
    }

    @Test
    void texts_withMarkup_areShownAsTheyAre() {
        start(Decoration.NONE);
        String quoted = MARKUP.replace("\"", "\\\"");
        String id = service.order("bank", "backup", "{\"labels\":{\"why\":\"" + quoted + "\"}}")
                .get("operationId")
                .asText();
        service.send("POST", BANK + "/holds", "{\"backup\":\"latest\",\"reason\":\"" + quoted + "\"}");
        signIn(service.token());

        for (String place : List.of("#/ns/bank", "#/ns/bank/backup/" + id, "#/ns/bank/retention")) {
            page.go(service.uri("/" + place));
            page.awaitText(MARKUP);
            assertThat(page.evaluate("document.querySelectorAll('main img, main b > b, td b, dd > b > b').length")
                            .intValue())
                    .as(place)
                    .isZero();
            assertThat(page.evaluate("document.title").textValue()).doesNotContain("hacked");
        }
    }

    @Test
    void keyboard_alone_isEnoughToBackUpAndHold() {
        start(Decoration.NONE);
        page.go(service.uri("/"));
        page.awaitText("Sign in");
        page.type(service.token()); // the field has the focus
        page.press("Enter");
        page.awaitText("1 namespace");

        follow("bank");
        page.awaitText("Back up now");
        follow("Back up now");
        page.awaitText("Open this backup");
        page.tabTo("Open this backup");
        assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                        .textValue())
                .as("it can be seen where the focus is")
                .isEqualTo("solid");
        page.press("Enter");
        page.awaitText("Place a hold");
        page.tabTo("hold-reason");
        page.type("by keyboard");
        page.press("Enter");
        page.awaitText("by keyboard");
        follow("Release");
        page.awaitText("Release the hold");
        page.press("Escape");
        page.await("!document.querySelector('dialog')");

        assertThat(page.focused()).as("where it was before the question").isEqualTo("Release");
        assertThat(service.get(BANK + "/holds").get("holds")).hasSize(1);
    }

    @Test
    void viewer_whoMayNot_isToldWhoMay() {
        service = new ServiceSite(bank, Decoration.NONE, List.of(VIEWER));
        signIn(VIEWER.token());
        page.click("bank");

        page.click("Back up now");

        page.awaitText("FORBIDDEN");
        assertThat(page.text()).contains("caller 'vera' has the role 'viewer' (expected: operator)", "Ask somebody");
        assertThat(service.get(BANK + "/orders").get("orders")).isEmpty();
    }

    @Test
    void token_wrongOrGivenBack_isForgotten() {
        start(Decoration.NONE);
        signIn("tdm_" + "x".repeat(43));
        page.awaitText("UNAUTHORIZED");
        assertThat(page.evaluate("sessionStorage.length").intValue()).isZero();

        page.click("Token");
        page.type(service.token());
        page.click("Sign in");
        page.awaitText("1 namespace");

        assertThat(page.evaluate("localStorage.length").intValue()).isZero();
        assertThat(page.evaluate("document.cookie").textValue()).isEmpty();
        assertThat(page.evaluate("location.href").textValue()).doesNotContain("tdm_");
        page.click("Sign out");
        page.await("document.getElementById('token')");
        assertThat(page.evaluate("sessionStorage.length").intValue()).isZero();
    }

    private void start(Decoration decoration) {
        service = new ServiceSite(bank, decoration);
    }

    private void signIn(String token) {
        page.go(service.uri("/"));
        page.click("Token");
        page.type(token);
        page.click("Sign in");
    }

    private void follow(String words) {
        page.tabTo(words);
        page.press("Enter");
    }

    /** On a desk by day and by night, and on a phone, where nothing may have to be scrolled sideways. */
    private void takePictures(String name) {
        page.picture(PICTURES.resolve(name + "-light.png"));
        page.prefer("dark");
        page.picture(PICTURES.resolve(name + "-dark.png"));
        page.prefer("light");
        page.resize(360, 740);
        assertThat(page.widerThan(360)).as("'" + name + "' on a phone").isEmpty();
        page.picture(PICTURES.resolve(name + "-phone.png"));
        page.resize(1280, 900);
    }
}
