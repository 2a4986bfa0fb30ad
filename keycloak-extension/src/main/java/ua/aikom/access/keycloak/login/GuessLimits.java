package ua.aikom.access.keycloak.login;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many wrong passwords one address may give: for one name, and for all names together. In the memory of this node, bounded.
 *
 * <p>Each allowance is kept as the time at which it will be whole again. An address is what Keycloak takes for the client's: the
 * connection's, or the proxy's word where {@code proxy-headers} is set. Of IPv6 the first 64 bits count, since whoever has one
 * address there has them all.
 */
final class GuessLimits {

    /** One less than the failures after which a name begins to wait, so that nobody shuts a name from one address at once. */
    static final int FOR_A_NAME = 4;

    static final int FOR_ALL_NAMES = 50;

    private static final long ANOTHER_FOR_A_NAME_MS = 240_000;
    private static final long ANOTHER_FOR_ALL_NAMES_MS = 6_000;

    /** Some 10 MB; the allowance that was not asked for longest is forgotten first. */
    private static final int MOST_ALLOWANCES = 50_000;

    private static final int LONGEST_NAME = 100;
    private static final int GROUPS = 8;
    private static final int GROUPS_OF_A_NETWORK = 4;

    private final Map<String, Long> wholeAt = new LinkedHashMap<>(1024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST_ALLOWANCES;
        }
    };

    /** Takes a guess of this address at this name; false when one of the two allowances is spent, and then takes neither. */
    synchronized boolean take(String realm, String address, String name, long now) {
        String all = key(realm, address), one = key(realm, address, name);
        if (isSpent(all, FOR_ALL_NAMES, ANOTHER_FOR_ALL_NAMES_MS, now) || isSpent(one, FOR_A_NAME, ANOTHER_FOR_A_NAME_MS, now)) {
            return false;
        }
        add(all, ANOTHER_FOR_ALL_NAMES_MS, now);
        add(one, ANOTHER_FOR_A_NAME_MS, now);
        return true;
    }

    /** Gives a guess back: the password was right. */
    synchronized void giveBack(String realm, String address, String name) {
        wholeAt.computeIfPresent(key(realm, address), (key, at) -> at - ANOTHER_FOR_ALL_NAMES_MS);
        wholeAt.computeIfPresent(key(realm, address, name), (key, at) -> at - ANOTHER_FOR_A_NAME_MS);
    }

    private boolean isSpent(String key, int guesses, long another, long now) {
        return wholeAt.getOrDefault(key, now) > now + (guesses - 1) * another;
    }

    private void add(String key, long another, long now) {
        wholeAt.merge(key, now + another, (at, whole) -> Math.max(at, now) + another);
    }

    private static String key(String realm, String address) {
        return realm + ' ' + network(address);
    }

    private static String key(String realm, String address, String name) {
        String short_ = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
        return key(realm, address) + ' ' + short_.toLowerCase(java.util.Locale.ROOT);
    }

    /** The first 64 bits of an IPv6 address; any other text as it is. */
    static String network(String address) {
        String plain = address.split("%", 2)[0];
        if (plain.indexOf(':') < 0 || plain.indexOf('.') >= 0) {
            return plain;
        }
        String[] ends = plain.split("::", 2);
        String[] head = ends[0].isEmpty() ? new String[0] : ends[0].split(":");
        String[] tail = ends.length < 2 || ends[1].isEmpty() ? new String[0] : ends[1].split(":");
        StringBuilder network = new StringBuilder();
        for (int group = 0; group < GROUPS_OF_A_NETWORK; group++) {
            int ofTail = group - (GROUPS - tail.length);
            String written = group < head.length ? head[group] : ofTail >= 0 ? tail[ofTail] : "0";
            network.append(written.replaceFirst("^0+(?=.)", "")).append(':');
        }
        return network.toString();
    }
}
