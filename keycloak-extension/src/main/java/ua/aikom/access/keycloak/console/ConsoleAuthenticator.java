package ua.aikom.access.keycloak.console;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Set;
import org.keycloak.OAuth2Constants;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.ClientAuthenticationFlowContext;
import org.keycloak.authentication.authenticators.client.ClientIdAndSecretAuthenticator;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import ua.aikom.access.keycloak.GuardedRealm;

/**
 * Client authenticator {@code client-secret} of a guarded realm: lets in the administration console, and no other client.
 *
 * <p>Keycloak authenticates public clients by the authenticator of this id alone, whatever the client says, so this one takes
 * the id of Keycloak's own and, by its higher order, its place. That holds in every flow: a realm that is set back to
 * Keycloak's flow {@code clients} by hand admits neither {@code admin-cli} nor a readable secret. In realms without the mark
 * the inherited behaviour is untouched. Source: decision 27.
 */
public final class ConsoleAuthenticator extends ClientIdAndSecretAuthenticator {

    private static final String TOKEN_ENDPOINT = "/protocol/openid-connect/token";
    private static final Set<String> GRANTS = Set.of(OAuth2Constants.AUTHORIZATION_CODE, OAuth2Constants.REFRESH_TOKEN);

    /** Above Keycloak's own, which has 0. */
    @Override
    public int order() {
        return 100;
    }

    @Override
    public void authenticateClient(ClientAuthenticationFlowContext context) {
        if (!GuardedRealm.isMarked(context.getRealm())) {
            super.authenticateClient(context);
            return;
        }
        MultivaluedMap<String, String> form = form(context.getHttpRequest());
        String id = form.getFirst(OAuth2Constants.CLIENT_ID);
        ClientModel client = id == null ? null : context.getSession().clients().getClientByClientId(context.getRealm(), id);
        if (client == null) {
            context.attempted();
            return;
        }
        context.getEvent().client(id);
        context.setClient(client);
        if (!client.isEnabled()) {
            context.failure(AuthenticationFlowError.CLIENT_DISABLED, null);
        } else if (isConsole(client) && asksAsConsole(context, form)) {
            context.success();
        } else {
            context.failure(AuthenticationFlowError.INVALID_CLIENT_CREDENTIALS, null);
        }
    }

    /** The console's client as Keycloak makes it: public, and every login of it proved by PKCE (RFC 7636). */
    private static boolean isConsole(ClientModel client) {
        return Constants.ADMIN_CONSOLE_CLIENT_ID.equals(client.getClientId())
                && client.isPublicClient()
                && OAuth2Constants.PKCE_METHOD_S256.equals(client.getAttribute(OIDCConfigAttributes.PKCE_CODE_CHALLENGE_METHOD))
                && !client.isDirectAccessGrantsEnabled()
                && !client.isImplicitFlowEnabled()
                && !client.isServiceAccountsEnabled();
    }

    /** The console redeems codes and renews tokens; it asks no other endpoint that wants a client. */
    private static boolean asksAsConsole(ClientAuthenticationFlowContext context, MultivaluedMap<String, String> form) {
        List<String> grants = form.getOrDefault(OAuth2Constants.GRANT_TYPE, List.of());
        HttpHeaders headers = context.getHttpRequest().getHttpHeaders();
        return context.getHttpRequest().getUri().getPath().endsWith(TOKEN_ENDPOINT)
                && grants.size() == 1
                && GRANTS.contains(grants.get(0))
                && form.get(OAuth2Constants.CLIENT_ID).size() == 1
                && !form.containsKey(OAuth2Constants.CLIENT_SECRET)
                && headers.getHeaderString(HttpHeaders.AUTHORIZATION) == null;
    }

    private static MultivaluedMap<String, String> form(HttpRequest request) {
        MediaType type = request.getHttpHeaders().getMediaType();
        boolean isForm = type != null && type.isCompatible(MediaType.APPLICATION_FORM_URLENCODED_TYPE);
        return isForm ? request.getDecodedFormParameters() : new MultivaluedHashMap<>();
    }

    @Override
    public String getDisplayType() {
        return "Client Id and Secret (in guarded realms: the administration console only)";
    }
}
