package io.vectron.index.sealed;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the system how mapped files are read. A walk jumps: for each page that is not in memory the
 * system would read as much around it as its disk likes best, often megabytes, and where memory is
 * short it would drop as much that is needed.
 */
final class PageAdvice {

    private static final Logger LOG = LoggerFactory.getLogger(PageAdvice.class);
    private static final int RANDOM = 1; // MADV_RANDOM of Linux and macOS
    private static final long LARGEST_PAGE_BYTES = 1 << 16;
    private static final @Nullable MethodHandle MADVISE = madvise();

    private PageAdvice() {}

    @SuppressWarnings("restricted") // the JVM is told to allow it, like the vector kernels
    private static @Nullable MethodHandle madvise() {
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor shape =
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT);
        return linker.defaultLookup()
                .find("madvise")
                .map(address -> linker.downcallHandle(address, shape))
                .orElse(null);
    }

    /** Pages of these bytes are read one by one, in any order. Nothing happens elsewhere. */
    static void random(MemorySegment mapped) {
        MethodHandle call = MADVISE;
        long skipped = -mapped.address() & (LARGEST_PAGE_BYTES - 1);
        if (call == null || mapped.byteSize() <= skipped) {
            return;
        }
        MemorySegment pages = mapped.asSlice(skipped);
        int result;
        try {
            result = (int) call.invokeExact(pages, pages.byteSize(), RANDOM);
        } catch (Throwable e) {
            throw new IllegalStateException("madvise cannot be called", e);
        }
        if (result != 0) { // it is advice: everything works without
            LOG.debug("madvise was refused for {} bytes", pages.byteSize());
        }
    }
}
