package dev.tidemark.coordinator.service.notification.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.agent.TestCertificates;
import dev.tidemark.coordinator.service.notification.DeliverySettings;
import dev.tidemark.coordinator.service.notification.Notification;
import dev.tidemark.coordinator.service.notification.NotificationChannel.Attempt;
import dev.tidemark.coordinator.service.notification.NotificationChannel.Result;
import dev.tidemark.coordinator.service.notification.NotificationEvent;
import dev.tidemark.coordinator.service.notification.mail.MailConfiguration.Security;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.helper.SimpleMessageListener;
import org.subethamail.smtp.server.SMTPServer;

/** Mail through a real SMTP server in this process. */
@Timeout(60)
class MailChannelTest {
    private static final char[] PASSWORD = TestCertificates.PASSWORD.toCharArray();
    private static final DeliverySettings QUICK = new DeliverySettings(Duration.ofSeconds(5), null, null, null);
    private static final Notification FAILED = new Notification(
            NotificationEvent.ORDER_FAILED,
            Map.of(
                    "title", "backup of 'köln' has failed\r\nBcc: everybody@example.com",
                    "message", "the store is away",
                    "time", "2026-03-04T05:06:07Z"));

    private static SSLContext own;
    private static SSLContext ofAnother;

    private final List<MimeMessage> received = Collections.synchronizedList(new ArrayList<>());
    private final List<String> envelopes = Collections.synchronizedList(new ArrayList<>());
    private SMTPServer server;

