package io.vectron.replication;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whole folders: delete, sync, link. */
final class Folders {
    /** Files that are never changed once they are written: tables of rows, segments of indexes. */
    private static final List<String> UNCHANGING = List.of(".sst", ".vsg");

    private Folders() {}

    /** Deletes a file or a folder with all in it; what is not there is fine. */
    static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e)
                            throws IOException {
                        if (e instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw e;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
                            throws IOException {
                        if (e != null) {
                            throw e;
                        }
                        Files.deleteIfExists(dir);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /** Deletes all that lies in a folder. */
    static void empty(Path folder) throws IOException {
        for (Path path : list(folder)) {
            delete(path);
        }
    }

    /** Makes every file and every folder name below {@code root} durable. */
    static void syncTree(Path root) throws IOException {
        for (Path path : walk(root)) {
            sync(path);
        }
    }

    /** Makes a file's content, or the names in a folder, durable. */
    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Every {@code *.sst} and {@code *.vsg} is hard-linked, every other file copied. */
    static void linkOrCopy(Path from, Path to) throws IOException {
        for (Path path : walk(from)) {
            Path target = to.resolve(from.relativize(path).toString());
            if (Files.isDirectory(path)) {
                Files.createDirectories(target);
            } else if (UNCHANGING.stream().anyMatch(path.toString()::endsWith)) {
                Files.createLink(target, path);
            } else {
                Files.copy(path, target);
            }
        }
    }

    /** Regular files below {@code root}, in order of their names. */
    static List<Path> files(Path root) throws IOException {
        return walk(root).stream().filter(Files::isRegularFile).sorted().toList();
    }

    /** What lies directly in {@code folder}; nothing if it does not exist. */
    static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.sorted().toList();
        }
    }

    /** Parents before children. */
    private static List<Path> walk(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.toList();
        }
    }
}
