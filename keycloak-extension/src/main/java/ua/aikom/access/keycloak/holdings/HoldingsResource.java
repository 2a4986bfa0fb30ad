package ua.aikom.access.keycloak.holdings;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.ErrorResponse;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/**
 * Admin REST under {@code /admin/realms/{realm}/aikom-holdings}: who there is, and what roles and scopes they hold.
 *
 * <p>Read only. Needs {@code view-users} or {@code view-clients}. Pages are in the order of internal ids: the next one
 * starts {@code after} the last id of this one, and a page that is not full is the last.
 */
public final class HoldingsResource {

    private static final int MOST = 1000;

    private final RealmModel realm;
    private final AdminPermissionEvaluator auth;
    private final HoldingsQueries queries;

    HoldingsResource(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth) {
        this.realm = realm;
        this.auth = auth;
        Map<String, String> known = new HashMap<>();
        this.queries = new HoldingsQueries(
                session.getProvider(JpaConnectionProvider.class).getEntityManager(),
                realm.getId(),
                id -> known.computeIfAbsent(id, this::clientId));
    }

    /** Users, service accounts too, with the attributes asked for and roles: a page, or those with the names. */
    @GET
    @Path("users")
    @Produces(MediaType.APPLICATION_JSON)
    public Response users(
            @QueryParam("after") String after,
            @QueryParam("before") String before,
            @QueryParam("max") Integer max,
            @QueryParam("username") List<String> usernames,
            @QueryParam("attribute") List<String> attributes) {
        auth.users().requireView();
        if (usernames.isEmpty()) {
            return answer(queries.users(page(after, before, max), attributes));
        }
        if (usernames.size() > MOST) {
            throw badRequest("at most " + MOST + " names at once");
        }
        return answer(queries.usersNamed(usernames, attributes));
    }

    /** Clients with scopes and our own attributes: a page, or those whose client id starts so. */
    @GET
    @Path("clients")
    @Produces(MediaType.APPLICATION_JSON)
    public Response clients(
            @QueryParam("after") String after,
            @QueryParam("before") String before,
            @QueryParam("max") Integer max,
            @QueryParam("prefix") String prefix) {
        auth.clients().requireView();
        HoldingsQueries.Page page = page(after, before, max);
        return answer(prefix == null ? queries.clients(page) : queries.clientsStarting(prefix, page.max()));
    }

    private static HoldingsQueries.Page page(String after, String before, Integer max) {
        if (max != null && (max < 1 || max > MOST)) {
            throw badRequest("max must be between 1 and " + MOST);
        }
        return new HoldingsQueries.Page(after == null ? "" : after, before, max == null ? MOST : max);
    }

    private String clientId(String internalId) {
        ClientModel client = realm.getClientById(internalId);
        return client == null ? internalId : client.getClientId();
    }

    private static Response answer(List<Map<String, Object>> rows) {
        return Response.ok(rows).header("Cache-Control", "no-store").build();
    }

    private static WebApplicationException badRequest(String problem) {
        return ErrorResponse.error(problem, Response.Status.BAD_REQUEST);
    }
}
