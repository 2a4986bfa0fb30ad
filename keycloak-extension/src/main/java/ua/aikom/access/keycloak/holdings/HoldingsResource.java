package ua.aikom.access.keycloak.holdings;

import jakarta.persistence.EntityManager;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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
    private static final String DIGEST = "digest";
    private static final String FIELDS = "fields";

    private final RealmModel realm;
    private final AdminPermissionEvaluator auth;
    private final HoldingsQueries queries;
    private final WholeQueries wholes;

    HoldingsResource(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth) {
        this.realm = realm;
        this.auth = auth;
        Map<String, String> known = new HashMap<>();
        EntityManager database = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        Function<String, String> clientIdOf = id -> known.computeIfAbsent(id, this::clientId);
        this.queries = new HoldingsQueries(database, realm.getId(), clientIdOf);
        this.wholes = new WholeQueries(database, clientIdOf);
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
            @QueryParam("attribute") List<String> attributes,
            @QueryParam("whole") String whole,
            @QueryParam("without") List<String> without,
            @QueryParam("serviceWithout") List<String> serviceWithout) {
        auth.users().requireView();
        if (usernames.size() > MOST) {
            throw badRequest("at most " + MOST + " names at once");
        }
        List<Map<String, Object>> rows = usernames.isEmpty()
                ? queries.users(page(after, before, max), attributes)
                : queries.usersNamed(usernames, attributes);
        return answer(withWholes(
                rows, whole, row -> row.get("serviceAccountClientId") == null ? without : serviceWithout, wholes::users));
    }

    /** Clients with scopes and our own attributes: a page, those with the names, or those whose client id starts so. */
    @GET
    @Path("clients")
    @Produces(MediaType.APPLICATION_JSON)
    public Response clients(
            @QueryParam("after") String after,
            @QueryParam("before") String before,
            @QueryParam("max") Integer max,
            @QueryParam("prefix") String prefix,
            @QueryParam("clientId") List<String> clientIds,
            @QueryParam("whole") String whole,
            @QueryParam("without") List<String> without) {
        auth.clients().requireView();
        if (clientIds.size() > MOST) {
            throw badRequest("at most " + MOST + " names at once");
        }
        HoldingsQueries.Page page = page(after, before, max);
        List<Map<String, Object>> rows;
        if (!clientIds.isEmpty()) {
            rows = queries.clientsNamed(clientIds);
        } else {
            rows = prefix == null ? queries.clients(page) : queries.clientsStarting(prefix, page.max());
        }
        return answer(withWholes(rows, whole, row -> without, wholes::clients));
    }

    /** Each row with the digest of the object's canonical whole, or with that whole, but for what is left out. */
    private static List<Map<String, Object>> withWholes(
            List<Map<String, Object>> rows,
            String whole,
            Function<Map<String, Object>, List<String>> without,
            Function<Collection<String>, Map<String, Whole>> read) {
        if (whole == null) {
            return rows;
        }
        if (!DIGEST.equals(whole) && !FIELDS.equals(whole)) {
            throw badRequest("whole must be " + DIGEST + " or " + FIELDS);
        }
        Map<String, Whole> found = read.apply(rows.stream().map(row -> (String) row.get("id")).toList());
        for (Map<String, Object> row : rows) {
            Whole one = found.get((String) row.get("id"));
            one.leaveOut(without.apply(row));
            row.put("whole", DIGEST.equals(whole) ? one.digest() : one.asMap());
        }
        return rows;
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
