package ua.aikom.access.keycloak.door;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.ErrorResponse;

/**
 * {@code /realms/{realm}/aikom-door}: all that pages may do at once in Keycloak, each under a right of its own.
 *
 * <p>Needs no administrative role and gives none. A secret is set, a key made or ended for a person who proves to be signed in;
 * whoever shows a leaked key may end it. Each is one transaction and one admin event. Source: order cl. 4, 8, 9; decision 35.
 */
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public final class DoorResource {

    private static final String DOOR = DoorCaller.AUDIENCE;

    private final KeycloakSession session;

    DoorResource(KeycloakSession session) {
        this.session = session;
    }

    /** Sets the digest of a live key's secret, or takes it away: 204; 403 without proof, 404 no such key, 409 ended. */
    @PUT
    @Path("keys/{clientId}/digest")
    public Response setDigest(@PathParam("clientId") String clientId, DoorRequest request) {
        DoorCaller caller = DoorCaller.admit(session, DoorRight.SET_DIGEST);
        if (request == null || !(request.hasDigest() || request.clearsDigest())) {
            throw ErrorResponse.error("digest must be a SHA-256 in hex, or empty", Response.Status.BAD_REQUEST);
        }
        ApiKey key = ApiKey.named(session, realm(), clientId);
        PersonProof.require(session, realm(), request.proof(), key.owner());
        key.requireLive();
        key.setDigest(request.digest());
        return done(caller, key, OperationType.UPDATE, "digest");
    }

    /** Ends a key: 204, also when it had ended; 403 without proof, 404 no such key. */
    @POST
    @Path("keys/{clientId}/end")
    public Response endKey(@PathParam("clientId") String clientId, DoorRequest request) {
        DoorCaller caller = DoorCaller.admit(session, DoorRight.END_KEY);
        ApiKey key = ApiKey.named(session, realm(), clientId);
        PersonProof.require(session, realm(), proof(request), key.owner());
        key.end();
        return done(caller, key, OperationType.ACTION, "end");
    }

    /** Makes this key, the next one of its account: 204; 403 without proof, 404 no such account, 409 not the next one. */
    @POST
    @Path("keys/{clientId}/next")
    public Response nextKey(@PathParam("clientId") String clientId, DoorRequest request) {
        DoorCaller caller = DoorCaller.admit(session, DoorRight.NEXT_KEY);
        NextKey next = new NextKey(session, realm(), clientId);
        PersonProof.require(session, realm(), proof(request), next.owner());
        ClientModel client = next.make();
        caller.record(
                ResourceType.CLIENT, OperationType.CREATE, Map.of("clientId", clientId), "clients", client.getId(), DOOR, "next");
        return Response.noContent().build();
    }

    /** Says whether this is the digest of the key's secret: 204, or 404. Changes nothing. */
    @POST
    @Path("keys/{clientId}/leaked/check")
    public Response isLeaked(@PathParam("clientId") String clientId, DoorRequest request) {
        DoorCaller.admit(session, DoorRight.END_LEAKED_KEY);
        leaked(clientId, request);
        return Response.noContent().build();
    }

    /** Ends a key for whoever has its secret: 204; 404 when this is not the digest of the key's secret. */
    @POST
    @Path("keys/{clientId}/leaked")
    public Response endLeakedKey(@PathParam("clientId") String clientId, DoorRequest request) {
        DoorCaller caller = DoorCaller.admit(session, DoorRight.END_LEAKED_KEY);
        ApiKey key = leaked(clientId, request);
        key.end();
        return done(caller, key, OperationType.ACTION, "leaked");
    }

    /** Ends every login of an account at the desk: 204; 404 no such account. Safe to repeat. */
    @DELETE
    @Path("accounts/{username}/sessions")
    public Response endSessions(@PathParam("username") String username) {
        DoorCaller caller = DoorCaller.admit(session, DoorRight.END_SESSIONS);
        return ended(caller, account(username));
    }

    /** Says whether a mailed link could open the account: 204 when its user is enabled and has an e-mail, else 404. */
    @GET
    @Path("accounts/{username}/mailbox")
    public Response hasMailbox(@PathParam("username") String username) {
        DoorCaller.admit(session, DoorRight.SEE_MAILBOX);
        UserModel user = account(username);
        if (!user.isEnabled() || user.getEmail() == null || user.getEmail().isBlank()) {
            throw ErrorResponse.error("No mail can follow", Response.Status.NOT_FOUND);
        }
        return Response.noContent().build();
    }

    /** Ends every login of the person who asks: 204; 403 without proof, 404 no such account. */
    @POST
    @Path("accounts/{username}/sessions/end")
    public Response endOwnSessions(@PathParam("username") String username, DoorRequest request) {
        DoorCaller caller = DoorCaller.admit(session, DoorRight.END_OWN_SESSIONS);
        UserModel user = account(username);
        PersonProof.require(session, realm(), proof(request), user);
        return ended(caller, user);
    }

    /** Counts the wrong passwords and codes of an account anew: 204; 404 no such account. Safe to repeat. */
    @DELETE
    @Path("accounts/{username}/lock")
    public Response liftLock(@PathParam("username") String username) {
        DoorCaller caller = DoorCaller.admit(session, DoorRight.LIFT_LOCK);
        UserModel user = account(username);
        boolean was = Account.liftLock(session, realm(), user);
        caller.record(
                ResourceType.USER_LOGIN_FAILURE, OperationType.DELETE, Map.of("was", was), "users", user.getId(), DOOR, "lock");
        return Response.noContent().build();
    }

    private RealmModel realm() {
        return session.getContext().getRealm();
    }

    private static String proof(DoorRequest request) {
        return request == null ? null : request.proof();
    }

    private ApiKey leaked(String clientId, DoorRequest request) {
        ApiKey key = ApiKey.named(session, realm(), clientId);
        if (request == null || !request.hasDigest() || !key.hasDigest(request.digest())) {
            throw ApiKey.notFound();
        }
        return key;
    }

    private UserModel account(String username) {
        UserModel user = Account.find(session, realm(), username);
        if (user == null) {
            throw ErrorResponse.error("There is no such account", Response.Status.NOT_FOUND);
        }
        return user;
    }

    private Response ended(DoorCaller caller, UserModel user) {
        int count = Account.endSessions(session, realm(), user);
        caller.record(ResourceType.USER, OperationType.ACTION, Map.of("sessions", count), "users", user.getId(), DOOR, "sessions");
        return Response.noContent().build();
    }

    private static Response done(DoorCaller caller, ApiKey key, OperationType operation, String what) {
        ClientModel client = key.client();
        Map<String, Object> facts = Map.of("clientId", client.getClientId());
        caller.record(ResourceType.CLIENT, operation, facts, "clients", client.getId(), DOOR, what);
        return Response.noContent().build();
    }
}
