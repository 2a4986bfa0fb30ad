package ua.aikom.access.keycloak.provider;

import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.IdentityProviderModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.ErrorResponse;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/**
 * Admin REST under {@code /admin/realms/{realm}/aikom-identity-providers}: switches an identity provider off.
 *
 * <p>Needs {@code manage-realm} and no right to manage identity providers: whoever may only switch them off opens
 * nothing.
 */
public final class IdentityProviderSwitch {

    private final KeycloakSession session;
    private final AdminPermissionEvaluator auth;
    private final AdminEventBuilder adminEvent;

    IdentityProviderSwitch(KeycloakSession session, AdminPermissionEvaluator auth, AdminEventBuilder adminEvent) {
        this.session = session;
        this.auth = auth;
        this.adminEvent = adminEvent;
    }

    /** 204 once it is off; 404 no such identity provider. Safe to repeat. */
    @POST
    @Path("{alias}/off")
    public Response off(@PathParam("alias") String alias) {
        auth.realm().requireManageRealm();
        IdentityProviderModel provider = session.identityProviders().getByAlias(alias);
        if (provider == null) {
            throw ErrorResponse.error("There is no such identity provider", Response.Status.NOT_FOUND);
        }
        if (provider.isEnabled()) {
            provider.setEnabled(false);
            session.identityProviders().update(provider);
            adminEvent
                    .operation(OperationType.UPDATE)
                    .resource(ResourceType.IDENTITY_PROVIDER)
                    .resourcePath("identity-provider", "instances", alias)
                    .success();
        }
        return Response.noContent().build();
    }
}
