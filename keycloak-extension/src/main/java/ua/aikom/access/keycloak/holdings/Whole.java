package ua.aikom.access.keycloak.holdings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One object as a whole, in canonical form: names sorted, nothing empty, lists without order as sorted sets.
 *
 * <p>Its digest is that of the JSON without spaces, so that whoever wants an object computes the same of the wish.
 */
final class Whole {

    private static final int DIGEST_BYTES = 16;
    private static final JsonMapper JSON = new JsonMapper();

    private final SortedMap<String, Object> fields = new TreeMap<>();

    /** Null and empty texts are left out: Keycloak keeps them as the same thing. */
    void put(String name, Object value) {
        if (value != null && !"".equals(value)) {
            fields.put(name, value);
        }
    }

    /** An entry of a map, such as an attribute. */
    void putIn(String map, String name, Object value) {
        if (value != null && !"".equals(value)) {
            in(map).put(name, value);
        }
    }

    /** A value of a list whose order means nothing. */
    void add(String list, String value) {
        set(fields, list).add(value);
    }

    /** A value of a list in a map, such as a user's attribute. */
    void addIn(String map, String list, String value) {
        set(in(map), list).add(value);
    }

    /** The map under {@code map}, made when there is none. */
    @SuppressWarnings("unchecked") // only this class puts anything in
    SortedMap<String, Object> in(String map) {
        return (SortedMap<String, Object>) fields.computeIfAbsent(map, absent -> new TreeMap<String, Object>());
    }

    /** Leave out fields that somebody else decides: {@code name}, or {@code map/name} for an entry of a map. */
    void leaveOut(Collection<String> paths) {
        for (String path : paths) {
            int slash = path.indexOf('/');
            if (slash < 0) {
                fields.remove(path);
            } else if (fields.get(path.substring(0, slash)) instanceof Map<?, ?> map) {
                map.remove(path.substring(slash + 1));
                if (map.isEmpty()) {
                    fields.remove(path.substring(0, slash));
                }
            }
        }
    }

    /** As plain JSON values. */
    Map<String, Object> asMap() {
        return fields;
    }

    /** The first 128 bits of the SHA-256 of the canonical JSON, in hexadecimal digits. */
    String digest() {
        try {
            byte[] json = JSON.writeValueAsString(fields).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json), 0, DIGEST_BYTES);
        } catch (JsonProcessingException | NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @SuppressWarnings("unchecked") // only this class puts anything in
    private static Collection<String> set(Map<String, Object> place, String name) {
        return (Collection<String>) place.computeIfAbsent(name, absent -> new TreeSet<String>());
    }
}
