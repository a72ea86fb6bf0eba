package io.vectron.worker.search;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Raft groups as requests name them. */
public final class GroupName {
    private GroupName() {}

    /**
     * The id in a request's {@code group}.
     *
     * @throws VectronException INVALID_REQUEST if it is no UUID in its usual form
     */
    public static UUID parse(String group) {
        try {
            UUID id = UUID.fromString(group);
            if (id.toString().equals(group)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw invalid(group, e);
        }
        throw invalid(group, null);
    }

    private static VectronException invalid(String group, @Nullable Throwable cause) {
        return new VectronException(
                ErrorCode.INVALID_REQUEST, "group", "not a UUID: '" + group + "'", Map.of(), cause);
    }
}
