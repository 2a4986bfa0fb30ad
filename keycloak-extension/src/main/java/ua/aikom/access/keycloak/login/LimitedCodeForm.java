package ua.aikom.access.keycloak.login;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.FlowStatus;
import org.keycloak.authentication.authenticators.browser.OTPFormAuthenticator;
import org.keycloak.authentication.authenticators.util.AuthenticatorUtils;
import org.keycloak.common.util.Time;
import org.keycloak.models.UserModel;
import org.keycloak.services.validation.Validation;
import ua.aikom.access.keycloak.GuardedRealm;

/**
 * Authenticator {@code auth-otp-form} of a guarded realm: Keycloak's form for a one-time code, which takes few wrong ones.
 *
 * <p>A name waits seconds only, so whoever has its password could try a code every two seconds. Here a person has a few wrong codes from
 * an address, and some more from all ({@link GuessLimits}); beyond them no code is looked at. The right one costs nothing.
 */
final class LimitedCodeForm extends OTPFormAuthenticator {

    private static final String TOO_MANY = "aikomTooManyCodes";
    private static final String CODE = "otp";

    private final GuessLimits limits;

    LimitedCodeForm(GuessLimits limits) {
        this.limits = limits;
    }

    @Override
    public void action(AuthenticationFlowContext context) {
        boolean waits = !isKnown(context, context.getUser())
                && AuthenticatorUtils.getDisabledByBruteForceEventError(context, context.getUser()) != null;
        boolean compares = context.getHttpRequest().getDecodedFormParameters().containsKey(CODE) && !waits;
        if (!compares || !GuardedRealm.isMarked(context.getRealm())) {
            super.action(context);
            return;
        }
        String person = context.getRealm().getId() + ' ' + context.getUser().getId();
        String address = GuessLimits.network(context.getConnection().getRemoteHost());
        if (!limits.take(person, address, Time.currentTimeMillis())) {
            context.getEvent().user(context.getUser()).error(EvenPasswordForm.LIMITED);
            context.forceChallenge(challenge(context, TOO_MANY, Validation.FIELD_OTP_CODE));
            return;
        }
        super.action(context);
        if (context.getStatus() == FlowStatus.SUCCESS) {
            limits.giveBack(person, address);
            KnownAddresses.OF_NODE.add(context, context.getUser());
        }
    }

    @Override
    protected boolean isDisabledByBruteForce(AuthenticationFlowContext context, UserModel user) {
        return !isKnown(context, user) && super.isDisabledByBruteForce(context, user);
    }

    private static boolean isKnown(AuthenticationFlowContext context, UserModel user) {
        return GuardedRealm.isMarked(context.getRealm()) && KnownAddresses.OF_NODE.has(context, user);
    }
}
