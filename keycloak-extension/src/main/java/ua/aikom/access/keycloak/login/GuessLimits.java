package ua.aikom.access.keycloak.login;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How often somebody may guess: in one place, and in all places of a group together. In the memory of this node, bounded.
 *
 * <p>Each allowance is kept as the time at which it will be whole again.
 */
final class GuessLimits {

    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60 * SECOND_MS;

    /** Some 10 MB; the allowance that was not asked for longest is forgotten first. */
    private static final int MOST_ALLOWANCES = 50_000;

    private static final int LONGEST_KEY = 200;
    private static final int GROUPS = 8;
    private static final int GROUPS_OF_A_NETWORK = 4;

    private final int forOne;
    private final long anotherForOneMs;
    private final int forAll;
    private final long anotherForAllMs;

    private GuessLimits(int forOne, long anotherForOneMs, int forAll, long anotherForAllMs) {
        this.forOne = forOne;
        this.anotherForOneMs = anotherForOneMs;
        this.forAll = forAll;
        this.anotherForAllMs = anotherForAllMs;
    }

    /**
     * Of passwords: the group is an address, one place in it a name. Four, one less than the failures after which a name begins to
     * wait, so that nobody shuts a name from one address at once.
     */
    static GuessLimits ofPasswords() {
        return new GuessLimits(4, 4 * MINUTE_MS, 50, 6 * SECOND_MS);
    }

    /** Of one-time codes, which only who has the password can send: the group is a person, one place in it an address. */
    static GuessLimits ofCodes() {
        return new GuessLimits(5, 10 * MINUTE_MS, 50, MINUTE_MS);
    }

    private final Map<String, Long> wholeAt = new LinkedHashMap<>(1024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST_ALLOWANCES;
        }
    };

    /** Takes a guess; false when one of the two allowances is spent, and then takes neither. Letters' case makes no difference. */
    synchronized boolean take(String group, String one, long now) {
        String all = key(group), place = key(group + ' ' + one);
        if (isSpent(all, forAll, anotherForAllMs, now) || isSpent(place, forOne, anotherForOneMs, now)) {
            return false;
        }
        add(all, anotherForAllMs, now);
        add(place, anotherForOneMs, now);
        return true;
    }

    /** Gives a guess back: it was right. */
    synchronized void giveBack(String group, String one) {
        wholeAt.computeIfPresent(key(group), (key, at) -> at - anotherForAllMs);
        wholeAt.computeIfPresent(key(group + ' ' + one), (key, at) -> at - anotherForOneMs);
    }

    private boolean isSpent(String key, int guesses, long another, long now) {
        return wholeAt.getOrDefault(key, now) > now + (guesses - 1) * another;
    }

    private void add(String key, long another, long now) {
        wholeAt.merge(key, now + another, (at, whole) -> Math.max(at, now) + another);
    }

    private static String key(String text) {
        return (text.length() > LONGEST_KEY ? text.substring(0, LONGEST_KEY) : text).toLowerCase(Locale.ROOT);
    }

    /**
     * What counts as one address: of IPv6 the first 64 bits, since whoever has one address there has them all; any other text as it
     * is. The text is what Keycloak takes for the client's: the connection's, or the proxy's word where {@code proxy-headers} is set.
     */
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
