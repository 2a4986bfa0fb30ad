package ua.aikom.access.keycloak.holdings;

import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import ua.aikom.access.keycloak.apikey.ApiKeyAuthenticator;

/**
 * Reads users and clients of a realm from Keycloak's database, three statements a page whatever its size.
 *
 * <p>Selects single columns: no entity is loaded, so neither Keycloak's caches nor the persistence context grow. Rows
 * have the names of Keycloak's own representations. Secrets, digests and credentials are never selected; of a key's digest
 * only its fingerprint is, by which the ledger names it.
 */
final class HoldingsQueries {

    /** Pages follow the primary key, so that the last page costs what the first one does. No end when {@code before} is null. */
    record Page(String after, String before, int max) {}

    private static final String USERS =
            "select u.id, u.username, u.enabled, u.email, u.serviceAccountClientLink from UserEntity u"
                    + " where u.realmId = :realm";
    private static final String CLIENTS =
            "select c.id, c.clientId, c.enabled from ClientEntity c where c.realmId = :realm";

    private final EntityManager database;
    private final String realmId;
    private final Function<String, String> clientIdOf;

    /** {@code clientIdOf} turns a client's internal id into its client id. */
    HoldingsQueries(EntityManager database, String realmId, Function<String, String> clientIdOf) {
        this.database = database;
        this.realmId = realmId;
        this.clientIdOf = clientIdOf;
    }

    List<Map<String, Object>> users(Page page, Collection<String> attributes) {
        return users(between(USERS, "u.id", page), attributes);
    }

    List<Map<String, Object>> usersNamed(Collection<String> usernames, Collection<String> attributes) {
        TypedQuery<Object[]> query = database.createQuery(
                USERS + " and u.username in (:names)",
                Object[].class);
        return users(query.setParameter("names", usernames), attributes);
    }

    List<Map<String, Object>> clients(Page page) {
        return clients(between(CLIENTS, "c.id", page));
    }

    List<Map<String, Object>> clientsNamed(Collection<String> clientIds) {
        TypedQuery<Object[]> query = database.createQuery(CLIENTS + " and c.clientId in (:names)", Object[].class);
        return clients(query.setParameter("names", clientIds));
    }

    List<Map<String, Object>> clientsStarting(String prefix, int max) {
        TypedQuery<Object[]> query = database.createQuery(
                CLIENTS + " and locate(:prefix, c.clientId) = 1 order by c.id",
                Object[].class);
        return clients(query.setParameter("prefix", prefix).setMaxResults(max));
    }

    private TypedQuery<Object[]> between(String select, String id, Page page) {
        String end = page.before() == null ? "" : " and " + id + " < :before";
        String jpql = select + " and " + id + " > :after" + end + " order by " + id;
        TypedQuery<Object[]> query = database.createQuery(jpql, Object[].class).setParameter("after", page.after());
        if (page.before() != null) {
            query.setParameter("before", page.before());
        }
        return query.setMaxResults(page.max());
    }

    private List<Map<String, Object>> users(TypedQuery<Object[]> query, Collection<String> attributes) {
        Map<String, Map<String, Object>> byId = new LinkedHashMap<>();
        for (Object[] row : query.setParameter("realm", realmId).getResultList()) {
            Map<String, Object> user = row((String) row[0]);
            user.put("username", row[1]);
            user.put("enabled", row[2]);
            user.put("email", row[3]);
            user.put("serviceAccountClientId", row[4]);
            byId.put((String) row[0], user);
        }
        if (!byId.isEmpty()) {
            addUserAttributes(byId, attributes);
            addRoles(byId);
        }
        return new ArrayList<>(byId.values());
    }

    private List<Map<String, Object>> clients(TypedQuery<Object[]> query) {
        Map<String, Map<String, Object>> byId = new LinkedHashMap<>();
        for (Object[] row : query.setParameter("realm", realmId).getResultList()) {
            Map<String, Object> client = row((String) row[0]);
            client.put("clientId", row[1]);
            client.put("enabled", row[2]);
            byId.put((String) row[0], client);
        }
        if (!byId.isEmpty()) {
            addClientAttributes(byId);
            addFingerprints(byId);
            addScopes(byId);
        }
        return new ArrayList<>(byId.values());
    }

    private void addUserAttributes(Map<String, Map<String, Object>> users, Collection<String> names) {
        if (names.isEmpty()) {
            return;
        }
        TypedQuery<Object[]> query = of(users, "select a.user.id, a.name, a.value, a.longValue from UserAttributeEntity a where a.user.id in (:ids) and a.name in (:names)");
        for (Object[] row : query.setParameter("names", names).getResultList()) {
            list(map(users.get(row[0]), "attributes"), (String) row[1]).add((String) (row[2] != null ? row[2] : row[3]));
        }
    }

    private void addRoles(Map<String, Map<String, Object>> users) {
        TypedQuery<Object[]> query = of(users, "select m.user.id, r.name, r.clientId from UserRoleMappingEntity m, RoleEntity r where r.id = m.roleId and m.user.id in (:ids)");
        for (Object[] row : query.getResultList()) {
            Map<String, Object> user = users.get(row[0]);
            Map<String, Object> place = row[2] == null ? user : map(user, "clientRoles");
            list(place, row[2] == null ? "realmRoles" : clientIdOf.apply((String) row[2])).add((String) row[1]);
        }
    }

    private void addClientAttributes(Map<String, Map<String, Object>> clients) {
        TypedQuery<Object[]> query = of(clients, "select a.client.id, a.name, a.value from ClientAttributeEntity a where a.client.id in (:ids) and a.name like 'aikom.%' and a.name <> :digest");
        for (Object[] row : query.setParameter("digest", ApiKeyAuthenticator.DIGEST).getResultList()) {
            map(clients.get(row[0]), "attributes").put((String) row[1], row[2]);
        }
    }

    private void addFingerprints(Map<String, Map<String, Object>> clients) {
        TypedQuery<Object[]> query = of(clients, "select a.client.id, substring(a.value, 1, 12) from ClientAttributeEntity a where a.client.id in (:ids) and a.name = :digest");
        for (Object[] row : query.setParameter("digest", ApiKeyAuthenticator.DIGEST).getResultList()) {
            clients.get(row[0]).put("keyFingerprint", row[1]);
        }
    }

    private void addScopes(Map<String, Map<String, Object>> clients) {
        TypedQuery<Object[]> query = of(clients, "select m.clientId, s.name, m.defaultScope from ClientScopeClientMappingEntity m, ClientScopeEntity s where s.id = m.clientScopeId and m.clientId in (:ids)");
        for (Object[] row : query.getResultList()) {
            list(clients.get(row[0]), Boolean.TRUE.equals(row[2]) ? "defaultClientScopes" : "optionalClientScopes").add((String) row[1]);
        }
    }

    private TypedQuery<Object[]> of(Map<String, ?> rows, String jpql) {
        return database.createQuery(jpql, Object[].class).setParameter("ids", rows.keySet());
    }

    private static Map<String, Object> row(String id) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", id);
        return row;
    }

    @SuppressWarnings("unchecked") // only this class puts anything in
    private static Map<String, Object> map(Map<String, Object> row, String name) {
        return (Map<String, Object>) row.computeIfAbsent(name, absent -> new LinkedHashMap<String, Object>());
    }

    @SuppressWarnings("unchecked") // only this class puts anything in
    private static List<String> list(Map<String, Object> row, String name) {
        return (List<String>) row.computeIfAbsent(name, absent -> new ArrayList<String>());
    }
}
