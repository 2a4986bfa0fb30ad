package ua.aikom.access.keycloak.password;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Passwords that are guessed first: a common one, also padded with digits and signs, repeated or doubled, and runs of keys.
 *
 * <p>A word list alone refuses nothing where fifteen characters are asked for, because hardly a common password is that long;
 * people lengthen one instead, and in few ways. Source: NIST SP 800-63B-4, 3.1.1.2.
 */
final class CommonPasswords {

    private static final List<String> LISTS = List.of("/passwords/common.txt", "/passwords/ukrainian.txt");

    /** Characters for each run of neighbouring keys, on average, from which a password is nothing but runs. */
    private static final int RUN = 3;

    /** Characters that are looked at: nobody remembers more, and the time grows with the square of their number. */
    private static final int LOOKED_AT = 200;

    /** Signs and digits that people write for letters, and those letters. */
    private static final String SIGNS = "@43!10$57";
    private static final String LETTERS = "aaeiiosst";

    private final Set<String> words;

    private CommonPasswords(Set<String> words) {
        this.words = words;
    }

    /** Reads the lists that are in the jar. */
    static CommonPasswords load() {
        Set<String> words = new HashSet<>();
        for (String list : LISTS) {
            try (InputStream stream = CommonPasswords.class.getResourceAsStream(list);
                    BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                lines.lines().filter(line -> !line.startsWith("#")).forEach(words::add);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
        return new CommonPasswords(Set.copyOf(words));
    }

    /** Whether this is a common password or made of one in a way that everybody thinks of; case does not count. */
    boolean contains(String password) {
        String text = password.substring(0, Math.min(password.length(), LOOKED_AT)).toLowerCase(Locale.ROOT);
        return Stream.of(text, KeyboardRuns.inLatin(text), KeyboardRuns.inUkrainian(text))
                .distinct()
                .anyMatch(this::isTypedFromOne);
    }

    private boolean isTypedFromOne(String text) {
        String bare = text.replaceAll("[^\\p{L}\\p{N}]", "");
        return isOneAmongOthers(text) || Stream.of(text, bare, unpadded(text), unpadded(bare)).anyMatch(this::isMadeOfOne);
    }

    /** Whether all letters in it spell one common word, again and again, with whatever else between. */
    private boolean isOneAmongOthers(String text) {
        List<String> spelled = Stream.of(text.split("[^\\p{L}]+")).filter(part -> !part.isEmpty()).distinct().toList();
        return spelled.size() == 1 && words.contains(spelled.get(0));
    }

    private boolean isMadeOfOne(String text) {
        int period = period(text);
        return !text.isEmpty()
                && (isWord(text)
                        || period <= text.length() / 3
                        || (period <= text.length() / 2 && isWord(text.substring(0, period)))
                        || KeyboardRuns.in(text) * RUN <= text.length());
    }

    private boolean isWord(String text) {
        String plain = unpadded(text);
        return words.contains(text) || words.contains(plain) || words.contains(KeyboardRuns.exchanged(plain, SIGNS, LETTERS));
    }

    /** Without the digits and signs before and behind. */
    private static String unpadded(String text) {
        return text.replaceAll("^[^\\p{L}]+|[^\\p{L}]+$", "");
    }

    /** After how many characters the text begins again; its whole length when it never does. The last time may be cut short. */
    private static int period(String text) {
        for (int length = 1; length < text.length(); length++) {
            if (text.startsWith(text.substring(length))) {
                return length;
            }
        }
        return text.length();
    }
}
