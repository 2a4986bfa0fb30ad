package ua.aikom.access.keycloak.basekey;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.keycloak.common.util.Time;
import org.keycloak.credential.CredentialModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.PasswordCredentialModel;

/**
 * The base key of one account: which one is live, whether the account is activated, and every change of that.
 *
 * <p>Owns the two user attributes; nothing else in the extension writes them. The attribute is the only authority on what is
 * live, and it changes in the same database transaction as the credentials, so a used, replaced or withdrawn base key stays
 * dead across restarts and restores of the cache. Source: order cl. 4.
 */
final class BaseKey {

    /** User attribute: id of the base key that may open the account; {@link #WITHDRAWN}, or absent when there is none. */
    static final String PENDING = "base_key_id";

    /** User attribute: when the account was activated, ISO 8601 UTC. */
    static final String ACTIVATED = "activated_at";

    /** No base key has this id. It keeps an account that was never activated shut after a withdrawal. */
    static final String WITHDRAWN = "withdrawn";

    private final UserModel user;

    BaseKey(UserModel user) {
        this.user = user;
    }

    boolean isLive(String id) {
        return id != null && !WITHDRAWN.equals(id) && user.isEnabled() && id.equals(user.getFirstAttribute(PENDING));
    }

    boolean isActivated() {
        return user.getFirstAttribute(ACTIVATED) != null;
    }

    /** A base key was issued and never used to its end: until then nobody logs in, whatever credentials there are. */
    boolean awaitsActivation() {
        return user.getFirstAttribute(PENDING) != null && !isActivated();
    }

    /** Somebody works with this account already, so a new base key means taking its credentials over. */
    boolean isInUse() {
        boolean untouched = user.getFirstAttribute(PENDING) != null;
        return isActivated() || (!untouched && user.credentialManager().getStoredCredentialsStream().findAny().isPresent());
    }

    /**
     * Makes this base key the live one; any earlier one is dead. Repeating it changes nothing.
     *
     * <p>What an earlier, unfinished activation left behind is removed; the credentials of an activated account stay until
     * the new base key has been used.
     */
    void issue(String id) {
        if (!isActivated() && !id.equals(user.getFirstAttribute(PENDING))) {
            keepCredentials(Set.of());
        }
        user.setSingleAttribute(PENDING, id);
    }

    /** Kills the live base key, if any. An account that was never activated stays shut. Repeating it changes nothing. */
    void withdraw() {
        if (isActivated()) {
            user.removeAttribute(PENDING);
        } else if (user.getFirstAttribute(PENDING) != null) {
            keepCredentials(Set.of());
            user.setSingleAttribute(PENDING, WITHDRAWN);
        }
    }

    /** Records the activation, burns the base key, and drops every credential but the password and the newest second factor. */
    void complete() {
        Set<String> kept = new HashSet<>();
        stored().stream()
                .filter(c -> c.getType().equals(OTPCredentialModel.TYPE))
                .max(Comparator.comparing(CredentialModel::getCreatedDate, Comparator.nullsFirst(Comparator.naturalOrder())))
                .ifPresent(c -> kept.add(c.getId()));
        stored().stream()
                .filter(c -> c.getType().equals(PasswordCredentialModel.TYPE) || c.getType().equals(PasswordCredentialModel.PASSWORD_HISTORY))
                .forEach(c -> kept.add(c.getId()));
        keepCredentials(kept);
        user.setSingleAttribute(ACTIVATED, Instant.ofEpochSecond(Time.currentTimeSeconds()).toString());
        user.removeAttribute(PENDING);
        // The base key was mailed to the official address and came back, so the address works.
        user.setEmailVerified(true);
    }

    /** Password and second factor are both there. */
    boolean hasBothFactors() {
        return user.credentialManager().isConfiguredFor(PasswordCredentialModel.TYPE)
                && user.credentialManager().isConfiguredFor(OTPCredentialModel.TYPE);
    }

    private List<CredentialModel> stored() {
        return user.credentialManager().getStoredCredentialsStream().toList();
    }

    private void keepCredentials(Set<String> kept) {
        stored().stream()
                .map(CredentialModel::getId)
                .filter(id -> !kept.contains(id))
                .forEach(user.credentialManager()::removeStoredCredentialById);
    }
}
