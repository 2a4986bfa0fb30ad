package ua.aikom.access.keycloak;

import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProvider;
import org.keycloak.services.resources.admin.ext.AdminRealmResourceProviderFactory;

/** A resource under the Admin REST API of each realm, whose provider holds no state; its id is the path. */
public abstract class AdminResourceProvider implements AdminRealmResourceProvider, AdminRealmResourceProviderFactory {

    @Override
    public final AdminRealmResourceProvider create(KeycloakSession session) {
        return this; // holds no state
    }

    @Override
    public final void init(Config.Scope config) {}

    @Override
    public final void postInit(KeycloakSessionFactory factory) {}

    @Override
    public final void close() {}
}
