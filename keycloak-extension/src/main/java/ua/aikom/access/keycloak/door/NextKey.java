package ua.aikom.access.keycloak.door;

import jakarta.ws.rs.core.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.RepresentationToModel;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.services.ErrorResponse;
import ua.aikom.access.keycloak.apikey.ApiKeyAuthenticator;

/**
 * The next API key of an account: as {@code provision} would make it, without a secret and without any mandate.
 *
 * <p>It says of the institution what the account's user says, has the role of the account's kind when the key before has it, and
 * of rights of its own only those of the key before. What it opens, the ledger decides and {@code provision watch} attaches.
 * Source: order cl. 4, 8; decision 23.
 */
final class NextKey {

    private static final String CENTRAL_DB = "central-db";
    private static final String KIND = "kind";

    /** What the service account of a key says of its institution; the same as {@code planning.desired} writes. */
    private static final List<String> SAID = List.of(
            "institution_id", "institution_name", "kind", "sphere", "generation", "managed_by", "edrpou", "edebo_id", "katottg");

    /** A rotation has two live keys; a third one is never needed. */
    private static final int MOST_LIVE = 2;

    private final KeycloakSession session;
    private final RealmModel realm;
    private final String account;
    private final int number;

    NextKey(KeycloakSession session, RealmModel realm, String clientId) {
        Matcher name = ApiKey.parsed(clientId);
        this.session = session;
        this.realm = realm;
        this.account = name.group(1);
        this.number = Integer.parseInt(name.group(2));
    }

    /** The user of the account; 404 when there is none of ours. */
    UserModel owner() {
        UserModel owner = Account.find(session, realm, account);
        if (owner == null) {
            throw ApiKey.notFound();
        }
        return owner;
    }

    /** Makes it; 404 without the key before, 409 when the account has ended, or has this key or two live ones already. */
    ClientModel make() {
        UserModel owner = owner();
        UserModel before = serviceBefore();
        if (!owner.isEnabled()) {
            throw conflict("The account has ended");
        }
        if (realm.getClientByClientId(clientId(number)) != null || realm.getClientByClientId(clientId(number + 1)) != null) {
            throw conflict("The API key exists");
        }
        if (live() >= MOST_LIVE) {
            throw conflict("The account has two live API keys");
        }
        ClientModel client = RepresentationToModel.createClient(session, realm, representation());
        // Neither default role nor required actions: Keycloak's own way would give both.
        UserModel service = session.users().addUser(realm, null, "service-account-" + clientId(number), false, false);
        service.setEnabled(true);
        service.setServiceAccountClientLink(client.getId());
        for (String name : SAID) {
            String value = owner.getFirstAttribute(name);
            if (value != null) {
                service.setSingleAttribute(name, value);
            }
        }
        before.getRoleMappingsStream().filter(role -> isGiven(role, owner)).toList().forEach(service::grantRole);
        return client;
    }

    private UserModel serviceBefore() {
        ClientModel before = realm.getClientByClientId(clientId(number - 1));
        UserModel service = before == null || !ApiKey.isKeyOf(before, account) ? null : session.users().getServiceAccount(before);
        if (service == null) {
            throw ApiKey.notFound();
        }
        return service;
    }

    private long live() {
        long live = 0;
        for (int earlier = number - 1; earlier > 0; earlier--) {
            ClientModel key = realm.getClientByClientId(clientId(earlier));
            live += key != null && key.isEnabled() ? 1 : 0;
        }
        return live;
    }

    /** The role of the account's own kind, and rights at the central database; nothing else is handed on. */
    private boolean isGiven(RoleModel role, UserModel owner) {
        if (!role.isClientRole()) {
            return role.getName().equals("kind-" + owner.getFirstAttribute(KIND));
        }
        ClientModel database = realm.getClientByClientId(CENTRAL_DB);
        return database != null && database.getId().equals(role.getContainerId());
    }

    private ClientRepresentation representation() {
        ClientRepresentation key = new ClientRepresentation();
        key.setClientId(clientId(number));
        key.setName("Ключ АРІ " + number + " · " + account);
        key.setDescription("API key " + number + " of account " + account);
        key.setEnabled(true);
        key.setProtocol("openid-connect");
        key.setPublicClient(false);
        key.setBearerOnly(false);
        key.setStandardFlowEnabled(false);
        key.setImplicitFlowEnabled(false);
        key.setDirectAccessGrantsEnabled(false);
        key.setServiceAccountsEnabled(true);
        key.setFullScopeAllowed(false);
        key.setConsentRequired(false);
        key.setClientAuthenticatorType(ApiKeyAuthenticator.ID);
        key.setDefaultClientScopes(List.of("institution"));
        key.setOptionalClientScopes(List.of());
        key.setAttributes(new HashMap<>(Map.of(ApiKey.ACCOUNT, account, "use.refresh.tokens", "false")));
        return key;
    }

    private String clientId(int which) {
        return "api-" + account + "-k" + which;
    }

    private static RuntimeException conflict(String why) {
        return ErrorResponse.error(why, Response.Status.CONFLICT);
    }
}
