package ua.aikom.access.keycloak.mandate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.mappers.AbstractOIDCProtocolMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAccessTokenMapper;
import org.keycloak.protocol.oidc.mappers.OIDCAttributeMapperHelper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.IDToken;
import org.keycloak.utils.RoleResolveUtil;

/**
 * Protocol mapper {@code aikom-rights}: the claim {@code rights} of a token of the central database.
 *
 * <p>Keycloak works out the rights that the institution has and the requesting client lets through. An OIS gets of these
 * only what the institution's mandate allows (order cl. 5): the attribute {@code aikom.mandate.<client id of the OIS>} of
 * the API key's client. Without that attribute it gets none. A key that asks for itself (direct use) is not limited.
 */
public final class MandateRightsMapper extends AbstractOIDCProtocolMapper implements OIDCAccessTokenMapper {

    public static final String ID = "aikom-rights";

    /** Client attribute of an API key, followed by an OIS's client id: rights, separated by spaces. */
    public static final String MANDATE = "aikom.mandate.";

    /** Mapper option: the client whose roles are the rights. */
    public static final String RESOURCE_SERVER = "resource.server";

    private static final String CLAIM = "rights";

    @Override
    protected void setClaim(
            IDToken token,
            ProtocolMapperModel mapper,
            UserSessionModel userSession,
            KeycloakSession session,
            ClientSessionContext context) {
        Set<String> rights = new TreeSet<>(letThrough(mapper, session, context));
        ClientModel requester = context.getClientSession().getClient();
        UserModel subject = userSession.getUser();
        if (!requester.getId().equals(subject.getServiceAccountClientLink())) {
            rights.retainAll(mandated(session, requester, subject));
        }
        token.getOtherClaims().put(CLAIM, List.copyOf(rights));
    }

    private static Set<String> letThrough(
            ProtocolMapperModel mapper, KeycloakSession session, ClientSessionContext context) {
        String server = mapper.getConfig().get(RESOURCE_SERVER);
        var resolved = RoleResolveUtil.getResolvedClientRoles(session, context, server, false);
        return resolved == null || resolved.getRoles() == null ? Set.of() : resolved.getRoles();
    }

    /** What the subject's key allows this OIS; nothing when the subject is no key, or the key has no mandate for it. */
    private static Set<String> mandated(KeycloakSession session, ClientModel requester, UserModel subject) {
        String link = subject.getServiceAccountClientLink();
        ClientModel key = link == null ? null : session.clients().getClientById(requester.getRealm(), link);
        String allowed = key == null ? null : key.getAttribute(MANDATE + requester.getClientId());
        return allowed == null || allowed.isBlank() ? Set.of() : Set.of(allowed.trim().split("\\s+"));
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayType() {
        return "AIKOM rights";
    }

    @Override
    public String getDisplayCategory() {
        return TOKEN_MAPPER_CATEGORY;
    }

    @Override
    public String getHelpText() {
        return "Claim rights: the institution's roles of a client that the requester lets through and the mandate allows.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        List<ProviderConfigProperty> properties = new ArrayList<>();
        properties.add(new ProviderConfigProperty(
                RESOURCE_SERVER, "Resource server", "Client whose roles are the rights", ProviderConfigProperty.CLIENT_LIST_TYPE, null));
        OIDCAttributeMapperHelper.addIncludeInTokensConfig(properties, MandateRightsMapper.class);
        return properties;
    }
}
