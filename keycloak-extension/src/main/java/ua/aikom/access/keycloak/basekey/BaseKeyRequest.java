package ua.aikom.access.keycloak.basekey;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Body of a request for a base key link. Owns the limits of its fields that need nothing but the field.
 *
 * @param username the account
 * @param baseKeyId id of the base key, 8 to 64 letters, digits, hyphens or underscores
 * @param lifespanSeconds how long the link is good, up to {@link #MAX_LIFESPAN_SECONDS}
 * @param redirectUri where to go after the activation, or null
 * @param clientId client whose redirect URIs allow it; null for Keycloak's account client
 * @param reset true to replace the credentials of an account that is in use
 */
record BaseKeyRequest(
        @JsonProperty("username") String username,
        @JsonProperty("baseKeyId") String baseKeyId,
        @JsonProperty("lifespanSeconds") Integer lifespanSeconds,
        @JsonProperty("redirectUri") String redirectUri,
        @JsonProperty("clientId") String clientId,
        @JsonProperty("reset") boolean reset) {

    /** Thirty days: a link in a mailbox should not outlive the memory of why it came. */
    static final int MAX_LIFESPAN_SECONDS = 30 * 24 * 60 * 60;

    /** What is wrong with it, in words for the caller; null when nothing is. */
    String problem() {
        if (username == null || username.isBlank()) {
            return "username is missing";
        }
        if (baseKeyId == null || !baseKeyId.matches("[A-Za-z0-9_-]{8,64}") || BaseKey.WITHDRAWN.equals(baseKeyId)) {
            return "baseKeyId must be 8 to 64 letters, digits, hyphens or underscores";
        }
        if (lifespanSeconds == null || lifespanSeconds < 1 || lifespanSeconds > MAX_LIFESPAN_SECONDS) {
            return "lifespanSeconds must be between 1 and " + MAX_LIFESPAN_SECONDS;
        }
        return null;
    }
}
