package io.vectron.index.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** What a folder asks of the file system. Each step happens, or fails, as a whole. */
interface FolderFiles {

    /** Writes a file, in place of one of that name. It may be lost until it is forced. */
    void write(Path file, byte[] bytes) throws IOException;

    /** Comes back when the file's content is on the disk. */
    void force(Path file) throws IOException;

    /** Gives a file another name, in place of one of that name. */
    void rename(Path from, Path to) throws IOException;

    /** Comes back when the names in a folder are on the disk as they are now. */
    void forceFolder(Path folder) throws IOException;

    /** Gives a file another name beside its own, which is not taken. */
    void link(Path existing, Path name) throws IOException;

    /** Removes a name, if it is there. */
    void delete(Path file) throws IOException;

    /** The disk. */
    static FolderFiles disk() {
        return new FolderFiles() {
            @Override
            public void write(Path file, byte[] bytes) throws IOException {
                Files.write(file, bytes);
            }

            @Override
            public void force(Path file) throws IOException {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }

            @Override
            public void rename(Path from, Path to) throws IOException {
                Files.move(
                        from,
                        to,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }

            @Override
            public void forceFolder(Path folder) throws IOException {
                try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                    channel.force(true);
                }
            }

            @Override
            public void link(Path existing, Path name) throws IOException {
                Files.createLink(name, existing);
            }

            @Override
            public void delete(Path file) throws IOException {
                Files.deleteIfExists(file);
            }
        };
    }
}
