package ua.aikom.access.keycloak.basekey;

import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Objects;
import org.keycloak.TokenVerifier.Predicate;
import org.keycloak.authentication.AuthenticationProcessor;
import org.keycloak.authentication.actiontoken.AbstractActionTokenHandler;
import org.keycloak.authentication.actiontoken.ActionTokenContext;
import org.keycloak.authentication.actiontoken.TokenUtils;
import org.keycloak.events.Errors;
import org.keycloak.events.EventType;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.locale.LocaleSelectorProvider;
import org.keycloak.models.Constants;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.services.Urls;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionCompoundId;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * What happens when somebody opens a base key link: is it alive, the page that asks to proceed, and the way to the steps.
 *
 * <p>Opening the link changes nothing, so a mail scanner that fetches it does not use it up. The link stays good until
 * {@link ActivateAction} has finished: who closes the browser half-way opens it again.
 */
public final class BaseKeyTokenHandler extends AbstractActionTokenHandler<BaseKeyToken> {

    /** The steps of an activation. Their order is the priority that the realm gives them; the last one sees to being last. */
    static final List<String> STEPS =
            List.of(UserModel.RequiredAction.UPDATE_PASSWORD.name(), UserModel.RequiredAction.CONFIGURE_TOTP.name(), ActivateAction.ID);

    static final String DEAD = "aikomBaseKeyDead";
    static final String UNAVAILABLE = "aikomBaseKeyUnavailable";

    public BaseKeyTokenHandler() {
        super(BaseKeyToken.TYPE, BaseKeyToken.class, DEAD, EventType.EXECUTE_ACTIONS, Errors.NOT_ALLOWED);
    }

    @Override
    @SuppressWarnings("unchecked") // Keycloak's own signature asks for an array of a generic type
    public Predicate<? super BaseKeyToken>[] getVerifiers(ActionTokenContext<BaseKeyToken> context) {
        UserModel user = context.getAuthenticationSession().getAuthenticatedUser();
        return TokenUtils.predicates(
                TokenUtils.checkThat(t -> new BaseKey(user).isLive(t.baseKeyId()), Errors.EXPIRED_CODE, DEAD),
                TokenUtils.checkThat(t -> Objects.equals(t.getEmail(), user.getEmail()), Errors.INVALID_EMAIL, DEAD),
                TokenUtils.checkThat(t -> stepsEnabled(context.getRealm()), Errors.RESOLVE_REQUIRED_ACTIONS, UNAVAILABLE));
    }

    /** Without one of the steps an account could be opened with less than two factors. */
    private static boolean stepsEnabled(RealmModel realm) {
        return STEPS.stream()
                .map(realm::getRequiredActionProviderByAlias)
                .allMatch(step -> step != null && step.isEnabled());
    }

    @Override
    public AuthenticationSessionModel startFreshAuthenticationSession(
            BaseKeyToken token, ActionTokenContext<BaseKeyToken> context) {
        AuthenticationSessionModel authSession = super.startFreshAuthenticationSession(token, context);
        // Keycloak's pages reload themselves when a login begins in another tab. Here a reload begins one, so two tabs would
        // chase each other; a login of no known kind has no such script, and the first step gives it its kind.
        authSession.setAction(BaseKeyToken.TYPE);
        String language = context.getRealm().getDefaultLocale();
        if (language != null) {
            // Official pages start in the realm's language whatever the browser prefers; an account's own choice wins.
            authSession.setClientNote(LocaleSelectorProvider.CLIENT_REQUEST_LOCALE, language);
        }
        return authSession;
    }

    @Override
    public Response handleToken(BaseKeyToken token, ActionTokenContext<BaseKeyToken> context) {
        return context.isAuthenticationSessionFresh() ? askToProceed(token, context) : begin(token, context);
    }

    private Response askToProceed(BaseKeyToken token, ActionTokenContext<BaseKeyToken> context) {
        AuthenticationSessionModel authSession = context.getAuthenticationSession();
        UserModel user = authSession.getAuthenticatedUser();
        token.setCompoundAuthenticationSessionId(AuthenticationSessionCompoundId.fromAuthSession(authSession).getEncodedId());
        String proceed = Urls.actionTokenBuilder(
                        context.getUriInfo().getBaseUri(),
                        token.serialize(context.getSession(), context.getRealm(), context.getUriInfo()),
                        authSession.getClient().getClientId(),
                        authSession.getTabId(),
                        AuthenticationProcessor.getClientData(context.getSession(), authSession))
                .build(context.getRealm().getName())
                .toString();
        return context.getSession()
                .getProvider(LoginFormsProvider.class)
                .setAuthenticationSession(authSession)
                .setUser(user)
                .setAttribute(Constants.TEMPLATE_ATTR_ACTION_URI, proceed)
                .setAttribute("messageHeader", "aikomBaseKeyTitle")
                .setSuccess("aikomBaseKeyProceed", user.getUsername())
                .createInfoPage();
    }

    private Response begin(BaseKeyToken token, ActionTokenContext<BaseKeyToken> context) {
        AuthenticationSessionModel authSession = context.getAuthenticationSession();
        ActivateAction.openedBy(authSession, token);
        STEPS.forEach(authSession::addRequiredAction);
        String next = AuthenticationManager.nextRequiredAction(
                context.getSession(), authSession, context.getRequest(), context.getEvent());
        return AuthenticationManager.redirectToRequiredActions(
                context.getSession(), context.getRealm(), authSession, context.getUriInfo(), next);
    }

    /** Yes, until the activation is finished; {@link BaseKey} knows when that is, and Keycloak's own list is not needed. */
    @Override
    public boolean canUseTokenRepeatedly(BaseKeyToken token, ActionTokenContext<BaseKeyToken> context) {
        return true;
    }
}
