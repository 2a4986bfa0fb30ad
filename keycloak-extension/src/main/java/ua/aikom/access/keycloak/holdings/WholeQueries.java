package ua.aikom.access.keycloak.holdings;

import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Reads clients and users as wholes from Keycloak's database: one statement for each table, whatever the page's size.
 *
 * <p>Fields have the names of Keycloak's representations; what these leave out (roles, scope mappings, kinds of
 * credentials) stands beside them. Of a secret, a token or a credential only the kind is selected.
 */
final class WholeQueries {

    private static final List<String> CLIENT = List.of(
            "clientId", "name", "description", "enabled", "alwaysDisplayInConsole", "clientAuthenticatorType",
            "notBefore", "publicClient", "protocol", "frontchannelLogout", "fullScopeAllowed", "surrogateAuthRequired",
            "rootUrl", "baseUrl", "managementUrl", "bearerOnly", "consentRequired", "standardFlowEnabled",
            "implicitFlowEnabled", "directAccessGrantsEnabled", "serviceAccountsEnabled", "nodeReRegistrationTimeout");
    private static final List<String> USER = List.of(
            "username", "firstName", "lastName", "email", "enabled", "emailVerified", "federationLink", "notBefore");

    private final EntityManager database;
    private final Function<String, String> clientIdOf;

    /** {@code clientIdOf} turns a client's internal id into its client id. */
    WholeQueries(EntityManager database, Function<String, String> clientIdOf) {
        this.database = database;
        this.clientIdOf = clientIdOf;
    }

    /** Clients by internal id. */
    Map<String, Whole> clients(Collection<String> ids) {
        Map<String, Whole> wholes = plain(ids, "ClientEntity", CLIENT);
        each(wholes, "select a.client.id, a.name, a.value from ClientAttributeEntity a where a.client.id in (:ids)",
                (client, row) -> client.putIn("attributes", (String) row[1], row[2]));
        each(wholes, "select c.id, u from ClientEntity c join c.redirectUris u where c.id in (:ids)",
                (client, row) -> client.add("redirectUris", (String) row[1]));
        each(wholes, "select c.id, w from ClientEntity c join c.webOrigins w where c.id in (:ids)",
                (client, row) -> client.add("webOrigins", (String) row[1]));
        each(wholes, "select c.id, key(b), value(b) from ClientEntity c join c.authFlowBindings b where c.id in (:ids)",
                (client, row) -> client.putIn("authenticationFlowBindingOverrides", (String) row[1], row[2]));
        each(wholes, "select c.id, key(n), value(n) from ClientEntity c join c.registeredNodes n where c.id in (:ids)",
                (client, row) -> client.putIn("registeredNodes", (String) row[1], row[2]));
        each(wholes, "select m.clientId, s.name, m.defaultScope from ClientScopeClientMappingEntity m, ClientScopeEntity s"
                + " where s.id = m.clientScopeId and m.clientId in (:ids)",
                (client, row) -> client.add(
                        Boolean.TRUE.equals(row[2]) ? "defaultClientScopes" : "optionalClientScopes", (String) row[1]));
        each(wholes, "select c.id, r.name, r.clientId from ClientEntity c join c.scopeMappingIds s"
                + " join RoleEntity r on r.id = s where c.id in (:ids)",
                (client, row) -> client.add("scopeMappings", role(row[1], row[2])));
        each(wholes, "select r.clientId, r.name from RoleEntity r where r.clientId in (:ids)",
                (client, row) -> client.add("roles", (String) row[1]));
        each(wholes, "select s.id, s.policyEnforcementMode from ResourceServerEntity s where s.id in (:ids)",
                (client, row) -> client.put("authorizationServicesEnabled", true));
        addMappers(wholes);
        return wholes;
    }

    /** Users by internal id, service accounts too. */
    Map<String, Whole> users(Collection<String> ids) {
        Map<String, Whole> wholes = plain(ids, "UserEntity", USER);
        each(wholes, "select u.id, c.clientId from UserEntity u join ClientEntity c on c.id = u.serviceAccountClientLink"
                + " where u.id in (:ids)",
                (user, row) -> user.put("serviceAccountClientId", row[1]));
        each(wholes, "select a.user.id, a.name, a.value, a.longValue from UserAttributeEntity a where a.user.id in (:ids)",
                (user, row) -> user.addIn("attributes", (String) row[1], (String) (row[2] != null ? row[2] : row[3])));
        each(wholes, "select m.user.id, r.name, r.clientId from UserRoleMappingEntity m, RoleEntity r"
                + " where r.id = m.roleId and m.user.id in (:ids)",
                (user, row) -> user.putIn("roles", role(row[1], row[2]), true));
        each(wholes, "select m.user.id, g.name from UserGroupMembershipEntity m, GroupEntity g"
                + " where g.id = m.groupId and m.user.id in (:ids)",
                (user, row) -> user.add("groups", (String) row[1]));
        each(wholes, "select a.user.id, a.action from UserRequiredActionEntity a where a.user.id in (:ids)",
                (user, row) -> user.putIn("requiredActions", (String) row[1], true));
        each(wholes, "select c.user.id, c.type from CredentialEntity c where c.user.id in (:ids)",
                (user, row) -> user.putIn("credentials", (String) row[1], true));
        each(wholes, "select f.user.id, f.identityProvider, f.userId from FederatedIdentityEntity f where f.user.id in (:ids)",
                (user, row) -> user.putIn("federatedIdentities", (String) row[1], row[2]));
        each(wholes, "select o.user.id, c.clientId from UserConsentEntity o, ClientEntity c"
                + " where c.id = o.clientId and o.user.id in (:ids)",
                (user, row) -> user.add("clientConsents", (String) row[1]));
        return wholes;
    }

    private Map<String, Whole> plain(Collection<String> ids, String entity, List<String> names) {
        Map<String, Whole> wholes = new HashMap<>();
        ids.forEach(id -> wholes.put(id, new Whole()));
        String select = "select e.id, e." + String.join(", e.", names) + " from " + entity + " e where e.id in (:ids)";
        each(wholes, select, (whole, row) -> {
            for (int column = 0; column < names.size(); column++) {
                whole.put("managementUrl".equals(names.get(column)) ? "adminUrl" : names.get(column), row[column + 1]);
            }
        });
        return wholes;
    }

    private void addMappers(Map<String, Whole> clients) {
        each(clients, "select m.client.id, m.name, m.protocol, m.protocolMapper from ProtocolMapperEntity m"
                + " where m.client.id in (:ids)",
                (client, row) -> {
                    client.putIn("protocolMappers", row[1] + ".protocol", row[2]);
                    client.putIn("protocolMappers", row[1] + ".protocolMapper", row[3]);
                });
        each(clients, "select m.client.id, m.name, key(c), value(c) from ProtocolMapperEntity m join m.config c"
                + " where m.client.id in (:ids)",
                (client, row) -> client.putIn("protocolMappers", row[1] + ".config." + row[2], row[3]));
    }

    private String role(Object name, Object client) {
        return (client == null ? "realm" : clientIdOf.apply((String) client)) + ":" + name;
    }

    private void each(Map<String, Whole> wholes, String jpql, BiConsumer<Whole, Object[]> row) {
        if (wholes.isEmpty()) {
            return;
        }
        TypedQuery<Object[]> query = database.createQuery(jpql, Object[].class);
        query.setParameter("ids", wholes.keySet()).getResultList()
                .forEach(columns -> row.accept(wholes.get((String) columns[0]), columns));
    }
}
