package ua.aikom.access.keycloak;

import org.keycloak.models.RealmModel;

/**
 * The mark of the realms that this extension guards.
 *
 * <p>Some of its providers replace Keycloak's own for the whole server. They act only in a marked realm; in {@code master} and
 * every other realm Keycloak behaves as it does without the extension. The mark is written by {@code provision}.
 */
public final class GuardedRealm {

    /** Realm attribute; {@code true} marks the realm. */
    public static final String MARK = "aikom.guarded";

    private GuardedRealm() {}

    /** Whether the realm carries the mark. */
    public static boolean isMarked(RealmModel realm) {
        return Boolean.parseBoolean(realm.getAttribute(MARK));
    }
}
