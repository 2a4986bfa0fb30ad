package ua.aikom.access.keycloak.holdings;

import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;
import ua.aikom.access.keycloak.AdminResourceProvider;

/** Hangs {@link HoldingsResource} under the Admin REST API of each realm; its id is the path. */
public final class HoldingsResourceProvider extends AdminResourceProvider {

    public static final String ID = "aikom-holdings";

    @Override
    public Object getResource(
            KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth, AdminEventBuilder adminEvent) {
        return new HoldingsResource(session, realm, auth);
    }

    @Override
    public String getId() {
        return ID;
    }
}
