package dev.tidemark.coordinator.client;

import java.util.Map;
import java.util.TreeMap;

/**
 * A request to the service.
 *
 * @param method of HTTP
 * @param target path and query
 * @param json the body; empty for none
 * @param headers beside those that every request has
 * @param isRepeatable whether it may be carried out twice with the effect of once
 */
record ServiceRequest(String method, String target, String json, Map<String, String> headers, boolean isRepeatable) {
    ServiceRequest {
        headers = new TreeMap<>(headers);
    }

    static ServiceRequest get(String target) {
        return new ServiceRequest("GET", target, "", Map.of(), true);
    }

    /** One that is not sent again when it is not known whether it was carried out. */
    static ServiceRequest change(String method, String target, String json) {
        return new ServiceRequest(method, target, json, Map.of(), false);
    }

    ServiceRequest repeatable() {
        return new ServiceRequest(method, target, json, headers, true);
    }

    /** Adds a header unless its value is empty. */
    ServiceRequest with(String header, String value) {
        if (value.isEmpty()) {
            return this;
        }
        Map<String, String> all = new TreeMap<>(headers);
        all.put(header, value);
        return new ServiceRequest(method, target, json, all, isRepeatable);
    }
}
