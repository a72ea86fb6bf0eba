package io.vectron.standalone.process;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The note that a folder keeps of the process that was started in it: {@code NAME.process}, and for
 * other tools {@code NAME.pid} with nothing but the pid. It stays when the process dies, and goes
 * when it is stopped.
 */
public final class ProcessFile {
    private static final String SUFFIX = ".process";

    private final Path file;
    private final Path pidFile;

    /** The note in {@code folder} on the process called {@code name}. */
    public ProcessFile(Path folder, String name) {
        file = folder.resolve(name + SUFFIX);
        pidFile = folder.resolve(name + ".pid");
    }

    /** The process that was started; null if none was, or it was stopped. */
    public @Nullable StartedProcess read() throws IOException {
        return read(file);
    }

    /** Replaces the note. */
    public void write(StartedProcess process) throws IOException {
        Properties note = new Properties();
        note.setProperty("pid", Long.toString(process.pid()));
        note.setProperty("start", process.start());
        note.setProperty("mark", process.mark());
        note.setProperty("since", process.since().toString());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (Writer writer = Files.newBufferedWriter(fresh)) {
            note.store(writer, null);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        Files.writeString(pidFile, process.pid() + "\n");
    }

    /** Removes the note, if there is one. */
    public void delete() throws IOException {
        Files.deleteIfExists(pidFile);
        Files.deleteIfExists(file);
    }

    /** The processes noted in the folders of {@code root} that run. */
    public static List<StartedProcess> running(Path root) throws IOException {
        List<StartedProcess> running = new ArrayList<>();
        try (DirectoryStream<Path> folders =
                Files.newDirectoryStream(root, folder -> Files.isDirectory(folder))) {
            for (Path folder : folders) {
                try (DirectoryStream<Path> notes = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
                    for (Path note : notes) {
                        StartedProcess process = read(note);
                        if (process != null && Processes.alive(process)) {
                            running.add(process);
                        }
                    }
                }
            }
        }
        return running;
    }

    private static @Nullable StartedProcess read(Path file) throws IOException {
        Properties note = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            note.load(reader);
        } catch (NoSuchFileException e) {
            return null;
        }
        try {
            return new StartedProcess(
                    Long.parseLong(note.getProperty("pid", "")),
                    note.getProperty("start", ""),
                    note.getProperty("mark", ""),
                    Instant.parse(note.getProperty("since", "")));
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }
}
