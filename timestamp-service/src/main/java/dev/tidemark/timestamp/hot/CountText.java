package dev.tidemark.timestamp.hot;

import java.nio.charset.StandardCharsets;

/** Reads how many timestamps are wanted from the texts that clients send; knows fewer forms than JSON has, and none that JSON lacks. */
final class CountText {
    /** What stands for a text that is not understood here. */
    static final int NONE = -1;

    private static final byte[] KEY = "\"numTimestamps\"".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_DIGITS = 9;

    private CountText() {}

    /** Reads a whole number &gt;= 1 without a sign or a leading zero, which begins there and is all that follows. */
    static int digits(byte[] text, int from) {
        int end = endOfDigits(text, from);
        return end == text.length ? number(text, from, end) : NONE;
    }

    /** Reads an object with the count and nothing else; whitespace may stand wherever JSON allows it. */
    static int object(byte[] text) {
        int key = afterToken(text, 0, '{');
        if (key < 0 || !startsWith(text, key)) {
            return NONE;
        }
        int from = afterToken(text, skipSpace(text, key + KEY.length), ':');
        if (from < 0) {
            return NONE;
        }
        int end = endOfDigits(text, from);
        int rest = afterToken(text, skipSpace(text, end), '}');
        return rest == text.length ? number(text, from, end) : NONE;
    }

    private static int number(byte[] text, int from, int end) {
        if (from == end || end - from > MAX_DIGITS || text[from] == '0') {
            return NONE;
        }
        int number = 0;
        for (int i = from; i < end; i++) {
            number = number * 10 + text[i] - '0';
        }
        return number;
    }

    private static int endOfDigits(byte[] text, int from) {
        int end = from;
        while (end < text.length && text[end] >= '0' && text[end] <= '9') {
            end++;
        }
        return end;
    }

    /** Returns where the next token begins, or a negative number when another one than this stands there. */
    private static int afterToken(byte[] text, int from, char token) {
        int at = skipSpace(text, from);
        return at < text.length && text[at] == token ? skipSpace(text, at + 1) : NONE;
    }

    private static int skipSpace(byte[] text, int from) {
        int at = from;
        while (at < text.length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n')) {
            at++;
        }
        return at;
    }

    private static boolean startsWith(byte[] text, int from) {
        if (text.length - from < KEY.length) {
            return false;
        }
        for (int i = 0; i < KEY.length; i++) {
            if (text[from + i] != KEY[i]) {
                return false;
            }
        }
        return true;
    }
}
