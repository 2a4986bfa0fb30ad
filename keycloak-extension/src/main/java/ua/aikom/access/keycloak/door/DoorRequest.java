package ua.aikom.access.keycloak.door;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Body of a request at the door.
 *
 * @param proof ID token of the person for whom it is done; null where none is asked for
 * @param digest SHA-256 of an API key in lower-case hex; empty to take the present one away
 */
record DoorRequest(@JsonProperty("proof") String proof, @JsonProperty("digest") String digest) {

    private static final String SHA256 = "[0-9a-f]{64}";

    /** Whether there is a digest, and it is one. */
    boolean hasDigest() {
        return digest != null && digest.matches(SHA256);
    }

    /** Whether the digest is to be taken away. */
    boolean clearsDigest() {
        return digest != null && digest.isEmpty();
    }
}
