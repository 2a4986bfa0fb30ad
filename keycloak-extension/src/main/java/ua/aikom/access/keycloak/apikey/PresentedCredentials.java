package ua.aikom.access.keycloak.apikey;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.http.HttpRequest;
import org.keycloak.util.BasicAuthHelper;

/**
 * The client id and secret that a request carries, from exactly one place: HTTP Basic or the form body (RFC 6749, 2.3.1).
 *
 * <p>Owns the reading only; whether they are right is the authenticator's business.
 */
final class PresentedCredentials {

    private final String clientId;
    private final String secret;

    private PresentedCredentials(String clientId, String secret) {
        this.clientId = clientId;
        this.secret = secret;
    }

    String clientId() {
        return clientId;
    }

    String secret() {
        return secret;
    }

    /** Never shows the secret. */
    @Override
    public String toString() {
        return "PresentedCredentials[" + clientId + "]";
    }

    /**
     * Reads the request. Empty when a part is missing, repeated or unreadable, when both methods are used at once, or when
     * credentials are in the address, where logs would keep them.
     */
    static Optional<PresentedCredentials> of(HttpRequest request) {
        MultivaluedMap<String, String> query = request.getUri().getQueryParameters();
        if (query.containsKey(OAuth2Constants.CLIENT_ID) || query.containsKey(OAuth2Constants.CLIENT_SECRET)) {
            return Optional.empty();
        }
        MultivaluedMap<String, String> form = form(request);
        List<String> ids = values(form, OAuth2Constants.CLIENT_ID);
        List<String> secrets = values(form, OAuth2Constants.CLIENT_SECRET);
        List<String> headers = values(request.getHttpHeaders().getRequestHeaders(), HttpHeaders.AUTHORIZATION);
        if (headers.isEmpty()) {
            boolean complete = ids.size() == 1 && secrets.size() == 1;
            return complete ? Optional.of(new PresentedCredentials(ids.get(0), secrets.get(0))) : Optional.empty();
        }
        // A client_id beside the header is tolerated, as many libraries send it, when it says the same.
        return headers.size() == 1 && secrets.isEmpty() && ids.size() <= 1
                ? basic(headers.get(0)).filter(c -> ids.isEmpty() || ids.get(0).equals(c.clientId))
                : Optional.empty();
    }

    private static MultivaluedMap<String, String> form(HttpRequest request) {
        MediaType type = request.getHttpHeaders().getMediaType();
        boolean isForm = type != null && type.isCompatible(MediaType.APPLICATION_FORM_URLENCODED_TYPE);
        return isForm ? request.getDecodedFormParameters() : null;
    }

    private static List<String> values(MultivaluedMap<String, String> map, String name) {
        List<String> values = map == null ? null : map.get(name);
        return values == null ? List.of() : values;
    }

    private static Optional<PresentedCredentials> basic(String header) {
        try {
            String[] pair = BasicAuthHelper.RFC6749.parseHeader(header);
            return pair == null ? Optional.empty() : Optional.of(new PresentedCredentials(pair[0], pair[1]));
        } catch (RuntimeException broken) {
            return Optional.empty(); // a stray percent sign, or a header that ends after its first word
        }
    }
}
