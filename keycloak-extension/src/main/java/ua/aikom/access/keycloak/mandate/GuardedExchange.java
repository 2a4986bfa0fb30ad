package ua.aikom.access.keycloak.mandate;

import jakarta.ws.rs.core.Response;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.models.ClientModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.tokenexchange.StandardTokenExchangeProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.CorsErrorResponseException;
import ua.aikom.access.keycloak.GuardedRealm;

/**
 * Keycloak's token exchange (RFC 8693), which in a guarded realm exchanges the token of an API key under a standing mandate only.
 *
 * <p>Refused with 403 {@code access_denied}, the reason in the answer and in the event: a token that was exchanged before, a
 * token that an OIS got for itself, a person's token, and any token whose key has no mandate for the OIS that asks, also when it
 * had one as the token was issued. Keycloak has checked the token's signature, life and session before. Source: order cl. 5, 8;
 * decision 27.
 */
final class GuardedExchange extends StandardTokenExchangeProvider {

    /** Client attribute that names the account of an API key; no other client has it. */
    private static final String ACCOUNT = "aikom.account";

    @Override
    protected Response exchangeClientToClient(
            UserModel subject, UserSessionModel session, AccessToken token, boolean disallowOnHolderMismatch) {
        if (GuardedRealm.isMarked(realm)) {
            ClientModel holder = realm.getClientByClientId(token.getIssuedFor());
            if (holder == null || !holder.getId().equals(subject.getServiceAccountClientLink())) {
                refuse("subject_token was exchanged before or is a person's: send the API key's own token");
            } else if (isBlank(holder.getAttribute(ACCOUNT))) {
                refuse("subject_token is not of an API key: send the API key's own token");
            } else if (isBlank(holder.getAttribute(MandateRightsMapper.MANDATE + client.getClientId()))) {
                refuse("the account has no mandate for " + client.getClientId() + ", or withdrew it");
            }
        }
        return super.exchangeClientToClient(subject, session, token, disallowOnHolderMismatch);
    }

    private static boolean isBlank(String value) {
        return value == null || value.isBlank();
    }

    private void refuse(String reason) {
        event.detail(Details.REASON, reason);
        event.error(Errors.NOT_ALLOWED);
        throw new CorsErrorResponseException(cors, OAuthErrorException.ACCESS_DENIED, reason, Response.Status.FORBIDDEN);
    }
}
