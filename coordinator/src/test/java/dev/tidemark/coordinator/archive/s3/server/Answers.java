package dev.tidemark.coordinator.archive.s3.server;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers that a {@link FaultProxy} makes up. */
enum Answers {
    INTERNAL_ERROR("500 Internal Server Error", "InternalError", "We encountered an internal error."),
    SLOW_DOWN("503 Slow Down", "SlowDown", "Please reduce your request rate."),
    EXPIRED_TOKEN("400 Bad Request", "ExpiredToken", "The provided token has expired."),
    ACCESS_DENIED("403 Forbidden", "AccessDenied", "Access Denied"),
    SKEWED_CLOCK("403 Forbidden", "RequestTimeTooSkewed", "The difference between the clocks is too large."),
    WRONG_REGION("301 Moved Permanently", "PermanentRedirect", "The bucket must be addressed elsewhere."),
    QUOTA_FULL("403 Forbidden", "QuotaExceeded", "The quota of the bucket is used up."),
    LOCKED("403 Forbidden", "AccessDenied", "Access Denied because object protected by object lock."),
    CONDITION_UNKNOWN("501 Not Implemented", "NotImplemented", "A header you provided is not implemented."),
    COMPLETE_ERROR("200 OK", "InternalError", "We encountered an internal error. Please try again.");

    private static final String OPEN = "<Contents>";
    private static final String CLOSE = "</Contents>";

    private final String status;
    private final String code;
    private final String text;

    Answers(String status, String code, String text) {
        this.status = status;
        this.code = code;
        this.text = text;
    }

    HttpMessage message(HttpMessage request) {
        String xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" + text
                + "</Message><RequestId>1</RequestId></Error>";
        byte[] body = "HEAD".equals(request.method()) ? new byte[0] : xml.getBytes(StandardCharsets.UTF_8);
        return new HttpMessage(
                "HTTP/1.1 " + status,
                List.of(
                        "Content-Type: application/xml",
                        "x-amz-bucket-region: eu-west-9",
                        "Content-Length: " + body.length),
                body);
    }

    /** Returns a listing with something wrong in it; without keys there is nothing to get wrong. */
    static HttpMessage listing(Fault fault, HttpMessage answer) {
        String xml = new String(answer.body(), StandardCharsets.UTF_8);
        int last = xml.lastIndexOf(OPEN);
        if (last < 0) {
            return answer;
        }
        int end = xml.indexOf(CLOSE, last) + CLOSE.length();
        String entry = xml.substring(last, end);
        String changed =
                switch (fault) {
                    case LIST_MISSING_KEYS -> xml.substring(0, last) + xml.substring(end);
                    case LIST_DUPLICATED_KEYS -> xml.substring(0, end) + entry + xml.substring(end);
                    default ->
                        xml.replace("<IsTruncated>false</IsTruncated>", "<IsTruncated>true</IsTruncated>")
                                .replaceAll("<NextContinuationToken>.*?</NextContinuationToken>", "");
                };
        return answer.withBody(changed.getBytes(StandardCharsets.UTF_8));
    }
}
