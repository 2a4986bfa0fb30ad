package ua.aikom.access.keycloak.login;

import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.authenticators.browser.UsernamePasswordFormFactory;
import org.keycloak.models.KeycloakSession;

/** Makes {@link EvenPasswordForm} for the realm's browser flow. */
public final class EvenPasswordFormFactory extends UsernamePasswordFormFactory {

    public static final String ID = "aikom-password-form";

    private final GuessLimits limits = GuessLimits.ofPasswords();

    @Override
    public Authenticator create(KeycloakSession session) {
        return new EvenPasswordForm(session, limits);
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayType() {
        return "AIKOM name and password (even answers)";
    }

    @Override
    public String getHelpText() {
        return "Name and password; known, unknown, not activated and locked names answer in the same time.";
    }
}
