package dev.tidemark.coordinator.archive.kms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A stand-in for AWS KMS: the JSON protocol of Encrypt and Decrypt over HTTP on loopback, with real AES behind it. It does not check
 * signatures of requests. The SDK's real client talks to it. It was written from the documented protocol, so it proves that the
 * client's errors are told apart as documented, and not what AWS does.
 */
public final class FakeKms implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> keys = new ConcurrentHashMap<>();
    private final Map<String, String[]> refusals = new ConcurrentHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Random random = new Random(4);
    private volatile boolean isSilent;

    public FakeKms() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    /** Returns where it listens. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Makes a key and returns its ARN. */
    public String createKey(String name) {
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        String arn = "arn:aws:kms:eu-central-1:111122223333:key/" + name;
        keys.put(arn, secret);
        return arn;
    }

    /** Answers every request for a key with this error from now on. */
    public void refuse(String arn, String error, String message) {
        refusals.put(arn, new String[] {error, message});
    }

    /** Ends {@link #refuse}. */
    public void allow(String arn) {
        refusals.remove(arn);
    }

    /** Takes requests and never answers them. */
    public void fallSilent() {
        isSilent = true;
    }

    /** Returns the operations that were asked for, with their encryption contexts. */
    public List<String> calls() {
        return new ArrayList<>(calls);
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
        if (isSilent) {
            try {
                closing.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
            return;
        }
        String operation = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        calls.add(operation + " " + new TreeMap<>(JSON.convertValue(request.get("EncryptionContext"), Map.class)));
        String arn = request.get("KeyId").asText();
        String[] refusal = refusals.get(arn);
        if (refusal != null) {
            send(exchange, refusal[0].equals("KMSInternalException") ? 500 : 400, error(refusal[0], refusal[1]));
        } else if (!keys.containsKey(arn)) {
            send(exchange, 400, error("NotFoundException", "Key '" + arn + "' does not exist"));
        } else {
            work(exchange, operation, arn, request);
        }
    }

    private void work(HttpExchange exchange, String operation, String arn, JsonNode request) throws IOException {
        byte[] context =
                JSON.writeValueAsBytes(new TreeMap<>(JSON.convertValue(request.get("EncryptionContext"), Map.class)));
        ObjectNode answer = JSON.createObjectNode().put("KeyId", arn);
        try {
            if (operation.equals("TrentService.Encrypt")) {
                byte[] plaintext =
                        Base64.getDecoder().decode(request.get("Plaintext").asText());
                byte[] nonce = new byte[12];
                random.nextBytes(nonce);
                byte[] sealed = cipher(Cipher.ENCRYPT_MODE, arn, nonce, context).doFinal(plaintext);
                byte[] blob = ByteBuffer.allocate(12 + sealed.length)
                        .put(nonce)
                        .put(sealed)
                        .array();
                answer.put("CiphertextBlob", Base64.getEncoder().encodeToString(blob));
            } else {
                byte[] blob =
                        Base64.getDecoder().decode(request.get("CiphertextBlob").asText());
                byte[] nonce = Arrays.copyOf(blob, 12);
                byte[] opened = cipher(Cipher.DECRYPT_MODE, arn, nonce, context).doFinal(blob, 12, blob.length - 12);
                answer.put("Plaintext", Base64.getEncoder().encodeToString(opened));
            }
            send(exchange, 200, answer);
        } catch (AEADBadTagException e) {
            send(exchange, 400, error("InvalidCiphertextException", null));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Cipher cipher(int mode, String arn, byte[] nonce, byte[] context) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(keys.get(arn), "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(context);
        return cipher;
    }

    private static ObjectNode error(String type, String message) {
        return JSON.createObjectNode().put("__type", type).put("message", message);
    }

    private static void send(HttpExchange exchange, int status, ObjectNode body) throws IOException {
        byte[] content = JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(status, content.length);
        exchange.getResponseBody().write(content);
        exchange.close();
    }
}
