package ua.aikom.access.keycloak.door;

import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.NotFoundException;
import java.util.Map;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.managers.AppAuthManager;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.services.resources.admin.AdminAuth;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import ua.aikom.access.keycloak.GuardedRealm;

/** Who stands at the door: a service account that may do one thing, and in whose name it is recorded. */
final class DoorCaller {

    /** What the caller's token must name as its audience. */
    static final String AUDIENCE = "aikom-door";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final AuthenticationManager.AuthResult who;

    private DoorCaller(KeycloakSession session, RealmModel realm, AuthenticationManager.AuthResult who) {
        this.session = session;
        this.realm = realm;
        this.who = who;
    }

    /**
     * The caller, when the realm is guarded and the caller may do this: 404 in another realm, 401 without a valid token for the
     * door, 403 for every account but the one of this right, and without its role.
     */
    static DoorCaller admit(KeycloakSession session, DoorRight right) {
        RealmModel realm = session.getContext().getRealm();
        if (!GuardedRealm.isMarked(realm)) {
            throw new NotFoundException();
        }
        AuthenticationManager.AuthResult who =
                new AppAuthManager.BearerTokenAuthenticator(session).setAudience(AUDIENCE).authenticate();
        if (who == null) {
            throw new NotAuthorizedException("Bearer");
        }
        UserModel user = who.user();
        RoleModel role = realm.getRole(right.role());
        boolean isItself = who.client().getId().equals(user.getServiceAccountClientLink());
        boolean isNamed = who.client().getClientId().equals(right.account());
        if (!isItself || !isNamed || role == null || !user.hasRole(role) || !who.client().hasScope(role)) {
            throw new ForbiddenException();
        }
        return new DoorCaller(session, realm, who);
    }

    /** Writes the admin event of what was done. */
    void record(ResourceType type, OperationType operation, Map<String, Object> facts, String... path) {
        AdminAuth auth = new AdminAuth(realm, who.token(), who.user(), who.client());
        new AdminEventBuilder(realm, auth, session, session.getContext().getConnection())
                .resource(type)
                .operation(operation)
                .resourcePath(path)
                .representation(facts)
                .success();
    }
}
