package ua.aikom.access.keycloak.apikey;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.AuthenticationFlowException;
import org.keycloak.authentication.ClientAuthenticationFlowContext;
import org.keycloak.authentication.authenticators.client.AbstractClientAuthenticator;
import org.keycloak.common.util.Time;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.provider.ProviderConfigProperty;

/**
 * Client authenticator {@code aikom-api-key}: an API key is right when its SHA-256 equals the client's attribute.
 *
 * <p>Keycloak's own authenticator keeps client secrets readable for everyone who may view clients. Here only a digest is
 * kept, and a client without one authenticates nobody: that is how a key is born (order cl. 4). API keys carry 256 random
 * bits, so one round of SHA-256 is enough; slow hashes are for secrets that people choose. See decision 5.
 */
public final class ApiKeyAuthenticator extends AbstractClientAuthenticator {

    public static final String ID = "aikom-api-key";

    /** Client attribute: SHA-256 of the key in lower-case hex. Absent: nobody can authenticate as this client. */
    public static final String DIGEST = "aikom.key.digest";

    /** Client attribute, optional: the key is refused from this moment on; seconds since 1970 UTC. */
    public static final String EXPIRES = "aikom.key.expires";

    /** Compared with when there is no digest, so that refusals cost the same; no known string has this SHA-256. */
    private static final byte[] NO_DIGEST = new byte[32];

    @Override
    public void authenticateClient(ClientAuthenticationFlowContext context) {
        PresentedCredentials presented = PresentedCredentials.of(context.getHttpRequest()).orElse(null);
        if (presented == null) {
            context.attempted();
            return;
        }
        context.getEvent().client(presented.clientId());
        ClientModel client = find(context, presented.clientId());
        boolean right = matches(client, presented.secret());
        if (client == null) {
            // No other authenticator can do better with this id and a secret; asking them would only take measurably longer.
            throw new AuthenticationFlowException(AuthenticationFlowError.CLIENT_NOT_FOUND);
        }
        context.setClient(client);
        if (!client.isEnabled()) {
            refuse(context, presented, AuthenticationFlowError.CLIENT_DISABLED);
        } else if (!right || expired(client)) {
            refuse(context, presented, AuthenticationFlowError.INVALID_CLIENT_CREDENTIALS);
        } else {
            context.success();
        }
    }

    /**
     * Refuses without words of our own: Keycloak then says the same as for a client that does not exist. It would also take
     * the same time but for its cache, which knows no absent clients; so an absent one is looked up here as well.
     */
    private static void refuse(
            ClientAuthenticationFlowContext context, PresentedCredentials presented, AuthenticationFlowError error) {
        if (ID.equals(context.getClient().getClientAuthenticatorType())) {
            find(context, presented.clientId() + "#absent");
        }
        context.failure(error, null);
    }

    private static ClientModel find(ClientAuthenticationFlowContext context, String clientId) {
        return context.getSession().clients().getClientByClientId(context.getRealm(), clientId);
    }

    private static boolean matches(ClientModel client, String secret) {
        byte[] expected = client == null ? null : digestOf(client);
        boolean equal = MessageDigest.isEqual(expected == null ? NO_DIGEST : expected, sha256(secret));
        return equal && expected != null;
    }

    /** The stored digest; null when there is none or it is not 32 bytes of hex, which refuses everybody. */
    private static byte[] digestOf(ClientModel client) {
        String hex = client.getAttribute(DIGEST);
        if (hex == null || hex.length() != 2 * NO_DIGEST.length) {
            return null;
        }
        try {
            return HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException notHex) {
            return null;
        }
    }

    private static boolean expired(ClientModel client) {
        String expires = client.getAttribute(EXPIRES);
        if (expires == null || expires.isEmpty()) {
            return false;
        }
        try {
            return Time.currentTimeSeconds() >= Long.parseLong(expires);
        } catch (NumberFormatException unreadable) {
            return true; // an end that cannot be read has come
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayType() {
        return "AIKOM API key (digest)";
    }

    @Override
    public String getHelpText() {
        return "Compares SHA-256 of the presented secret with the client attribute " + DIGEST + "; the secret itself is kept nowhere.";
    }

    @Override
    public Requirement[] getRequirementChoices() {
        return REQUIREMENT_CHOICES;
    }

    @Override
    public boolean isConfigurable() {
        return false;
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return List.of();
    }

    @Override
    public List<ProviderConfigProperty> getConfigPropertiesPerClient() {
        return List.of();
    }

    @Override
    public Map<String, Object> getAdapterConfiguration(KeycloakSession session, ClientModel client) {
        return Map.of();
    }

    /**
     * None, on purpose: discovery already lists client_secret_basic and client_secret_post for the stock authenticator,
     * and claiming them here could make dynamic registration choose this one for ordinary clients.
     */
    @Override
    public Set<String> getProtocolAuthenticatorMethods(String loginProtocol) {
        return Set.of();
    }
}
