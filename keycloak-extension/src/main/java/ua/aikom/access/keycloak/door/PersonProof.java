package ua.aikom.access.keycloak.door;

import jakarta.ws.rs.core.Response;
import org.keycloak.common.util.Time;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.representations.IDToken;
import org.keycloak.services.ErrorResponse;
import org.keycloak.services.Urls;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.urls.UrlType;
import org.keycloak.util.TokenUtil;

/**
 * Proof that a person is signed in at the portal and has just given password and second factor: the ID token of that login.
 *
 * <p>Keycloak's own signature, life and session decide, not what the portal says.
 */
final class PersonProof {

    /** The client that logs people in to the portal. */
    private static final String PORTAL = "sidecar";

    /** How long after password and second factor it proves anything; seconds. The portal's own limit is the same. */
    private static final int FRESH_SECONDS = 300;

    private PersonProof() {}

    /** Refuses with 403 unless the token proves that this person is signed in now. */
    static void require(KeycloakSession session, RealmModel realm, String token, UserModel person) {
        IDToken proof = session.tokens().decode(token, IDToken.class);
        if (proof == null || !isOfPortal(session, realm, proof) || !isFresh(proof) || !isOf(session, realm, proof, person)) {
            throw ErrorResponse.error("A fresh ID token of this account is needed", Response.Status.FORBIDDEN);
        }
    }

    private static boolean isOfPortal(KeycloakSession session, RealmModel realm, IDToken proof) {
        String issuer = Urls.realmIssuer(session.getContext().getUri(UrlType.FRONTEND).getBaseUri(), realm.getName());
        return TokenUtil.TOKEN_TYPE_ID.equals(proof.getType())
                && issuer.equals(proof.getIssuer())
                && proof.hasAudience(PORTAL)
                && PORTAL.equals(proof.getIssuedFor());
    }

    private static boolean isFresh(IDToken proof) {
        Long provedAt = proof.getAuth_time();
        long now = Time.currentTimeSeconds();
        return proof.getExp() != null
                && proof.isActive()
                && provedAt != null
                && provedAt <= now
                && now - provedAt <= FRESH_SECONDS;
    }

    private static boolean isOf(KeycloakSession session, RealmModel realm, IDToken proof, UserModel person) {
        if (!person.isEnabled() || !person.getId().equals(proof.getSubject()) || proof.getSessionId() == null) {
            return false;
        }
        if (proof.getIat() == null || proof.getIat() < session.users().getNotBeforeOfUser(realm, person)) {
            return false;
        }
        UserSessionModel login = session.sessions().getUserSession(realm, proof.getSessionId());
        ClientModel portal = realm.getClientByClientId(PORTAL);
        return AuthenticationManager.isSessionValid(realm, login)
                && person.getId().equals(login.getUser().getId())
                && portal != null
                && portal.isEnabled()
                && login.getAuthenticatedClientSessionByClient(portal.getId()) != null;
    }
}
