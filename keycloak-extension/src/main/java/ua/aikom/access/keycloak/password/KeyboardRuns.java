package ua.aikom.access.keycloak.password;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Runs of keys that lie side by side on a keyboard, or follow one another in an alphabet or among digits, either way round. */
final class KeyboardRuns {

    private static final List<String> ROWS = List.of(
            "12345678901234567890", "1234567890-=", "!@#$%^&*()_+", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./",
            "йцукенгшщзхї", "фівапролджє", "ячсмитьбю", "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.",
            "abcdefghijklmnopqrstuvwxyz", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя");

    private KeyboardRuns() {}

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
