package ua.aikom.access.keycloak.basekey;

import jakarta.ws.rs.core.Response;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.authentication.AuthenticatorUtil;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.common.util.Time;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RequiredActionProviderModel;
import org.keycloak.models.UserModel;
import org.keycloak.protocol.oidc.utils.RedirectUtils;
import org.keycloak.services.ErrorPageException;
import org.keycloak.services.managers.AuthenticationSessionManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Required action {@code aikom-activate}: the last step of a base key, without a page of its own.
 *
 * <p>It also watches every step before it. A session that a base key opened goes on only while that base key is live: when it
 * was replaced or withdrawn meanwhile, the step is rolled back. And an account that waits for its activation lets nobody in by
 * another door, so a password set half-way opens nothing. Source: order cl. 4.
 */
public final class ActivateAction implements RequiredActionProvider, RequiredActionFactory {

    public static final String ID = "aikom-activate";

    private static final String BASE_KEY_NOTE = "aikom.base_key_id";
    private static final String REDIRECT_NOTE = "aikom.redirect_uri";

    /** Marks a login session as opened by this base key. */
    static void openedBy(AuthenticationSessionModel authSession, BaseKeyToken token) {
        authSession.setAuthNote(BASE_KEY_NOTE, token.baseKeyId());
        if (token.redirectUri() != null) {
            authSession.setAuthNote(REDIRECT_NOTE, token.redirectUri());
        }
    }

    /** Called by Keycloak before every step of every login, also of those that no base key opened. */
    @Override
    public void evaluateTriggers(RequiredActionContext context) {
        UserModel user = context.getUser();
        String opened = context.getAuthenticationSession().getAuthNote(BASE_KEY_NOTE);
        if (user == null) {
            return;
        }
        BaseKey baseKey = new BaseKey(user);
        if (opened == null && baseKey.awaitsActivation()) {
            refuse(context, Errors.NOT_ALLOWED, Response.Status.FORBIDDEN, "aikomNotActivated");
        } else if (opened != null && !baseKey.isLive(opened)) {
            refuse(context, Errors.EXPIRED_CODE, Response.Status.BAD_REQUEST, BaseKeyTokenHandler.DEAD);
        } else if (opened != null) {
            context.getAuthenticationSession().addRequiredAction(ID);
        }
    }

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        if (context.getAuthenticationSession().getAuthNote(BASE_KEY_NOTE) == null) {
            context.success(); // somebody put this action on an account by hand; there is nothing to activate
        } else if (otherSteps(context).findAny().isPresent()) {
            context.ignore(); // whatever priority the realm gives this action, it comes last
        } else if (!new BaseKey(context.getUser()).hasBothFactors()) {
            refuse(context, Errors.RESOLVE_REQUIRED_ACTIONS, Response.Status.BAD_REQUEST, BaseKeyTokenHandler.UNAVAILABLE);
        } else {
            complete(context);
        }
    }

    /** There is no form to answer. */
    @Override
    public void processAction(RequiredActionContext context) {
        requiredActionChallenge(context);
    }

    private static Stream<String> otherSteps(RequiredActionContext context) {
        return Stream.concat(
                        context.getAuthenticationSession().getRequiredActions().stream(),
                        context.getUser().getRequiredActionsStream())
                .filter(alias -> !ID.equals(alias))
                .filter(alias -> {
                    RequiredActionProviderModel step = context.getRealm().getRequiredActionProviderByAlias(alias);
                    return step != null && step.isEnabled();
                });
    }

    private static void complete(RequiredActionContext context) {
        AuthenticationSessionModel authSession = context.getAuthenticationSession();
        UserModel user = context.getUser();
        new BaseKey(user).complete();
        // Whoever was in with the old credentials is out, with every token issued before.
        AuthenticatorUtil.logoutOtherSessions(context);
        context.getSession().users().setNotBeforeForUser(context.getRealm(), user, (int) Time.currentTimeSeconds());
        context.getEvent()
                .clone()
                .event(EventType.CUSTOM_REQUIRED_ACTION)
                .detail(Details.CUSTOM_REQUIRED_ACTION, ID)
                .detail("base_key_id", authSession.getAuthNote(BASE_KEY_NOTE))
                .success();
        Response farewell = farewell(context);
        new AuthenticationSessionManager(context.getSession()).removeAuthenticationSession(context.getRealm(), authSession, true);
        context.challenge(farewell);
    }

    private static Response farewell(RequiredActionContext context) {
        AuthenticationSessionModel authSession = context.getAuthenticationSession();
        String wanted = authSession.getAuthNote(REDIRECT_NOTE);
        // Checked again: the client may have changed since the link was made.
        String redirect = wanted == null
                ? null
                : RedirectUtils.verifyRedirectUri(context.getSession(), wanted, authSession.getClient());
        if (redirect != null) {
            return Response.status(Response.Status.FOUND).header("Location", redirect).build();
        }
        return context.form()
                .setAttribute("messageHeader", "aikomActivatedTitle")
                .setAttribute("skipLink", true)
                .setSuccess("aikomActivated", context.getUser().getUsername())
                .setDetachedAuthSession()
                .createInfoPage();
    }

    /** Ends the login with a page; the exception rolls back what this request did, such as a password that was just set. */
    private static void refuse(RequiredActionContext context, String error, Response.Status status, String message) {
        context.getEvent().clone().error(error);
        throw new ErrorPageException(context.getSession(), null, status, message);
    }

    @Override
    public RequiredActionProvider create(KeycloakSession session) {
        return this; // holds no state
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayText() {
        return "AIKOM: record the activation";
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}
}
