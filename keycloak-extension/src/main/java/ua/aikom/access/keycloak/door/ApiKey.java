package ua.aikom.access.keycloak.door;

import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.keycloak.common.util.Time;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.ErrorResponse;
import ua.aikom.access.keycloak.apikey.ApiKeyAuthenticator;

/**
 * An API key of ours with its account: the client, its service account, and the person's user.
 *
 * <p>Every other client is refused as if it did not exist: the system's own, those of OIS, Keycloak's, and a client that merely
 * has the name of an API key.
 */
final class ApiKey {

    /** Client attribute that names the account of an API key. */
    static final String ACCOUNT = "aikom.account";

    private static final Pattern NAME = Pattern.compile("api-([0-9a-z-]{1,64})-k([1-9][0-9]{0,5})");

    private final KeycloakSession session;
    private final RealmModel realm;
    private final ClientModel client;
    private final UserModel owner;

    private ApiKey(KeycloakSession session, RealmModel realm, ClientModel client, UserModel owner) {
        this.session = session;
        this.realm = realm;
        this.client = client;
        this.owner = owner;
    }

    /** The key with this client id; 404 for every client that is no API key of an account of ours. */
    static ApiKey named(KeycloakSession session, RealmModel realm, String clientId) {
        Matcher name = parsed(clientId);
        ClientModel client = realm.getClientByClientId(clientId);
        UserModel owner = Account.find(session, realm, name.group(1));
        if (client == null || owner == null || !isKeyOf(client, name.group(1))) {
            throw notFound();
        }
        return new ApiKey(session, realm, client, owner);
    }

    /** The name of an API key, its parts apart: account and number; 404 for any other name. */
    static Matcher parsed(String clientId) {
        Matcher name = NAME.matcher(clientId);
        if (!name.matches()) {
            throw notFound();
        }
        return name;
    }

    static boolean isKeyOf(ClientModel client, String account) {
        return ApiKeyAuthenticator.ID.equals(client.getClientAuthenticatorType())
                && account.equals(client.getAttribute(ACCOUNT))
                && client.isServiceAccountsEnabled()
                && !client.isPublicClient()
                && !client.isStandardFlowEnabled();
    }

    static RuntimeException notFound() {
        return ErrorResponse.error("There is no such API key", Response.Status.NOT_FOUND);
    }

    ClientModel client() {
        return client;
    }

    UserModel owner() {
        return owner;
    }

    /** 409 unless key, service account and account are all enabled: what has ended gets no secret. */
    void requireLive() {
        UserModel service = session.users().getServiceAccount(client);
        if (!client.isEnabled() || !owner.isEnabled() || service == null || !service.isEnabled()) {
            throw ErrorResponse.error("The API key or its account has ended", Response.Status.CONFLICT);
        }
    }

    /** Whether this is the digest of the present secret. */
    boolean hasDigest(String digest) {
        String present = client.getAttribute(ApiKeyAuthenticator.DIGEST);
        return present != null
                && MessageDigest.isEqual(
                        present.getBytes(StandardCharsets.UTF_8), digest.getBytes(StandardCharsets.UTF_8));
    }

    /** Sets the digest of the secret, or takes it away; any other secret is refused from then on. */
    void setDigest(String digest) {
        if (digest.isEmpty()) {
            client.removeAttribute(ApiKeyAuthenticator.DIGEST);
        } else {
            client.setAttribute(ApiKeyAuthenticator.DIGEST, digest);
        }
    }

    /** Disables client and service account and ends the tokens of both. Safe to repeat. Source: order cl. 8. */
    void end() {
        client.setEnabled(false);
        UserModel service = session.users().getServiceAccount(client);
        if (service != null) {
            service.setEnabled(false);
            session.users().setNotBeforeForUser(realm, service, (int) Time.currentTimeSeconds());
            session.sessions().removeUserSessions(realm, service);
        }
    }
}
