package ua.aikom.access.keycloak.door;

/**
 * What may be done at the door: a realm role for each, and the one service account that may use it.
 *
 * <p>Both must agree. A role that somebody maps to another account by hand opens nothing, nor does the account without its role.
 */
enum DoorRight {
    SET_DIGEST("door-set-digest", "aikom-portal"),
    END_KEY("door-end-key", "aikom-portal"),
    NEXT_KEY("door-next-key", "aikom-portal"),
    END_OWN_SESSIONS("door-end-own-sessions", "aikom-portal"),
    END_LEAKED_KEY("door-end-leaked-key", "aikom-public"),
    END_SESSIONS("door-end-sessions", "aikom-desk"),
    SEE_MAILBOX("door-see-mailbox", "aikom-desk"),
    LIFT_LOCK("door-lift-lock", "aikom-desk");

    private final String role;
    private final String account;

    DoorRight(String role, String account) {
        this.role = role;
        this.account = account;
    }

    /** Realm role that allows it. */
    String role() {
        return role;
    }

    /** Client id of the service account that may hold the role. */
    String account() {
        return account;
    }
}