    @BeforeAll
    static void makeCertificates(@TempDir Path directory) throws Exception {
        TestCertificates certificates = new TestCertificates(directory);
        Path keys = certificates.keyStore("mail");
        certificates.keyStore("other");
        own = context(keys, certificates.trustIn("mail"));
        ofAnother = context(keys, certificates.trustIn("other"));
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop();
        }
    }

    @Test
    void deliver_startTls_sendsTheMailWithTheUser() throws Exception {
        serve(builder().enableTLS().requireTLS().startTlsSocketFactory(own).requireAuth());

        Attempt attempt = deliver(configuration(Security.STARTTLS, "secret", null), own.getSocketFactory());

        assertThat(attempt).isEqualTo(Attempt.DELIVERED);
        assertThat(envelopes).containsExactly("tidemark@example.com -> ops@example.com");
        MimeMessage message = received.get(0);
        assertThat(message.getSubject()).isEqualTo("[tidemark] backup of 'köln' has failed Bcc: everybody@example.com");
        assertThat(message.getHeader("Bcc")).isNull();
        assertThat(message.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(message.getContent().toString())
                .contains("the store is away")
                .contains("time: 2026-03-04T05:06:07Z");
    }

    @Test
    void deliver_serverWithoutStartTls_isToldNothing() {
        serve(builder().hideTLS());

        Attempt attempt = deliver(configuration(Security.STARTTLS, null, null), own.getSocketFactory());

        assertThat(attempt.result()).isEqualTo(Result.AGAIN);
        assertThat(attempt.reason()).contains("STARTTLS");
        assertThat(received).isEmpty();
    }

    @Test
    void deliver_serverWithAnUnknownCertificate_isToldNothing() {
        serve(builder().enableTLS().startTlsSocketFactory(own));

        Attempt attempt = deliver(configuration(Security.STARTTLS, "secret", null), ofAnother.getSocketFactory());

        assertThat(attempt.result()).isEqualTo(Result.AGAIN);
        assertThat(received).isEmpty();
    }

    @Test
    void deliver_serverWithTheNameOfAnother_isToldNothing() throws Exception {
        InetAddress elsewhere = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
        serve(builder().bindAddress(elsewhere).enableTLS().startTlsSocketFactory(own));

        MailConfiguration named = configuration("127.0.0.2", Security.STARTTLS, "secret", null);
        Attempt attempt = deliver(named, own.getSocketFactory());

        assertThat(attempt.result()).isEqualTo(Result.AGAIN);
        assertThat(received).isEmpty();
    }

    @Test
    void deliver_tlsFromTheBeginning_sendsTheMail() {
        serve(builder().serverSocketFactory(own));

        Attempt attempt = deliver(configuration(Security.TLS, null, null), own.getSocketFactory());

        assertThat(attempt).isEqualTo(Attempt.DELIVERED);
        assertThat(received).hasSize(1);
    }

    @Test
    void deliver_wrongPassword_isTriedAgainAndNotPrinted() {
        serve(builder().enableTLS().startTlsSocketFactory(own).requireAuth());

        Attempt attempt = deliver(configuration(Security.STARTTLS, "wrong-pw", null), own.getSocketFactory());

        assertThat(attempt.result()).isEqualTo(Result.AGAIN);
        assertThat(attempt.reason()).contains("refuses user and password").doesNotContain("wrong-pw");
    }

    @Test
    void deliver_withATemplate_sendsItsSubjectAndText(@TempDir Path directory) throws Exception {
        serve(builder());
        Path template = Files.writeString(directory.resolve("mail.txt"), "${event}!\nsee ${message}\n");

        Attempt attempt = deliver(configuration(Security.NONE, null, template), own.getSocketFactory());

        assertThat(attempt).isEqualTo(Attempt.DELIVERED);
        assertThat(received.get(0).getSubject()).isEqualTo("order-failed!");
        assertThat(received.get(0).getContent().toString().strip()).isEqualTo("see the store is away");
    }

    @Test
    void deliver_nobodyListens_isTriedAgain() {
        serve(builder());
        MailConfiguration configuration = configuration(Security.NONE, null, null);
        server.stop();

        assertThat(deliver(configuration, own.getSocketFactory()).result()).isEqualTo(Result.AGAIN);
    }

    @Test
    void configuration_passwordInClear_isRefused() {
        assertThatThrownBy(() -> new MailConfiguration(
                        "h", null, Security.NONE, "u", "p4ssw0rd", "a@b", List.of("c@d"), null, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("in clear")
                .hasMessageNotContaining("p4ssw0rd");
        assertThat(new MailConfiguration("h", null, null, "u", "p4ssw0rd", "a@b", List.of("c@d"), null, null, null)
                        .toString())
                .doesNotContain("p4ssw0rd");
    }

    @Test
    void configuration_addressWithALineBreak_isRefused() {
        assertThatThrownBy(() -> new MailConfiguration(
                        "h", null, null, null, null, "a@b", List.of("c@d\r\nBcc: e@f"), null, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'to' is");
    }

    private SMTPServer.Builder builder() {
        return SMTPServer.port(0)
                .bindAddress(InetAddress.getLoopbackAddress())
                .authenticationHandlerFactory(new EasyAuthenticationHandlerFactory((user, password, context) -> {
                    if (!user.equals("tidemark") || !password.equals("secret")) {
                        throw new LoginFailedException("no");
                    }
                }))
                .simpleMessageListener(new Receiver());
    }

    private void serve(SMTPServer.Builder builder) {
        server = builder.build();
        server.start();
    }

    private MailConfiguration configuration(Security security, String password, Path template) {
        return configuration("localhost", security, password, template);
    }

    private MailConfiguration configuration(String host, Security security, String password, Path template) {
        return new MailConfiguration(
                host,
                server.getPortAllocated(),
                security,
                password == null ? null : "tidemark",
                password,
                "tidemark@example.com",
                List.of("ops@example.com"),
                template,
                null,
                QUICK);
    }

    private static Attempt deliver(MailConfiguration configuration, SSLSocketFactory sockets) {
        try (MailChannel channel = MailChannel.create(configuration, sockets)) {
            return channel.deliver(FAILED);
        }
    }

    private static SSLContext context(Path keys, Path trust) throws GeneralSecurityException, IOException {
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(KeyStore.getInstance(keys.toFile(), PASSWORD), PASSWORD);
        TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trustManagers.init(KeyStore.getInstance(trust.toFile(), PASSWORD));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
        return context;
    }

    private final class Receiver implements SimpleMessageListener {
        @Override
        public boolean accept(String from, String recipient) {
            return true;
        }

        @Override
        public void deliver(String from, String recipient, InputStream data) throws IOException {
            envelopes.add(from + " -> " + recipient);
            try {
                received.add(new MimeMessage(Session.getInstance(new Properties()), data));
            } catch (jakarta.mail.MessagingException e) {
                throw new IOException(e);
            }
        }
    }
}
