package ua.aikom.access.keycloak.door;

import java.util.List;
import org.keycloak.common.util.Time;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserLoginFailureModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.services.managers.AuthenticationManager;

/** The user of an institution's or authority's account, and what the door does with its logins. */
final class Account {

    private static final String MARK = "managed_by";
    private static final String OURS = "aikom";
    private static final String INSTITUTION = "institution_id";

    private Account() {}

    /** The account's user; null for staff, operators of OIS, service accounts and users of others. */
    static UserModel find(KeycloakSession session, RealmModel realm, String username) {
        UserModel user = session.users().getUserByUsername(realm, username);
        boolean isAccount = user != null
                && user.getServiceAccountClientLink() == null
                && OURS.equals(user.getFirstAttribute(MARK))
                && user.getFirstAttribute(INSTITUTION) != null;
        return isAccount ? user : null;
    }

    /** Ends every login of the user, at the applications too, and refuses its older tokens; how many there were. */
    static int endSessions(KeycloakSession session, RealmModel realm, UserModel user) {
        session.users().setNotBeforeForUser(realm, user, (int) Time.currentTimeSeconds());
        List<UserSessionModel> logins = session.sessions().getUserSessionsStream(realm, user).toList();
        for (UserSessionModel login : logins) {
            AuthenticationManager.backchannelLogout(session, login, true);
        }
        return logins.size();
    }

    /** Forgets the wrong passwords and codes given for the user; whether there were any. */
    static boolean liftLock(KeycloakSession session, RealmModel realm, UserModel user) {
        UserLoginFailureModel failures = session.loginFailures().getUserLoginFailure(realm, user.getId());
        if (failures != null) {
            session.loginFailures().removeUserLoginFailure(realm, user.getId());
        }
        return failures != null;
    }
}
