package ua.aikom.access.keycloak.mandate;

import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.TokenExchangeProvider;
import org.keycloak.protocol.oidc.tokenexchange.StandardTokenExchangeProviderFactory;

/** Makes {@link GuardedExchange} under the id {@code standard}: by its higher order it takes the place of Keycloak's own. */
public final class GuardedExchangeFactory extends StandardTokenExchangeProviderFactory {

    @Override
    public TokenExchangeProvider create(KeycloakSession session) {
        return new GuardedExchange();
    }

    /** Above Keycloak's own, which has 10. */
    @Override
    public int order() {
        return 100;
    }
}
