package ua.aikom.access.keycloak.password;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Runs of keys that lie side by side on a keyboard, or follow one another in an alphabet or among digits, either way round. */
final class KeyboardRuns {

    private static final List<String> ROWS = List.of(
            "12345678901234567890", "1234567890-=", "!@#$%^&*()_+", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./",
            "йцукенгшщзхї", "фівапролджє", "ячсмитьбю", "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.",
            "1q2w3e4r5t6y7u8i9o0p", "qawsedrftgyhujikolp", "azsxdcfvgbhnjmk,l.",
            "abcdefghijklmnopqrstuvwxyz", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя");

    /** The same keys in both layouts, one by one; the last three are of the Russian one. */
    private static final String LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.s'`";
    private static final String UKRAINIAN = "йцукенгшщзхїфівапролджєячсмитьбюыэё";

    private static final String UPPER = "!@#$%^&*()";
    private static final String DIGITS = "1234567890";

    private KeyboardRuns() {}

    /** What the same keys write in the Latin layout, digits in the place of their upper signs. */
    static String inLatin(String text) {
        return exchanged(exchanged(text, UKRAINIAN, LATIN), UPPER, DIGITS);
    }

    /** What the same keys write in the Ukrainian layout. */
    static String inUkrainian(String text) {
        return exchanged(text, LATIN, UKRAINIAN);
    }

    /** The text with each character of {@code from} replaced by the one at the same place in {@code to}. */
    static String exchanged(String text, String from, String to) {
        StringBuilder found = new StringBuilder();
        for (char key : text.toCharArray()) {
            int at = from.indexOf(key);
            found.append(at < 0 ? key : to.charAt(at));
        }
        return found.toString();
    }

    /** How many runs the text falls into, each taken as far as it goes; a key that stands alone is a run as well. */
    static int in(String text) {
        int runs = 0;
        for (int start = 0; start < text.length(); runs++) {
            start = end(text, start);
        }
        return runs;
    }

    /** Where the run that begins at {@code start} ends: every step in it goes along one row, in one direction. */
    private static int end(String text, int start) {
        Set<Integer> ways = null;
        for (int next = start + 1; next < text.length(); next++) {
            Set<Integer> further = steps(text.charAt(next - 1), text.charAt(next));
            if (ways != null) {
                further.retainAll(ways);
            }
            if (further.isEmpty()) {
                return next;
            }
            ways = further;
        }
        return text.length();
    }

    /** The rows in which one key follows the other, each with its direction; 0 when it is the same key. */
    private static Set<Integer> steps(char from, char to) {
        Set<Integer> found = new HashSet<>();
        if (from == to) {
            found.add(0);
        }
        for (int row = 0; row < ROWS.size(); row++) {
            if (ROWS.get(row).contains("" + from + to)) {
                found.add(row + 1);
            }
            if (ROWS.get(row).contains("" + to + from)) {
                found.add(-row - 1);
            }
        }
        return found;
    }
}
