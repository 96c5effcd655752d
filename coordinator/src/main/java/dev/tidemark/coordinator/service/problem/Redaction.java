package dev.tidemark.coordinator.service.problem;

import java.util.List;
import java.util.regex.Pattern;

/** Takes out of a text what looks like a secret. It errs on the side of taking out too much. Thread-safe. */
public final class Redaction {
    /** What stands for a secret that was taken out. */
    public static final String REMOVED = "[removed]";

    private static final List<Rule> RULES = List.of(
            new Rule("tdm_[A-Za-z0-9_-]{4,}", "tdm_" + REMOVED),
            new Rule("(?i)\\b(bearer|basic)\\s+[A-Za-z0-9._~+/=-]{4,}", "$1 " + REMOVED),
            new Rule("\\beyJ[A-Za-z0-9_-]{4,}\\.[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]*)*", REMOVED),
            new Rule("\\b(AKIA|ASIA)[A-Z0-9]{16}\\b", "$1" + REMOVED),
            new Rule("://[^/\\s@:]*:[^/\\s@]*@", "://" + REMOVED + "@"),
            new Rule(
                    "(?i)((?:password|passwd|passphrase|secret|token|api[_-]?key|x-amz-signature|x-amz-security-token)[A-Za-z_-]{0,20})"
                            + "(\"?\\s*[=:]\\s*)(\"[^\"]*\"|'[^']*'|[^\\s,;&}\\])\"']+)",
                    "$1$2" + REMOVED),
            new Rule("(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)", REMOVED));

    private Redaction() {}

    /** Returns the text without what looks like a secret. */
    public static String of(String text) {
        String result = text;
        for (Rule rule : RULES) {
            result = rule.pattern.matcher(result).replaceAll(rule.replacement);
        }
        return result;
    }

    private record Rule(Pattern pattern, String replacement) {
        private Rule(String pattern, String replacement) {
            this(Pattern.compile(pattern), replacement);
        }
    }
}
