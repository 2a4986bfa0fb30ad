package ua.aikom.access.keycloak.provider;

import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;
import ua.aikom.access.keycloak.AdminResourceProvider;

/** Hangs {@link IdentityProviderSwitch} under the Admin REST API of each realm; its id is the path. */
public final class IdentityProviderSwitchProvider extends AdminResourceProvider {

    public static final String ID = "aikom-identity-providers";

    @Override
    public Object getResource(
            KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth, AdminEventBuilder adminEvent) {
        return new IdentityProviderSwitch(session, auth, adminEvent);
    }

    @Override
    public String getId() {
        return ID;
    }
}
