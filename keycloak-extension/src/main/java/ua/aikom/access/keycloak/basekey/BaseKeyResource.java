package ua.aikom.access.keycloak.basekey;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.keycloak.common.util.Time;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.protocol.oidc.utils.RedirectUtils;
import org.keycloak.services.ErrorResponse;
import org.keycloak.services.resources.LoginActionsService;
import org.keycloak.services.resources.admin.AdminAuth;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/**
 * Admin REST under {@code /admin/realms/{realm}/aikom-base-keys}: makes and withdraws base key links.
 *
 * <p>Answers the provisioning service account of this realm, which needs {@code manage-users}, and nobody else: whoever has a link
 * becomes the account. The link is in the answer only: neither the log nor the admin event has it.
 */
public final class BaseKeyResource {

    /** Client id of the only service account that gets links. */
    private static final String PROVISIONING = "provisioning";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final AdminPermissionEvaluator auth;
    private final AdminEventBuilder adminEvent;

    BaseKeyResource(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth, AdminEventBuilder adminEvent) {
        this.session = session;
        this.realm = realm;
        this.auth = auth;
        this.adminEvent = adminEvent;
    }

    /** 200 with the link and its end; 400 bad input, 404 no such account, 409 in use, 412 disabled. Safe to repeat. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response issue(BaseKeyRequest request) {
        String problem = request == null ? "a JSON body is missing" : request.problem();
        UserModel user = account(problem == null ? request.username() : null, problem);
        ClientModel client = client(request);
        BaseKey baseKey = new BaseKey(user);
        if (!user.isEnabled()) {
            throw ErrorResponse.error("The account is disabled", Response.Status.PRECONDITION_FAILED);
        }
        if (baseKey.isInUse() && !request.reset()) {
            throw ErrorResponse.error("The account is in use; ask for a reset to replace its credentials", Response.Status.CONFLICT);
        }
        baseKey.issue(request.baseKeyId());
        int expiresAt = (int) Time.currentTimeSeconds() + request.lifespanSeconds();
        record(user, OperationType.ACTION, request.baseKeyId(), request.reset());
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("link", link(user, client, request, expiresAt));
        answer.put("expiresAt", Instant.ofEpochSecond(expiresAt).toString());
        return Response.ok(answer).header("Cache-Control", "no-store").build();
    }

    /** 204 whether or not a base key was pending; 404 no such account. Safe to repeat. */
    @DELETE
    @Path("{username}")
    public Response withdraw(@PathParam("username") String username) {
        UserModel user = account(username, null);
        String pending = user.getFirstAttribute(BaseKey.PENDING);
        new BaseKey(user).withdraw();
        record(user, OperationType.DELETE, pending, false);
        return Response.noContent().build();
    }

    /** A person's token is refused, however much its holder may do, and so is every other service account. */
    private boolean isProvisioning() {
        AdminAuth caller = auth.adminAuth();
        return caller.getRealm().getId().equals(realm.getId())
                && PROVISIONING.equals(caller.getClient().getClientId())
                && caller.getClient().getId().equals(caller.getUser().getServiceAccountClientLink());
    }

    /** The account by name. Permission comes first, so that who may not manage users learns nothing about names. */
    private UserModel account(String username, String problem) {
        if (!isProvisioning()) {
            throw new ForbiddenException();
        }
        UserModel user = username == null ? null : session.users().getUserByUsername(realm, username);
        if (user == null) {
            if (!auth.users().canManage()) {
                throw new ForbiddenException();
            }
            throw problem == null
                    ? ErrorResponse.error("There is no such account", Response.Status.NOT_FOUND)
                    : ErrorResponse.error(problem, Response.Status.BAD_REQUEST);
        }
        auth.users().requireManage(user);
        if (user.getServiceAccountClientLink() != null) {
            throw ErrorResponse.error("A service account has no base key", Response.Status.BAD_REQUEST);
        }
        return user;
    }

    private ClientModel client(BaseKeyRequest request) {
        String clientId = request.clientId() == null ? Constants.ACCOUNT_MANAGEMENT_CLIENT_ID : request.clientId();
        ClientModel client = realm.getClientByClientId(clientId);
        if (client == null || !client.isEnabled()) {
            throw ErrorResponse.error("clientId names no enabled client", Response.Status.BAD_REQUEST);
        }
        String redirectUri = request.redirectUri();
        if (redirectUri != null && RedirectUtils.verifyRedirectUri(session, redirectUri, client) == null) {
            throw ErrorResponse.error("redirectUri is not allowed for this client", Response.Status.BAD_REQUEST);
        }
        return client;
    }

    private String link(UserModel user, ClientModel client, BaseKeyRequest request, int expiresAt) {
        UriInfo uri = session.getContext().getUri();
        BaseKeyToken token = new BaseKeyToken(
                user.getId(), user.getEmail(), expiresAt, request.baseKeyId(), client.getClientId(), request.redirectUri());
        return LoginActionsService.actionTokenProcessor(uri)
                .queryParam("key", token.serialize(session, realm, uri))
                .build(realm.getName())
                .toString();
    }

    private void record(UserModel user, OperationType operation, String baseKeyId, boolean reset) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("username", user.getUsername());
        facts.put("baseKeyId", baseKeyId);
        facts.put("reset", reset);
        adminEvent
                .operation(operation)
                .resource(ResourceType.USER)
                .resourcePath("users", user.getId(), BaseKeyResourceProvider.ID)
                .representation(facts)
                .success();
    }
}
