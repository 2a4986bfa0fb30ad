package ua.aikom.access.keycloak.login;

import jakarta.ws.rs.core.MultivaluedMap;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.browser.UsernamePasswordForm;
import org.keycloak.authentication.authenticators.util.AuthenticatorUtils;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.PasswordCredentialModel;
import org.keycloak.representations.idm.CredentialRepresentation;

/**
 * Authenticator {@code aikom-password-form}: Keycloak's form for name and password, which answers every name in the same time.
 *
 * <p>Keycloak's own computes a password hash for a name that it does not know, and none for an account without a password, for
 * an account that is locked and for an empty password: those three answer in a quarter of the time. Here each of them costs one
 * hash as well, so the time tells nobody which names exist, which are not activated and which are locked.
 */
final class EvenPasswordForm extends UsernamePasswordForm {

    EvenPasswordForm(KeycloakSession session) {
        super(session);
    }

    @Override
    public boolean validatePassword(
            AuthenticationFlowContext context, UserModel user, MultivaluedMap<String, String> form, boolean clearUser) {
        String password = form.getFirst(CredentialRepresentation.PASSWORD);
        boolean compared = password != null
                && !password.isEmpty()
                && user.credentialManager().isConfiguredFor(PasswordCredentialModel.TYPE)
                && AuthenticatorUtils.getDisabledByBruteForceEventError(context, user) == null;
        if (!compared) {
            AuthenticatorUtils.dummyHash(context);
        }
        return super.validatePassword(context, user, form, clearUser);
    }
}
