package ua.aikom.access.keycloak.apikey;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import org.keycloak.OAuth2Constants;
import org.keycloak.http.HttpRequest;
import org.keycloak.util.BasicAuthHelper;

/**
 * The client id and secret that a request carries, from exactly one place: HTTP Basic or the form body (RFC 6749, 2.3.1).
 *
 * <p>Owns the reading only; whether they are right is the authenticator's business. {@code toString} never shows the secret.
 */
final class PresentedCredentials {

    /** Why a request cannot be read as one set of credentials. The text goes to the caller. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String reason) {
            super(reason);
        }
    }

    private final String clientId;
    private final String secret;

    private PresentedCredentials(String clientId, String secret) {
        this.clientId = clientId;
        this.secret = secret;
    }

    String clientId() {
        return clientId;
    }

    /** The presented secret; null when the request names a client but brings no secret. */
    String secret() {
        return secret;
    }

    @Override
    public String toString() {
        return "PresentedCredentials[" + clientId + "]";
    }

    /** Reads the request; throws when it repeats a parameter, mixes methods, or puts credentials into the address. */
    static PresentedCredentials of(HttpRequest request) throws Unreadable {
        MultivaluedMap<String, String> query = request.getUri().getQueryParameters();
        if (query.containsKey(OAuth2Constants.CLIENT_SECRET)) {
            throw new Unreadable("client_secret must not be in the address");
        }
        MultivaluedMap<String, String> form = form(request);
        String formId = single(form, OAuth2Constants.CLIENT_ID);
        String formSecret = single(form, OAuth2Constants.CLIENT_SECRET);
        String[] basic = basic(request.getHttpHeaders());
        if (basic == null) {
            return new PresentedCredentials(formId, formSecret);
        }
        if (formSecret != null) {
            throw new Unreadable("Credentials both in the Authorization header and in the body");
        }
        if (formId != null && !formId.equals(basic[0])) {
            throw new Unreadable("client_id differs from the Authorization header");
        }
        return new PresentedCredentials(basic[0], basic[1]);
    }

    private static MultivaluedMap<String, String> form(HttpRequest request) {
        MediaType type = request.getHttpHeaders().getMediaType();
        boolean isForm = type != null && type.isCompatible(MediaType.APPLICATION_FORM_URLENCODED_TYPE);
        return isForm ? request.getDecodedFormParameters() : null;
    }

    private static String single(MultivaluedMap<String, String> form, String name) throws Unreadable {
        List<String> values = form == null ? null : form.get(name);
        if (values == null || values.isEmpty()) {
            return null;
        }
        if (values.size() > 1) {
            throw new Unreadable(name + " is given more than once");
        }
        return values.get(0);
    }

    private static String[] basic(HttpHeaders headers) throws Unreadable {
        List<String> values = headers.getRequestHeader(HttpHeaders.AUTHORIZATION);
        if (values == null || values.isEmpty()) {
            return null;
        }
        if (values.size() > 1) {
            throw new Unreadable("Authorization is given more than once");
        }
        if (!values.get(0).regionMatches(true, 0, "Basic ", 0, 6)) {
            return null;
        }
        String[] pair;
        try {
            pair = BasicAuthHelper.RFC6749.parseHeader(values.get(0));
        } catch (IllegalArgumentException broken) {
            pair = null; // a stray percent sign in the form-urlencoded parts
        }
        if (pair == null) {
            throw new Unreadable("The Authorization header cannot be read");
        }
        return pair;
    }
}
