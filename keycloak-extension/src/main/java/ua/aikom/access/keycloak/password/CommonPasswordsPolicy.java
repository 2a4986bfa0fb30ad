package ua.aikom.access.keycloak.password;

import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.policy.PasswordPolicyProvider;
import org.keycloak.policy.PasswordPolicyProviderFactory;
import org.keycloak.policy.PolicyError;

/**
 * Password policy {@code aikomCommon}: refuses common passwords and what people make of them.
 *
 * <p>Keycloak's own block list compares whole passwords with a file that has to lie on every node; a realm whose file is
 * missing cannot be changed any more. The lists here are in the jar.
 */
public final class CommonPasswordsPolicy implements PasswordPolicyProvider, PasswordPolicyProviderFactory {

    public static final String ID = "aikomCommon";

    private static final String MESSAGE = "aikomCommonPassword";

    private CommonPasswords common;

    @Override
    public PolicyError validate(String username, String password) {
        return common.contains(password) ? new PolicyError(MESSAGE) : null;
    }

    @Override
    public PolicyError validate(RealmModel realm, UserModel user, String password) {
        return validate(user.getUsername(), password);
    }

    @Override
    public Object parseConfig(String value) {
        return null;
    }

    @Override
    public PasswordPolicyProvider create(KeycloakSession session) {
        return this; // holds nothing but the lists
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayName() {
        return "AIKOM: not a common password";
    }

    @Override
    public String getConfigType() {
        return null;
    }

    @Override
    public String getDefaultConfigValue() {
        return null;
    }

    @Override
    public boolean isMultiplSupported() {
        return false;
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        common = CommonPasswords.load();
    }

    @Override
    public void close() {}
}
