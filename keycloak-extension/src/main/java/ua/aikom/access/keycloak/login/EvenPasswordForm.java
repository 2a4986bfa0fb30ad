package ua.aikom.access.keycloak.login;

import jakarta.ws.rs.core.MultivaluedMap;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.browser.UsernamePasswordForm;
import org.keycloak.authentication.authenticators.util.AuthenticatorUtils;
import org.keycloak.common.util.Time;
import org.keycloak.events.Details;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserCredentialModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.PasswordCredentialModel;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.services.managers.AuthenticationManager;

/**
 * Authenticator {@code aikom-password-form}: Keycloak's form for name and password, which answers every name in the same time and
 * lets no address guess for long.
 *
 * <p>Keycloak's own computes a password hash for a name that it does not know, and none for an account without a password, for
 * an account that is locked and for an empty password: those three answer in a quarter of the time. Here each of them costs one
 * hash as well, so the time tells nobody which names exist, which are not activated and which are locked.
 *
 * <p>Keycloak counts wrong passwords by name alone, so a stranger could keep a name waiting all day. Here an address has a few guesses
 * ({@link GuessLimits}); what it sends beyond them is answered without a look at the password and does not count against the name. The
 * right password costs nothing, also while the name waits; and from an address where its owner has signed in before
 * ({@link KnownAddresses}) the name does not wait at all.
 */
final class EvenPasswordForm extends UsernamePasswordForm {

    private static final String TOO_MANY = "aikomTooManyAttempts";
    static final String LIMITED = "too_many_attempts_of_address";

    private final GuessLimits limits;
    private boolean isRight;

    EvenPasswordForm(KeycloakSession session, GuessLimits limits) {
        super(session);
        this.limits = limits;
    }

    @Override
    protected boolean validateForm(AuthenticationFlowContext context, MultivaluedMap<String, String> form) {
        String address = context.getRealm().getId() + ' ' + GuessLimits.network(context.getConnection().getRemoteHost());
        String name = nameOf(context, form);
        if (!limits.take(address, name, Time.currentTimeMillis())) {
            // Not a failure: Keycloak would count it against the name.
            context.getEvent().detail(Details.USERNAME, name).error(LIMITED);
            context.forceChallenge(challenge(context, TOO_MANY, null));
            return false;
        }
        boolean enters = super.validateForm(context, form);
        if (enters || isRight) {
            limits.giveBack(address, name);
        }
        return enters;
    }

    private String nameOf(AuthenticationFlowContext context, MultivaluedMap<String, String> form) {
        if (isUserAlreadySetBeforeUsernamePasswordAuth(context) && context.getUser() != null) {
            return context.getUser().getUsername();
        }
        String name = form.getFirst(AuthenticationManager.FORM_USERNAME);
        return name == null ? "" : name.trim();
    }

    @Override
    protected boolean isDisabledByBruteForce(AuthenticationFlowContext context, UserModel user) {
        return !KnownAddresses.OF_NODE.has(context, user) && super.isDisabledByBruteForce(context, user);
    }

    @Override
    public boolean validatePassword(
            AuthenticationFlowContext context, UserModel user, MultivaluedMap<String, String> form, boolean clearUser) {
        String password = form.getFirst(CredentialRepresentation.PASSWORD);
        boolean comparable = password != null
                && !password.isEmpty()
                && user.credentialManager().isConfiguredFor(PasswordCredentialModel.TYPE);
        boolean waits = !KnownAddresses.OF_NODE.has(context, user)
                && AuthenticatorUtils.getDisabledByBruteForceEventError(context, user) != null;
        if (!comparable) {
            AuthenticatorUtils.dummyHash(context);
        } else if (waits) {
            isRight = user.credentialManager().isValid(UserCredentialModel.password(password));
        }
        return super.validatePassword(context, user, form, clearUser);
    }
}
