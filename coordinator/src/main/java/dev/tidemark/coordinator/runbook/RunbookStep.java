package dev.tidemark.coordinator.runbook;

import java.util.List;

/**
 * A step of a runbook.
 *
 * @param title a few words
 * @param text what to know before the commands; lines of the page
 * @param commands for bash, one after the other; may be empty
 * @param afterwards what the commands must print, and what to do otherwise; lines of the page, may be empty
 */
record RunbookStep(String title, List<String> text, List<String> commands, List<String> afterwards) {
    RunbookStep {
        text = List.copyOf(text);
        commands = List.copyOf(commands);
        afterwards = List.copyOf(afterwards);
    }
}
