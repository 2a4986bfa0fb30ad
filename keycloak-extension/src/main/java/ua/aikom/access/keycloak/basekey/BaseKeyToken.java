package ua.aikom.access.keycloak.basekey;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.keycloak.authentication.actiontoken.DefaultActionToken;

/**
 * What a base key link carries: account, base key id, end of life, address it was mailed to, and where to go afterwards.
 *
 * <p>Signed by the realm like every action token. The id in it names the base key; it is not a secret by itself.
 */
public final class BaseKeyToken extends DefaultActionToken {

    public static final String TYPE = "aikom-base-key";

    private static final long serialVersionUID = 1L;

    @JsonProperty("bki")
    private String baseKeyId;

    @JsonProperty("reduri")
    private String redirectUri;

    /** For Jackson. */
    BaseKeyToken() {}

    /** A token for one account; {@code expiresAt} in seconds since 1970 UTC. */
    BaseKeyToken(String userId, String email, int expiresAt, String baseKeyId, String clientId, String redirectUri) {
        super(userId, TYPE, expiresAt, null);
        setEmail(email);
        this.issuedFor = clientId;
        this.baseKeyId = baseKeyId;
        this.redirectUri = redirectUri;
    }

    String baseKeyId() {
        return baseKeyId;
    }

    String redirectUri() {
        return redirectUri;
    }
}
