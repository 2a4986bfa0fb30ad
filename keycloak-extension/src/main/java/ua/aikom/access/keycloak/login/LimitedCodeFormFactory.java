package ua.aikom.access.keycloak.login;

import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.authenticators.browser.OTPFormAuthenticatorFactory;
import org.keycloak.models.KeycloakSession;

/** Makes {@link LimitedCodeForm} under the id {@code auth-otp-form}: by its higher order it takes the place of Keycloak's own. */
public final class LimitedCodeFormFactory extends OTPFormAuthenticatorFactory {

    private final Authenticator form = new LimitedCodeForm(GuessLimits.ofCodes());

    @Override
    public Authenticator create(KeycloakSession session) {
        return form;
    }

    /** Above Keycloak's own, which has 0. */
    @Override
    public int order() {
        return 100;
    }
}
