package io.vectron.common.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file of lines {@code KEY=value}, as shells and Docker read them: UTF-8, blank lines, comments
 * after {@code #}, an optional {@code export}. A value may stand in single quotes (taken as it is)
 * or in double quotes (with the escapes {@code \n \t \r \" \\ \$}). Without quotes it ends before
 * {@code  #} or with the line, without the white space around it. Nothing is substituted.
 *
 * @param entries what it says, in its order
 * @param problems what cannot be read, each with its line
 */
record EnvFile(Path path, List<Given> entries, List<Problem> problems) {
    /** Bytes of a file. */
    static final int FILE_BYTES = 1 << 20;

    /** Characters of a line. */
    static final int LINE_LENGTH = 32 << 10;

    /** Keys of a file. */
    static final int KEYS = 1_000;

    private static final Pattern ASSIGNMENT =
            Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*)", Pattern.DOTALL);
    private static final String FORM = "KEY=value";

    EnvFile {
        entries = List.copyOf(entries);
        problems = List.copyOf(problems);
    }

    /** Reads a file; whatever is wrong with it is among the problems. */
    static EnvFile read(Path path) {
        String text;
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(FILE_BYTES + 1);
            if (bytes.length > FILE_BYTES) {
                return unreadable(path, "larger than " + FILE_BYTES + " bytes");
            }
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return unreadable(path, "not UTF-8 text");
        } catch (NoSuchFileException e) {
            return unreadable(path, "no such file");
        } catch (IOException e) {
            return unreadable(path, "cannot be read: " + e.getMessage());
        }
        return new Parser(path).parse(text);
    }

    private static EnvFile unreadable(Path path, String reason) {
        Problem problem = new Problem(path.toString(), "", "configuration file", reason, "");
        return new EnvFile(path, List.of(), List.of(problem));
    }

    /** A line that is no assignment. */
    private static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1;

        SyntaxException(String reason) {
            super(reason);
        }
    }

    private static final class Parser {
        private final Path path;
        private final List<Given> entries = new ArrayList<>();
        private final List<Problem> problems = new ArrayList<>();
        private final Map<String, Integer> lines = new HashMap<>(); // key → where it was first

        Parser(Path path) {
            this.path = path;
        }

        EnvFile parse(String text) {
            String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
            int number = 0;
            for (String line : (Iterable<String>) content.lines()::iterator) {
                number++;
                if (entries.size() >= KEYS) {
                    refuse(number, "", "more than " + KEYS + " keys; the rest was not read", "");
                    break;
                }
                parse(number, line);
            }
            return new EnvFile(path, entries, problems);
        }

        private void parse(int number, String line) {
            if (line.length() > LINE_LENGTH) {
                refuse(number, "", "line longer than " + LINE_LENGTH + " characters", "");
                return;
            }
            String stripped = line.strip();
            if (stripped.isEmpty() || stripped.startsWith("#")) {
                return;
            }
            Matcher assignment = ASSIGNMENT.matcher(stripped);
            if (!assignment.matches()) {
                refuse(number, "", "not an assignment", FORM + ", a comment after #, a blank line");
                return;
            }
            String key = assignment.group(1);
            Integer first = lines.putIfAbsent(key, number);
            if (first != null) {
                refuse(number, key, "given before, in line " + first, "each key once");
                return;
            }
            try {
                entries.add(
                        new Given(key, value(assignment.group(2)), new Origin.Line(path, number)));
            } catch (SyntaxException e) {
                refuse(number, key, e.getMessage(), FORM + ", KEY='value' or KEY=\"value\"");
            }
        }

        private void refuse(int number, String key, @Nullable String reason, String allowed) {
            String what = key.isEmpty() ? "line " + number : key;
            problems.add(
                    new Problem(what, "", path + ":" + number, String.valueOf(reason), allowed));
        }

        private static String value(String text) throws SyntaxException {
            if (text.startsWith("'")) {
                int end = text.indexOf('\'', 1);
                if (end < 0) {
                    throw new SyntaxException("the quote ' is not closed on this line");
                }
                requireEnd(text.substring(end + 1));
                return text.substring(1, end);
            }
            return text.startsWith("\"") ? quoted(text) : bare(text);
        }

        private static String bare(String text) {
            if (text.startsWith("#")) {
                return "";
            }
            for (int i = 1; i < text.length(); i++) {
                if (text.charAt(i) == '#' && Character.isWhitespace(text.charAt(i - 1))) {
                    return text.substring(0, i).strip();
                }
            }
            return text.strip();
        }

        private static String quoted(String text) throws SyntaxException {
            StringBuilder value = new StringBuilder();
            for (int i = 1; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '"') {
                    requireEnd(text.substring(i + 1));
                    return value.toString();
                }
                if (c == '\\' && i + 1 < text.length()) {
                    i++;
                    value.append(unescaped(text.charAt(i)));
                } else {
                    value.append(c);
                }
            }
            throw new SyntaxException("the quote \" is not closed on this line");
        }

        private static char unescaped(char c) throws SyntaxException {
            return switch (c) {
                case 'n' -> '\n';
                case 't' -> '\t';
                case 'r' -> '\r';
                case '"', '\\', '$' -> c;
                default ->
                        throw new SyntaxException(
                                "unknown escape \\"
                                        + c
                                        + "; to take a value as it is, put it into"
                                        + " single quotes");
            };
        }

        private static void requireEnd(String rest) throws SyntaxException {
            String stripped = rest.strip();
            if (!stripped.isEmpty() && !stripped.startsWith("#")) {
                throw new SyntaxException("something follows the closing quote");
            }
        }
    }
}
