package ua.aikom.access.keycloak.login;

import java.util.LinkedHashMap;
import java.util.Map;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.models.UserModel;

/**
 * From where each person has signed in with password and code. In the memory of this node, bounded.
 *
 * <p>A name that waits after strangers' wrong passwords does not wait for these addresses: they have few guesses of their own, by
 * {@link GuessLimits}. A node that starts anew knows none, and then everybody waits the same few seconds.
 */
final class KnownAddresses {

    /** Both forms of this node: the second learns what the first asks. */
    static final KnownAddresses OF_NODE = new KnownAddresses();

    /** Twice the country's schools, some 15 MB; what was not used longest is forgotten first. */
    private static final int MOST = 60_000;

    private final Map<String, Boolean> known = new LinkedHashMap<>(1024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    };

    /** Remembers that the person has just given password and code from the client's address. */
    synchronized void add(AuthenticationFlowContext context, UserModel person) {
        known.put(key(context, person), true);
    }

    /** Whether the person has signed in from the client's address before. */
    synchronized boolean has(AuthenticationFlowContext context, UserModel person) {
        return known.get(key(context, person)) != null;
    }

    private static String key(AuthenticationFlowContext context, UserModel person) {
        String address = GuessLimits.network(context.getConnection().getRemoteHost());
        return context.getRealm().getId() + ' ' + person.getId() + ' ' + address;
    }
}
