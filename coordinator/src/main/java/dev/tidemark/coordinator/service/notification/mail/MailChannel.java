package dev.tidemark.coordinator.service.notification.mail;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.service.notification.Notification;
import dev.tidemark.coordinator.service.notification.NotificationChannel;
import dev.tidemark.coordinator.service.notification.NotificationTemplate;
import dev.tidemark.kvs.ErrorCode;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.SSLSocketFactory;

/** Hands notifications over to a mail server, each on a connection of its own. */
public final class MailChannel implements NotificationChannel {
    private static final String UTF_8 = StandardCharsets.UTF_8.name();
    private static final String USUAL =
            """
            [tidemark] ${title}
            ${title}

            ${message}

            What to do: ${hint}

            namespace: ${namespace}
            state: ${state}
            order: ${order}
            operation: ${operation}
            time: ${time}
            service: ${service}
            """;

    private final MailConfiguration configuration;
    private final NotificationTemplate template;
    private final Session session;

    private MailChannel(MailConfiguration configuration, NotificationTemplate template, SSLSocketFactory sockets) {
        this.configuration = configuration;
        this.template = template;
        session = Session.getInstance(properties(configuration, sockets));
    }

    /**
     * Creates a channel; connects to nothing.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when its template can't be used
     */
    public static MailChannel create(MailConfiguration configuration) {
        return create(configuration, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    /** @param sockets decides which certificates are believed */
    static MailChannel create(MailConfiguration configuration, SSLSocketFactory sockets) {
        NotificationTemplate template = configuration.template() == null
                ? NotificationTemplate.parse(USUAL, NotificationTemplate.Form.TEXT)
                : NotificationTemplate.read(configuration.template(), NotificationTemplate.Form.TEXT);
        return new MailChannel(configuration, template, sockets);
    }

    @Override
    public Attempt deliver(Notification notification) {
        try (Transport transport = session.getTransport("smtp")) {
            MimeMessage message = message(notification);
            transport.connect(
                    configuration.host(), configuration.port(), configuration.user(), configuration.password());
            transport.sendMessage(message, message.getAllRecipients());
            return Attempt.DELIVERED;
        } catch (AuthenticationFailedException e) {
            return Attempt.again("mail server '" + configuration.host() + "' refuses user and password");
        } catch (SendFailedException e) {
            return Attempt.again("mail server '" + configuration.host() + "' refuses an address: " + e.getMessage());
        } catch (MessagingException e) {
            return Attempt.again("mail server '" + configuration.host() + "' did not take it: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        // Connections end with their message.
    }

    private MimeMessage message(Notification notification) throws MessagingException {
        String text = template.render(notification);
        int end = text.indexOf('\n');
        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress(configuration.from()));
        List<InternetAddress> receivers = new ArrayList<>();
        for (String receiver : configuration.to()) {
            receivers.add(new InternetAddress(receiver));
        }
        message.setRecipients(Message.RecipientType.TO, receivers.toArray(InternetAddress[]::new));
        message.setSubject((end < 0 ? text : text.substring(0, end)).strip(), UTF_8);
        message.setText(end < 0 ? "" : text.substring(end + 1), UTF_8);
        message.setHeader("Auto-Submitted", "auto-generated");
        message.setSentDate(Date.from(Instant.parse(notification.values().get("time"))));
        return message;
    }

    private static Properties properties(MailConfiguration configuration, SSLSocketFactory sockets) {
        String timeoutMillis = String.valueOf(configuration.delivery().timeout().toMillis());
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.connectiontimeout", timeoutMillis);
        properties.setProperty("mail.smtp.timeout", timeoutMillis);
        properties.setProperty("mail.smtp.writetimeout", timeoutMillis);
        properties.setProperty("mail.smtp.auth", String.valueOf(configuration.user() != null));
        boolean isTls = configuration.security() == MailConfiguration.Security.TLS;
        boolean isStartTls = configuration.security() == MailConfiguration.Security.STARTTLS;
        properties.setProperty("mail.smtp.ssl.enable", String.valueOf(isTls));
        properties.setProperty("mail.smtp.starttls.enable", String.valueOf(isStartTls));
        properties.setProperty("mail.smtp.starttls.required", String.valueOf(isStartTls));
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.ssl.socketFactory", sockets);
        return properties;
    }
}
